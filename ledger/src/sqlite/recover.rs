//! Putting in order what a dead process left.

use super::{fee, now};
use crate::{FeeHoldId, LedgerError};
use sqlx::SqliteConnection;

const REASON: &str = "the gateway stopped before the provider's answer was recorded";

/// Purchases under way become `unknown` and stay held, because only evidence may release them; open fees are released,
/// because a fee is taken only for an answer that was delivered.
pub(super) async fn after_death(conn: &mut SqliteConnection) -> Result<(), LedgerError> {
    let unknown =
        sqlx::query("UPDATE purchase SET state = 'unknown', reason = $1, updated_at = $2 WHERE state = 'sent'")
            .bind(REASON)
            .bind(now())
            .execute(&mut *conn)
            .await?
            .rows_affected();
    let open: Vec<String> =
        sqlx::query_scalar("SELECT id FROM fee_hold WHERE state = 'open'").fetch_all(&mut *conn).await?;
    for id in &open {
        let id: FeeHoldId = id.parse().map_err(|error| LedgerError::Corrupt(format!("fee_hold `{id}` {error}")))?;
        fee::release(conn, &id).await?;
    }
    if unknown > 0 || !open.is_empty() {
        tracing::warn!(unknown_purchases = unknown, released_fees = open.len(), "found the work of a dead process");
    }
    Ok(())
}
