//! Statements.

use super::{Store, row};
use crate::{CredentialId, LedgerError, Summary, Transaction, TransactionId, TransactionKind, Wanted};
use jiff::Timestamp;
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
        wanted: &Wanted,
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
               AND ($4 IS NULL OR type = $4) AND ($5 IS NULL OR service = $5)
               AND ($6 IS NULL OR created_at >= $6) AND ($7 IS NULL OR created_at < $7)
             ORDER BY sequence DESC LIMIT $3",
        )
        .bind(credential.as_str())
        .bind(sequence)
        .bind(i64::from(limit))
        .bind(wanted.kind.map(TransactionKind::as_str))
        .bind(wanted.service.as_deref())
        .bind(wanted.from.map(Timestamp::as_millisecond))
        .bind(wanted.until.map(Timestamp::as_millisecond))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(read).collect()
    }

    pub(crate) async fn summary(
        &self,
        credential: &CredentialId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Summary, LedgerError> {
        let row = sqlx::query(
            "SELECT coalesce(sum(amount_cents) FILTER (WHERE created_at < $2), 0) AS opening,
                    coalesce(sum(amount_cents) FILTER (WHERE created_at >= $2 AND type = 'credit'), 0) AS credits,
                    coalesce(sum(amount_cents) FILTER (WHERE created_at >= $2 AND type = 'refund'), 0) AS refunds,
                    coalesce(-sum(amount_cents) FILTER (WHERE created_at >= $2 AND type = 'usage'), 0) AS usage,
                    coalesce(-sum(amount_cents) FILTER (WHERE created_at >= $2 AND type = 'purchase'), 0) AS purchases,
                    coalesce(sum(amount_cents), 0) AS closing,
                    count(*) FILTER (WHERE created_at >= $2) AS lines
             FROM billing_transactions WHERE credential_id = $1 AND created_at < $3",
        )
        .bind(credential.as_str())
        .bind(from.as_millisecond())
        .bind(until.as_millisecond())
        .fetch_one(&self.readers)
        .await?;
        Ok(Summary {
            opening_cents: row.try_get("opening")?,
            credits_cents: row.try_get("credits")?,
            refunds_cents: row.try_get("refunds")?,
            usage_cents: row.try_get("usage")?,
            purchases_cents: row.try_get("purchases")?,
            closing_cents: row.try_get("closing")?,
            lines: u64::try_from(row.try_get::<i64, _>("lines")?).unwrap_or_default(),
        })
    }
}
