//! Prices that providers named.

use super::{Store, now, row};
use crate::{CredentialId, Fingerprint, LedgerError, NewQuote, Quote, QuoteId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

fn read(row: &SqliteRow) -> Result<Quote, LedgerError> {
    Ok(Quote {
        id: row::parsed(row, "id")?,
        credential: row::credential(row)?,
        service: row.try_get("service")?,
        tool: row.try_get("tool")?,
        fingerprint: row::fingerprint(row)?,
        amount: row::money(row, "amount")?,
        created_at: row::time(row, "created_at")?,
        expires_at: row::time(row, "expires_at")?,
    })
}

impl Store {
    pub(crate) async fn record_quote(&self, quote: NewQuote) -> Result<QuoteId, LedgerError> {
        self.write(move |conn| Box::pin(async move { record(conn, &quote).await })).await
    }

    pub(crate) async fn find_quote(
        &self,
        credential: &CredentialId,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Quote>, LedgerError> {
        let row = sqlx::query(
            "SELECT * FROM quote WHERE credential_id = $1 AND fingerprint = $2 AND expires_at > $3
             ORDER BY created_at DESC, id DESC LIMIT 1",
        )
        .bind(credential.as_str())
        .bind(fingerprint.as_bytes().as_slice())
        .bind(now())
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(read).transpose()
    }
}

async fn record(conn: &mut SqliteConnection, quote: &NewQuote) -> Result<QuoteId, LedgerError> {
    super::account::Accounts::of_valid(conn, &quote.credential).await?;
    let (id, now) = (QuoteId::generate(), now());
    let lives = i64::try_from(quote.expires_in.as_millis()).unwrap_or(i64::MAX).min(MAX_LIFE);
    sqlx::query(
        "INSERT INTO quote (id, credential_id, service, tool, fingerprint, currency, amount, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.as_str())
    .bind(quote.credential.as_str())
    .bind(&quote.service)
    .bind(&quote.tool)
    .bind(quote.fingerprint.as_bytes().as_slice())
    .bind(quote.amount.currency.as_str())
    .bind(quote.amount.cents)
    .bind(now)
    .bind(now + lives)
    .execute(conn)
    .await?;
    Ok(id)
}

/// A year. No price holds longer, whatever a caller says.
const MAX_LIFE: i64 = 366 * 24 * 60 * 60 * 1000;

/// Refuses a quote that is not this purchase's. Whether it still holds was decided when it was looked up: a moment later
/// it may have run out, and the price is still the one that was named.
pub(super) async fn must_fit(
    conn: &mut SqliteConnection,
    quote: &QuoteId,
    credential: &CredentialId,
    service: &str,
    cents: i64,
) -> Result<(), LedgerError> {
    let found: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM quote WHERE id = $1 AND credential_id = $2 AND service = $3 AND amount = $4")
            .bind(quote.as_str())
            .bind(credential.as_str())
            .bind(service)
            .bind(cents)
            .fetch_optional(conn)
            .await?;
    found.map(|_| ()).ok_or_else(|| LedgerError::QuoteMismatch(quote.clone()))
}
