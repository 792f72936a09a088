//! Purchases: a row each, changed only from an expected state.

mod begin;
mod find;
mod reconcile;
mod refund;
mod settle;

use super::{Store, row};
use crate::{Answer, LedgerError, Purchase, PurchaseState};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

fn read(row: &SqliteRow) -> Result<Purchase, LedgerError> {
    let charged = row::money_opt(row, "charged")?;
    let refunded_cents = row.try_get("refunded")?;
    let needs_operator = row.try_get::<Option<i64>, _>("needs_operator_at")?.is_some();
    // What is stored is how far the money is; two of its states have a name of their own for people.
    let state = match row::parsed(row, "state")? {
        PurchaseState::Captured if charged.is_some_and(|m| m.cents > 0 && m.cents == refunded_cents) => {
            PurchaseState::Refunded
        }
        PurchaseState::Unknown if needs_operator => PurchaseState::NeedsOperator,
        state => state,
    };
    Ok(Purchase {
        id: row::parsed(row, "id")?,
        credential: row::credential(row)?,
        service: row.try_get("service")?,
        tool: row.try_get("tool")?,
        state,
        idempotency_key: row.try_get("idempotency_key")?,
        fingerprint: row::fingerprint(row)?,
        quote: row::parsed_opt(row, "quote_id")?,
        held: row::money(row, "held")?,
        charged,
        refunded_cents,
        receivable_cents: row.try_get("receivable")?,
        transaction_id: row.try_get("transaction_id")?,
        reason: row.try_get("reason")?,
        answer: answer(row)?,
        created_at: row::time(row, "created_at")?,
        updated_at: row::time(row, "updated_at")?,
    })
}

fn answer(row: &SqliteRow) -> Result<Option<Answer>, LedgerError> {
    let Some(status) = row.try_get::<Option<i64>, _>("answer_status")? else { return Ok(None) };
    let status = u16::try_from(status).map_err(|_| LedgerError::Corrupt(format!("{status} is no HTTP status")))?;
    let (content_type, body) = (row.try_get("answer_content_type")?, row.try_get("answer_body")?);
    Ok(Some(Answer { status, content_type, body }))
}
