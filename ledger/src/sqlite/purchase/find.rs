//! Looking purchases up.

use super::{Store, read};
use crate::{CredentialId, LedgerError, Purchase, PurchaseId, PurchaseState};
use sqlx::SqliteExecutor;

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

    pub(crate) async fn purchases(&self, state: Option<PurchaseState>) -> Result<Vec<Purchase>, LedgerError> {
        let rows = match state {
            Some(state) => {
                sqlx::query("SELECT * FROM purchase WHERE state = $1 ORDER BY created_at DESC, id DESC")
                    .bind(state.as_str())
                    .fetch_all(&self.readers)
                    .await?
            }
            None => {
                sqlx::query("SELECT * FROM purchase ORDER BY created_at DESC, id DESC").fetch_all(&self.readers).await?
            }
        };
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
