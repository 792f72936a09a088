//! The hash chain over the journal: SHA-256 of the hash before and of the journal with its entries, as JSON.
//!
//! The writer is the only one who appends, within the transaction that writes the journal, so the chain has no gaps and no
//! forks. It shows that something was changed, not who did it; whoever can write the file can write the whole chain anew,
//! so the last hash, which the audit prints, is worth keeping elsewhere.

use crate::{AuditCheck, ChainHead, LedgerError};
use futures::TryStreamExt as _;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

/// What is hashed of a journal `j`. Never to be changed: old hashes are over this text.
const CONTENT: &str = "json_array(j.id, j.kind, j.credential_id, j.purchase_id, j.fee_hold_id, j.source_ref, j.description,
     j.created_at, (SELECT json_group_array(json_array(seq, account_id, amount, currency, balance_after, account_version)
     ORDER BY seq) FROM entry WHERE journal_id = j.id))";

/// How many violations are named.
const EXAMPLES: usize = 5;

type Hash = [u8; 32];

fn link(before: &Hash, content: &str) -> Hash {
    Sha256::new().chain_update(before).chain_update(content).finalize().into()
}

/// Gives a journal that was just written its place.
pub(super) async fn append(conn: &mut SqliteConnection, journal: &str) -> Result<(), LedgerError> {
    let (last, before) = head(conn).await?;
    let content: String =
        sqlx::query_scalar(AssertSqlSafe(format!("SELECT {CONTENT} FROM journal AS j WHERE j.id = $1")))
            .bind(journal)
            .fetch_one(&mut *conn)
            .await?;
    sqlx::query("UPDATE journal SET position = $2, hash = $3 WHERE id = $1")
        .bind(journal)
        .bind(last + 1)
        .bind(link(&before, &content).as_slice())
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives what was written before there was a chain its place, in the order in which it was written.
pub(super) async fn adopt(conn: &mut SqliteConnection) -> Result<(), LedgerError> {
    let without: Vec<String> =
        sqlx::query_scalar("SELECT id FROM journal WHERE hash IS NULL ORDER BY rowid").fetch_all(&mut *conn).await?;
    for journal in &without {
        append(conn, journal).await?;
    }
    if !without.is_empty() {
        tracing::info!(journals = without.len(), "the journal has a hash chain now");
    }
    Ok(())
}

/// Place and hash of the last journal; zeroes before the first.
async fn head(conn: &mut SqliteConnection) -> Result<(i64, Hash), LedgerError> {
    let row =
        sqlx::query("SELECT position, hash FROM journal WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1")
            .fetch_optional(conn)
            .await?;
    match row {
        Some(row) => Ok((row.try_get("position")?, hash(row.try_get("hash")?)?)),
        None => Ok((0, [0; 32])),
    }
}

fn hash(bytes: Vec<u8>) -> Result<Hash, LedgerError> {
    bytes.try_into().map_err(|_| LedgerError::Corrupt("a hash of the journal is not 32 bytes long".to_owned()))
}

/// Walks the whole chain.
pub(super) async fn check(conn: &mut SqliteConnection) -> Result<(AuditCheck, Option<ChainHead>), LedgerError> {
    let (mut checked, mut violations, mut examples) = (0_u64, 0_u64, Vec::new());
    let (mut expected, mut before) = (1_i64, [0; 32]);
    let mut broken = |what: String| {
        violations += 1;
        if examples.len() < EXAMPLES {
            examples.push(what);
        }
    };
    let query = format!(
        "SELECT j.id, j.position, j.hash, {CONTENT} AS content FROM journal AS j ORDER BY j.position NULLS LAST"
    );
    let mut rows = sqlx::query(AssertSqlSafe(query)).fetch(conn);
    while let Some(row) = rows.try_next().await? {
        checked += 1;
        let id: &str = row.try_get("id")?;
        let position: Option<i64> = row.try_get("position")?;
        let found: Option<Vec<u8>> = row.try_get("hash")?;
        let right = link(&before, row.try_get("content")?);
        match (position, found) {
            (Some(position), _) if position != expected => {
                broken(format!("{id} is at {position}, where {expected} is due"));
                expected = position;
            }
            (Some(position), Some(found)) if found != right => {
                broken(format!("{id} at {position} is not what was written there, or what is before it isn't"));
            }
            (Some(_), Some(_)) => {}
            _ => broken(format!("{id} has no place in the chain")),
        }
        // On with what is there: the next one is judged by itself.
        if let Ok(Some(found)) = row.try_get::<Option<Vec<u8>>, _>("hash") {
            before = hash(found).unwrap_or(right);
        }
        expected += i64::from(position.is_some());
    }
    drop(rows);
    let check = AuditCheck {
        name: "I14 hash-chain",
        what: "each journal is as it was written, and none is missing between them",
        checked,
        violations,
        examples,
    };
    let head = (expected > 1).then(|| ChainHead {
        position: u64::try_from(expected - 1).unwrap_or_default(),
        hash: before.iter().map(|byte| format!("{byte:02x}")).collect(),
    });
    Ok((check, head))
}
