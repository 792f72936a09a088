//! The hash chain over the journal: SHA-256 of the hash before and of the journal with its entries, as JSON.
//!
//! A batch appends to it within its own transaction, so the chain has no gaps and no forks; where the database has more than
//! one writer, whoever appends has a lock until it has committed. The chain shows that something was changed, not who did it;
//! whoever can write the database can write the whole chain anew, so the last hash, which the audit prints, is worth keeping
//! elsewhere.

use super::dialect::Dialect;
use super::row;
use crate::LedgerError;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::borrow::Cow;

pub(super) type Hash = [u8; 32];

/// What is hashed of a journal. Never to be changed: old hashes are over this text.
#[derive(Debug)]
pub(super) struct Content<'a> {
    pub id: &'a str,
    pub kind: &'a str,
    pub credential: &'a str,
    pub purchase: Option<&'a str>,
    pub tab: Option<&'a str>,
    pub source: Option<&'a str>,
    pub description: &'a str,
    pub created_at: i64,
    /// An array each, without the brackets around them all: `[1,10,500,"USD",1500,2],[2,3,-500,"USD",null,null]`.
    pub entries: &'a str,
}

impl Content<'_> {
    /// A JSON array, so that names don't matter.
    fn text(&self) -> Result<String, LedgerError> {
        let Content { id, kind, credential, purchase, tab, source, description, created_at, entries } = self;
        let array = (id, kind, credential, purchase, tab, source, description, created_at);
        let mut text = serde_json::to_string(&array).map_err(|error| LedgerError::Corrupt(error.to_string()))?;
        // The entries are its last member.
        text.pop();
        text.push_str(",[");
        text.push_str(entries);
        text.push_str("]]");
        Ok(text)
    }
}

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

/// The columns of a journal as it is stored, for a statement that calls it `j`.
macro_rules! journal {
    () => {
        "SELECT j.position, j.hash, j.id, j.kind, j.credential_id, j.purchase_id, j.fee_hold_id, j.source_ref, j.description,
                j.created_at, {entries of j} AS entries"
    };
}
pub(super) use journal;

/// Which of the columns is which.
pub(super) const PURCHASE: usize = 5;
pub(super) const ENTRIES: usize = 10;

const ONE: &str = concat!(journal!(), " FROM journal AS j WHERE j.id = $1");

/// An entry, as an array of its own.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Line<'a> {
    seq: i64,
    pub account: i64,
    pub amount: i64,
    #[serde(borrow)]
    pub currency: Cow<'a, str>,
    pub balance: Option<i64>,
    pub version: Option<i64>,
}

/// The entries of a journal, in their order, and as they are hashed.
#[derive(Debug)]
pub(super) struct Entries<'a> {
    pub lines: Vec<Line<'a>>,
    text: Cow<'a, str>,
}

impl<'a> Entries<'a> {
    /// From how the database tells them, which is in no order that could be relied on.
    fn new(told: &'a str) -> Result<Entries<'a>, LedgerError> {
        let wrong = |error: serde_json::Error| LedgerError::Corrupt(format!("the entries of a journal: {error}"));
        let mut lines: Vec<Line<'a>> = serde_json::from_str(told).map_err(wrong)?;
        if lines.is_sorted_by_key(|line| line.seq) {
            let inner = told.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or_default();
            return Ok(Entries { lines, text: inner.into() });
        }
        lines.sort_by_key(|line| line.seq);
        let texts: Vec<String> = lines.iter().map(Line::text).collect();
        Ok(Entries { lines, text: texts.join(",").into() })
    }

    pub(super) fn of(row: &'a AnyRow) -> Result<Entries<'a>, LedgerError> {
        Entries::new(row.try_get::<Option<&str>, _>(ENTRIES)?.unwrap_or("[]"))
    }
}

impl Line<'_> {
    fn text(&self) -> String {
        let Line { seq, account, amount, currency, balance, version } = self;
        serde_json::json!([seq, account, amount, currency, balance, version]).to_string()
    }
}

/// The hash of a stored journal, if `before` is the hash before it.
pub(super) fn hash_after(before: &Hash, row: &AnyRow, entries: &Entries<'_>) -> Result<Hash, LedgerError> {
    let content = Content {
        id: row.try_get(2)?,
        kind: row.try_get(3)?,
        credential: row.try_get(4)?,
        purchase: row.try_get(PURCHASE)?,
        tab: row.try_get(6)?,
        source: row.try_get(7)?,
        description: row.try_get(8)?,
        created_at: row.try_get(9)?,
        entries: &entries.text,
    };
    link(before, &content)
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
        let row = sqlx::query(dialect.sql(ONE)).bind(id).fetch_one(&mut *conn).await?;
        position += 1;
        hash = hash_after(&hash, &row, &Entries::of(&row)?)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_hashed_in_their_order_however_they_are_told() {
        let (first, second) = (r#"[1,10,500,"USD",1500,2]"#, r#"[2,3,-500,"USD",null,null]"#);
        for told in [format!("[{first},{second}]"), format!("[{second},{first}]")] {
            let entries = Entries::new(&told).unwrap();
            assert_eq!(entries.text, format!("{first},{second}"));
            assert_eq!(entries.lines.iter().map(|line| line.account).collect::<Vec<_>>(), [10, 3]);
        }
        assert_eq!(Entries::new("[]").unwrap().text, "");
        assert!(Entries::new("[[1]]").is_err());
    }
}
