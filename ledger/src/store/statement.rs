//! Statements.

use super::{Store, row};
use crate::{CredentialId, LedgerError, Summary, Transaction, TransactionId, TransactionKind, Wanted};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

/// A line belongs to the key that owns the money, and to the key that moved it.
const OF_KEY: &str = "(credential_id = $1 OR key_id = $1)";

fn read(row: &AnyRow) -> Result<Transaction, LedgerError> {
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
                let of = format!("SELECT sequence FROM billing_transactions WHERE {OF_KEY} AND id = $2");
                sqlx::query_scalar(self.dialect.sql(&of))
                    .bind(credential.as_str())
                    .bind(id.as_str())
                    .fetch_optional(&self.readers)
                    .await?
                    .ok_or_else(|| LedgerError::UnknownTransaction(id.clone()))?
            }
        };
        let page = format!(
            "SELECT * FROM billing_transactions WHERE {OF_KEY} AND sequence < $2
               AND ($4 IS NULL OR type = $4) AND ($5 IS NULL OR service = $5) AND created_at >= $6 AND created_at < $7
             ORDER BY sequence DESC LIMIT $3"
        );
        let rows = sqlx::query(self.dialect.sql(&page))
            .bind(credential.as_str())
            .bind(sequence)
            .bind(i64::from(limit))
            .bind(wanted.kind.map(TransactionKind::as_str))
            .bind(wanted.service.as_deref())
            .bind(wanted.from.map_or(i64::MIN, Timestamp::as_millisecond))
            .bind(wanted.until.map_or(i64::MAX, Timestamp::as_millisecond))
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
        let sum = |what: &str, condition: &str| {
            format!("CAST(coalesce(sum(amount_cents) FILTER (WHERE {condition}), 0) AS BIGINT) AS {what}")
        };
        let sums = [
            sum("opening", "created_at < $2"),
            sum("credits", "created_at >= $2 AND type = 'credit'"),
            sum("refunds", "created_at >= $2 AND type = 'refund'"),
            sum("usage", "created_at >= $2 AND type = 'usage'"),
            sum("purchases", "created_at >= $2 AND type = 'purchase'"),
            sum("closing", "TRUE"),
        ];
        let all = format!(
            "SELECT {}, count(*) FILTER (WHERE created_at >= $2) AS lines FROM billing_transactions
             WHERE {OF_KEY} AND created_at < $3",
            sums.join(", ")
        );
        let row = sqlx::query(self.dialect.sql(&all))
            .bind(credential.as_str())
            .bind(from.as_millisecond())
            .bind(until.as_millisecond())
            .fetch_one(&self.readers)
            .await?;
        Ok(Summary {
            opening_cents: row.try_get("opening")?,
            credits_cents: row.try_get("credits")?,
            refunds_cents: row.try_get("refunds")?,
            usage_cents: -row.try_get::<i64, _>("usage")?,
            purchases_cents: -row.try_get::<i64, _>("purchases")?,
            closing_cents: row.try_get("closing")?,
            lines: u64::try_from(row.try_get::<i64, _>("lines")?).unwrap_or_default(),
        })
    }
}
