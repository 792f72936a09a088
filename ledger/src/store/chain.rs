//! The hash chain over the journal: SHA-256 of the hash before and of the journal with its entries, as JSON.
//!
//! A batch appends to it within its own transaction, so the chain has no gaps and no forks; where the database has more than
//! one writer, whoever appends has a lock until it has committed. The chain shows that something was changed, not who did it;
//! whoever can write the database can write the whole chain anew, so the last hash, which the audit prints, is worth keeping
//! elsewhere.

use super::dialect::Dialect;
use super::row;
use crate::{AuditCheck, ChainHead, LedgerError};
use futures::TryStreamExt as _;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

/// How many violations are named.
const EXAMPLES: usize = 5;

type Hash = [u8; 32];

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

/// A journal as it is stored, its entries as [`Content::entries`].
macro_rules! journal {
    () => {
        "SELECT j.position, j.hash, j.id, j.kind, j.credential_id, j.purchase_id, j.fee_hold_id, j.source_ref, j.description,
                j.created_at,
                (SELECT string_agg('[' || seq || ',' || account_id || ',' || amount || ',\"' || currency || '\",'
                                   || coalesce(CAST(balance_after AS TEXT), 'null') || ','
                                   || coalesce(CAST(account_version AS TEXT), 'null') || ']', ',' ORDER BY seq)
                 FROM entry WHERE journal_id = j.id) AS entries
         FROM journal AS j "
    };
}

const WALK: &str = concat!(journal!(), "WHERE j.position IS NOT NULL ORDER BY j.position");
const ONE: &str = concat!(journal!(), "WHERE j.id = $1");
const UNPLACED: &str = "SELECT id FROM journal WHERE position IS NULL OR hash IS NULL ORDER BY id";

/// The hash of a stored journal, if `before` is the hash before it.
fn hash_after(before: &Hash, row: &AnyRow) -> Result<Hash, LedgerError> {
    let entries: Option<&str> = row.try_get(10)?;
    let content = Content {
        id: row.try_get(2)?,
        kind: row.try_get(3)?,
        credential: row.try_get(4)?,
        purchase: row.try_get(5)?,
        tab: row.try_get(6)?,
        source: row.try_get(7)?,
        description: row.try_get(8)?,
        created_at: row.try_get(9)?,
        entries: entries.unwrap_or_default(),
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
        let row = sqlx::query(ONE).bind(id).fetch_one(&mut *conn).await?;
        position += 1;
        hash = hash_after(&hash, &row)?;
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

/// What a walk has found so far.
#[derive(Debug, Default)]
struct Walk {
    checked: u64,
    violations: u64,
    examples: Vec<String>,
    /// The place of the last journal.
    position: i64,
    hash: Hash,
}

impl Walk {
    fn broken(&mut self, what: String) {
        self.violations += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(what);
        }
    }

    fn step(&mut self, row: &AnyRow) -> Result<(), LedgerError> {
        self.checked += 1;
        let right = hash_after(&self.hash, row)?;
        let (position, found, id): (i64, &[u8], &str) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let due = self.position + 1;
        if position != due {
            self.broken(format!("{id} is at {position}, where {due} is due"));
        } else if found != right {
            self.broken(format!("{id} at {position} is not what was written there, or what is before it isn't"));
        }
        // On with what is there: the next one is judged by itself.
        (self.position, self.hash) = (position, found.try_into().unwrap_or(right));
        Ok(())
    }
}

/// Walks the whole chain.
pub(super) async fn check(conn: &mut AnyConnection) -> Result<(AuditCheck, Option<ChainHead>), LedgerError> {
    let mut walk = Walk::default();
    let mut rows = sqlx::query(WALK).fetch(&mut *conn);
    while let Some(row) = rows.try_next().await? {
        walk.step(&row)?;
    }
    drop(rows);
    for id in sqlx::query_scalar::<_, String>(UNPLACED).fetch_all(conn).await? {
        walk.checked += 1;
        walk.broken(format!("{id} has no place in the chain"));
    }
    let check = AuditCheck {
        name: "I14 hash-chain",
        what: "each journal is as it was written, and none is missing between them",
        checked: walk.checked,
        violations: walk.violations,
        examples: walk.examples,
    };
    let head = (walk.position > 0)
        .then(|| ChainHead { position: u64::try_from(walk.position).unwrap_or_default(), hash: row::hex(&walk.hash) });
    Ok((check, head))
}
