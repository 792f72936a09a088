//! The hash chain over the journal: SHA-256 of the hash before and of the journal with its entries, as JSON.
//!
//! A batch appends to it within its own transaction, so the chain has no gaps and no forks; where the database has more than
//! one writer, whoever appends has a lock until it has committed. The chain shows that something was changed, not who did it;
//! whoever can write the database can write the whole chain anew, so the last hash, which the audit prints, is worth keeping
//! elsewhere.

use super::dialect::Dialect;
use super::row;
use super::stored::Told;
use crate::LedgerError;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, Row};
use std::borrow::Cow;

pub(super) type Hash = [u8; 32];

/// What is hashed of a journal: a JSON array of its members in their order, so that names don't matter. Never to be changed:
/// old hashes are over this text.
#[derive(Debug)]
pub(super) struct Content<'a> {
    pub id: Cow<'a, str>,
    pub kind: Cow<'a, str>,
    pub credential: Cow<'a, str>,
    pub purchase: Option<Cow<'a, str>>,
    pub tab: Option<Cow<'a, str>>,
    pub source: Option<Cow<'a, str>>,
    pub description: Cow<'a, str>,
    pub created_at: i64,
    pub entries: Vec<Line<'a>>,
}

/// An entry, likewise: `[1,10,500,"USD",1500,2]`.
#[derive(Debug, Deserialize)]
pub(super) struct Line<'a> {
    pub seq: i64,
    pub account: i64,
    pub amount: i64,
    #[serde(borrow)]
    pub currency: Cow<'a, str>,
    pub balance: Option<i64>,
    pub version: Option<i64>,
}

impl Content<'_> {
    pub fn text(&self) -> Result<String, LedgerError> {
        let Content { id, kind, credential, purchase, tab, source, description, created_at, entries } = self;
        let entries: Vec<_> = entries
            .iter()
            .map(|Line { seq, account, amount, currency, balance, version }| {
                (seq, account, amount, currency, balance, version)
            })
            .collect();
        let all = (id, kind, credential, purchase, tab, source, description, created_at, entries);
        serde_json::to_string(&all).map_err(|error| LedgerError::Corrupt(error.to_string()))
    }
}

/// The hash of a journal, if `before` is the hash before it.
pub(super) fn link(before: &Hash, content: &Content<'_>) -> Result<Hash, LedgerError> {
    Ok(Sha256::new().chain_update(before).chain_update(content.text()?).finalize().into())
}

/// Place and hash of the last journal; zeroes before the first. Nobody else appends until this transaction is over.
pub(super) async fn head(conn: &mut AnyConnection, dialect: Dialect) -> Result<(i64, Hash), LedgerError> {
    if dialect == Dialect::Postgres {
        sqlx::query("SELECT pg_advisory_xact_lock(hashtext(current_schema() || ' penumbra chain'))")
            .execute(&mut *conn)
            .await?;
    }
    let last = "SELECT position, hash FROM journal WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1";
    match sqlx::query(last).fetch_optional(conn).await? {
        Some(row) => Ok((row.try_get("position")?, row::hash(&row, "hash")?)),
        None => Ok((0, [0; 32])),
    }
}

/// Gives what was written before there was a chain its place, in the order in which it was written.
pub(super) async fn adopt(conn: &mut AnyConnection, dialect: Dialect) -> Result<(), LedgerError> {
    if dialect == Dialect::Postgres {
        return Ok(());
    }
    let without = "SELECT id FROM journal WHERE hash IS NULL ORDER BY rowid";
    let without: Vec<String> = sqlx::query_scalar(without).fetch_all(&mut *conn).await?;
    let (mut position, mut hash) = head(&mut *conn, dialect).await?;
    for id in &without {
        position += 1;
        for stored in Told::one(&mut *conn, id).await?.read()? {
            hash = link(&hash, &stored.content)?;
        }
        sqlx::query("UPDATE journal SET position = $2, hash = $3 WHERE id = $1")
            .bind(id)
            .bind(position)
            .bind(hash.as_slice())
            .execute(&mut *conn)
            .await?;
    }
    if !without.is_empty() {
        tracing::info!(journals = without.len(), "the journal has a hash chain now");
    }
    Ok(())
}
