//! Putting in order what a dead process left.

use super::Store;
use crate::books::{CloseTab, TurnTab};
use crate::{CredentialId, FeeHoldId, LedgerError};
use sqlx::Row;
use std::time::Duration;

const REASON: &str = "the gateway stopped before the provider's answer was recorded";

impl Store {
    /// Purchases under way become `unknown` and stay held, because only evidence may release them; fees that were held and
    /// not yet taken are given back, because what was used of them only the dead process knew.
    ///
    /// A purchase that the dead process was asking about stays its own until that time is over: its request may still be on the
    /// way, and a provider that knows nothing of it yet proves nothing.
    pub(super) async fn recover(&self) -> Result<(), LedgerError> {
        let now = self.now();
        let unknown = self
            .writer
            .statements(move |conn| {
                Box::pin(async move {
                    let sql =
                        "UPDATE purchase SET state = 'unknown', reason = $1, updated_at = $2 WHERE state = 'sent'";
                    Ok(sqlx::query(sql).bind(REASON).bind(now).execute(conn).await?.rows_affected())
                })
            })
            .await?;
        let tabs = self.release_tabs(Duration::ZERO).await?;
        if unknown > 0 || tabs > 0 {
            tracing::warn!(unknown_purchases = unknown, released_fees = tabs, "found the work of a dead process");
        }
        Ok(())
    }

    /// Gives back what is held for fees for longer than any living process would; says how many holds these were.
    pub(crate) async fn release_tabs(&self, older_than: Duration) -> Result<u64, LedgerError> {
        let before = self.now().saturating_sub(i64::try_from(older_than.as_millis()).unwrap_or(i64::MAX));
        let sql = "SELECT id, credential_id, service FROM fee_hold WHERE state = 'open' AND created_at <= $1";
        let mut released = 0;
        for row in sqlx::query(sql).bind(before).fetch_all(&self.readers).await? {
            let id: FeeHoldId = super::row::parsed(&row, "id")?;
            let credential: CredentialId = super::row::credential(&row)?;
            let close = Some(CloseTab { id, used: 0, calls: 0 });
            let turn = TurnTab { credential, service: row.try_get("service")?, close, open: None };
            released += u64::from(self.writer.run(turn).await?.closed);
        }
        Ok(released)
    }
}
