//! Limits, within the transaction that holds the money.

use super::{Store, now, row};
use crate::{CredentialId, Exceeded, LedgerError, Limits};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

impl Store {
    pub(crate) async fn set_limits(&self, credential: &CredentialId, limits: Limits) -> Result<(), LedgerError> {
        let credential = credential.clone();
        self.write(move |conn| Box::pin(async move { set(conn, credential, &limits).await })).await
    }
}

async fn set(conn: &mut SqliteConnection, credential: CredentialId, limits: &Limits) -> Result<(), LedgerError> {
    let text = serde_json::to_string(limits).map_err(|error| LedgerError::Corrupt(error.to_string()))?;
    let known = sqlx::query("UPDATE credential SET limits = $2 WHERE id = $1")
        .bind(credential.as_str())
        .bind(Some(text).filter(|_| !limits.is_none()))
        .execute(conn)
        .await?;
    if known.rows_affected() == 1 { Ok(()) } else { Err(LedgerError::UnknownCredential(credential)) }
}

/// The limits in a row of `credential`.
pub(super) fn read(row: &SqliteRow) -> Result<Limits, LedgerError> {
    match row.try_get::<Option<&str>, _>("limits")? {
        // What can't be read must not become no limit.
        Some(text) => serde_json::from_str(text).map_err(|error| LedgerError::Corrupt(format!("limits: {error}"))),
        None => Ok(Limits::default()),
    }
}

/// The limit that a purchase of so many cents would break, if any.
pub(super) async fn exceeded(
    conn: &mut SqliteConnection,
    credential: &CredentialId,
    service: &str,
    cents: i64,
) -> Result<Option<Exceeded>, LedgerError> {
    let row = sqlx::query("SELECT limits FROM credential WHERE id = $1")
        .bind(credential.as_str())
        .fetch_one(&mut *conn)
        .await?;
    let limits = read(&row)?;
    if limits.is_none() {
        return Ok(None);
    }
    if !limits.allow(service) {
        return Ok(Some(Exceeded { limit: "services", allowed: 0, used: 0, resets_at: None }));
    }
    if let Some(allowed) = limits.purchase_cents.filter(|allowed| cents > *allowed) {
        return Ok(Some(Exceeded { limit: "purchase_cents", allowed, used: 0, resets_at: None }));
    }
    if limits.budget_cents.is_none() && limits.purchases.is_none() {
        return Ok(None);
    }
    let window = limits.window();
    let row = sqlx::query(
        "SELECT coalesce(sum(CASE state WHEN 'captured' THEN charged - refunded ELSE held END), 0) AS spent,
                count(*) AS purchases, min(created_at) AS oldest
         FROM purchase WHERE credential_id = $1 AND created_at > $2 AND state <> 'released'",
    )
    .bind(credential.as_str())
    .bind(now().saturating_sub(window))
    .fetch_one(conn)
    .await?;
    let (spent, purchases): (i64, i64) = (row.try_get("spent")?, row.try_get("purchases")?);
    let oldest: Option<i64> = row.try_get("oldest")?;
    let resets_at = oldest.map(|oldest| row::timestamp(oldest.saturating_add(window))).transpose()?;
    if let Some(allowed) = limits.budget_cents.filter(|allowed| spent.saturating_add(cents) > *allowed) {
        return Ok(Some(Exceeded { limit: "budget_cents", allowed, used: spent, resets_at }));
    }
    if let Some(allowed) = limits.purchases.map(i64::from).filter(|allowed| purchases >= *allowed) {
        return Ok(Some(Exceeded { limit: "purchases", allowed, used: purchases, resets_at }));
    }
    Ok(None)
}
