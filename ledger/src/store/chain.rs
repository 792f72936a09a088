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
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, Row};

/// How many violations are named.
const EXAMPLES: usize = 5;

type Hash = [u8; 32];

/// What is hashed of a journal. Never to be changed: old hashes are over this text.
#[derive(Debug, Serialize)]
pub(super) struct Content<'a> {
    pub id: &'a str,
    pub kind: &'a str,
    pub credential: &'a str,
    pub purchase: Option<&'a str>,
    pub tab: Option<&'a str>,
    pub source: Option<&'a str>,
    pub description: &'a str,
    pub created_at: i64,
    pub entries: Vec<Line<'a>>,
}

/// Number, account, amount, currency, balance after, version.
type Line<'a> = (i64, i64, i64, &'a str, Option<i64>, Option<i64>);

impl Content<'_> {
    /// As an array, so that names don't matter.
    fn text(&self) -> Result<String, LedgerError> {
        let Content { id, kind, credential, purchase, tab, source, description, created_at, entries } = self;
        let array = (id, kind, credential, purchase, tab, source, description, created_at, entries);
        serde_json::to_string(&array).map_err(|error| LedgerError::Corrupt(error.to_string()))
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

/// All journals in the order of the chain, a row for each entry.
const WALK: &str = "
    SELECT j.position, j.hash, j.id, j.kind, j.credential_id, j.purchase_id, j.fee_hold_id, j.source_ref, j.description,
           j.created_at, e.seq, e.account_id, e.amount, e.currency, e.balance_after, e.account_version
    FROM journal AS j LEFT JOIN entry AS e ON e.journal_id = j.id
    ORDER BY coalesce(j.position, 9223372036854775807), j.id, e.seq";

type StoredLine = (i64, i64, i64, String, Option<i64>, Option<i64>);

/// A journal as it is stored.
#[derive(Debug)]
struct Stored {
    position: Option<i64>,
    hash: Option<Hash>,
    id: String,
    kind: String,
    credential: String,
    purchase: Option<String>,
    tab: Option<String>,
    source: Option<String>,
    description: String,
    created_at: i64,
    entries: Vec<StoredLine>,
}

impl Stored {
    fn read(row: &sqlx::any::AnyRow) -> Result<Stored, LedgerError> {
        let hash: Option<&[u8]> = row.try_get(1)?;
        Ok(Stored {
            position: row.try_get(0)?,
            hash: hash.and_then(|bytes| bytes.try_into().ok()),
            id: row.try_get(2)?,
            kind: row.try_get(3)?,
            credential: row.try_get(4)?,
            purchase: row.try_get(5)?,
            tab: row.try_get(6)?,
            source: row.try_get(7)?,
            description: row.try_get(8)?,
            created_at: row.try_get(9)?,
            entries: Vec::with_capacity(3),
        })
    }

    /// Its hash, if `before` is the hash before it.
    fn hash_after(&self, before: &Hash) -> Result<Hash, LedgerError> {
        let content = Content {
            id: &self.id,
            kind: &self.kind,
            credential: &self.credential,
            purchase: self.purchase.as_deref(),
            tab: self.tab.as_deref(),
            source: self.source.as_deref(),
            description: &self.description,
            created_at: self.created_at,
            entries: self.entries.iter().map(|(n, a, m, c, b, v)| (*n, *a, *m, c.as_str(), *b, *v)).collect(),
        };
        link(before, &content)
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
        let one = dialect.sql(&format!("SELECT * FROM ({WALK}) AS walk WHERE id = $1"));
        let rows = sqlx::query(one).bind(id).fetch_all(&mut *conn).await?;
        let Some(first) = rows.first() else { continue };
        let mut journal = Stored::read(first)?;
        journal.entries = rows.iter().map(entry).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        position += 1;
        hash = journal.hash_after(&hash)?;
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

/// The entry of a row of the walk. A journal without entries has a row without one.
fn entry(row: &sqlx::any::AnyRow) -> Result<Option<StoredLine>, LedgerError> {
    let Some(seq) = row.try_get::<Option<i64>, _>(10)? else { return Ok(None) };
    Ok(Some((seq, row.try_get(11)?, row.try_get(12)?, row.try_get(13)?, row.try_get(14)?, row.try_get(15)?)))
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

    fn step(&mut self, journal: &Stored) -> Result<(), LedgerError> {
        self.checked += 1;
        let right = journal.hash_after(&self.hash)?;
        let (id, due) = (&journal.id, self.position + 1);
        match (journal.position, journal.hash) {
            (Some(position), Some(found)) => {
                if position != due {
                    self.broken(format!("{id} is at {position}, where {due} is due"));
                } else if found != right {
                    self.broken(format!(
                        "{id} at {position} is not what was written there, or what is before it isn't"
                    ));
                }
                // On with what is there: the next one is judged by itself.
                (self.position, self.hash) = (position, found);
            }
            _ => self.broken(format!("{id} has no place in the chain")),
        }
        Ok(())
    }
}

/// Walks the whole chain.
pub(super) async fn check(conn: &mut AnyConnection) -> Result<(AuditCheck, Option<ChainHead>), LedgerError> {
    let mut walk = Walk::default();
    let mut journal: Option<Stored> = None;
    let mut rows = sqlx::query(WALK).fetch(conn);
    while let Some(row) = rows.try_next().await? {
        let same = journal.as_ref().is_some_and(|journal| row.try_get::<&str, _>(2).is_ok_and(|id| id == journal.id));
        if !same && let Some(done) = journal.replace(Stored::read(&row)?) {
            walk.step(&done)?;
        }
        if let (Some(journal), Some(line)) = (&mut journal, entry(&row)?) {
            journal.entries.push(line);
        }
    }
    drop(rows);
    if let Some(last) = journal {
        walk.step(&last)?;
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
