//! Looking purchases up.

use super::{Store, read};
use crate::{CredentialId, LedgerError, Purchase, PurchaseId, PurchaseState};
use sqlx::{AssertSqlSafe, SqliteExecutor};

/// A purchase without the bodies, which a list has no use for.
const WITHOUT_ANSWER: &str = "id, credential_id, service, tool, state, idempotency_key, fingerprint, quote_id, currency, \
     held, charged, receivable, transaction_id, reason, refunded, needs_operator_at, NULL AS answer_status, created_at, updated_at";

impl Store {
    pub(crate) async fn purchase(&self, id: &PurchaseId) -> Result<Option<Purchase>, LedgerError> {
        by_id(&self.readers, id).await
    }

    pub(crate) async fn find_purchase(
        &self,
        credential: &CredentialId,
        idempotency_key: &str,
    ) -> Result<Option<Purchase>, LedgerError> {
        by_key(&self.readers, credential, idempotency_key).await
    }

    pub(crate) async fn purchases(
        &self,
        state: Option<PurchaseState>,
        limit: u32,
    ) -> Result<Vec<Purchase>, LedgerError> {
        let condition = match state {
            None => "TRUE",
            Some(PurchaseState::Sent) => "state = 'sent'",
            Some(PurchaseState::Unknown) => "state = 'unknown' AND needs_operator_at IS NULL",
            Some(PurchaseState::NeedsOperator) => "state = 'unknown' AND needs_operator_at IS NOT NULL",
            Some(PurchaseState::Captured) => "state = 'captured' AND NOT (charged > 0 AND refunded = charged)",
            Some(PurchaseState::Refunded) => "state = 'captured' AND charged > 0 AND refunded = charged",
            Some(PurchaseState::Released) => "state = 'released'",
        };
        let list = format!(
            "SELECT {WITHOUT_ANSWER} FROM purchase WHERE {condition} ORDER BY created_at DESC, id DESC LIMIT $1"
        );
        let rows = sqlx::query(AssertSqlSafe(list)).bind(limit).fetch_all(&self.readers).await?;
        rows.iter().map(read).collect()
    }
}

pub(super) async fn by_id(db: impl SqliteExecutor<'_>, id: &PurchaseId) -> Result<Option<Purchase>, LedgerError> {
    let row = sqlx::query("SELECT * FROM purchase WHERE id = $1").bind(id.as_str()).fetch_optional(db).await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn by_key(
    db: impl SqliteExecutor<'_>,
    credential: &CredentialId,
    idempotency_key: &str,
) -> Result<Option<Purchase>, LedgerError> {
    let row = sqlx::query("SELECT * FROM purchase WHERE credential_id = $1 AND idempotency_key = $2")
        .bind(credential.as_str())
        .bind(idempotency_key)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(read).transpose()
}
