//! Statements.

use super::{Store, row};
use crate::{CredentialId, LedgerError, Transaction, TransactionId, TransactionKind};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

fn read(row: &SqliteRow) -> Result<Transaction, LedgerError> {
    Ok(Transaction {
        id: row::parsed(row, "id")?,
        kind: TransactionKind::parse(row.try_get("type")?)?,
        amount_cents: row.try_get("amount_cents")?,
        balance_after_cents: row.try_get("balance_after_cents")?,
        service: row.try_get("service")?,
        tool: row.try_get("tool")?,
        purchase_id: row::parsed_opt(row, "purchase_id")?,
        description: row.try_get("description")?,
        created_at: row::time(row, "created_at")?,
    })
}

impl Store {
    pub(crate) async fn transactions(
        &self,
        credential: &CredentialId,
        limit: u32,
        before: Option<&TransactionId>,
    ) -> Result<Vec<Transaction>, LedgerError> {
        // Lines are ordered by the account's version, which has no ties and no gaps.
        let sequence: i64 = match before {
            None => i64::MAX,
            Some(id) => {
                sqlx::query_scalar("SELECT sequence FROM billing_transactions WHERE id = $1 AND credential_id = $2")
                    .bind(id.as_str())
                    .bind(credential.as_str())
                    .fetch_optional(&self.readers)
                    .await?
                    .ok_or_else(|| LedgerError::UnknownTransaction(id.clone()))?
            }
        };
        let rows = sqlx::query(
            "SELECT * FROM billing_transactions WHERE credential_id = $1 AND sequence < $2
             ORDER BY sequence DESC LIMIT $3",
        )
        .bind(credential.as_str())
        .bind(sequence)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(read).collect()
    }
}
