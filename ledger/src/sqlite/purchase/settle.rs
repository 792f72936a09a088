//! The three ends of `sent`. Each is one conditional update; whoever comes second changes nothing. What a second comer asks
//! for again is answered with what is there.

use super::find;
use crate::sqlite::account::Accounts;
use crate::sqlite::journal::{self, Event, Leg};
use crate::sqlite::{Store, now};
use crate::{Answer, Capture, LedgerError, Purchase, PurchaseId, PurchaseState, check};
use sqlx::SqliteConnection;

impl Store {
    pub(crate) async fn capture(&self, id: &PurchaseId, capture: Capture) -> Result<Purchase, LedgerError> {
        let id = id.clone();
        self.write(move |conn| Box::pin(async move { apply_capture(conn, &id, capture).await })).await
    }

    pub(crate) async fn release(&self, id: &PurchaseId, reason: &str, answer: Answer) -> Result<Purchase, LedgerError> {
        let (id, reason) = (id.clone(), check::foreign(reason));
        self.write(move |conn| Box::pin(async move { apply_release(conn, &id, &reason, answer).await })).await
    }

    pub(crate) async fn mark_unknown(&self, id: &PurchaseId, reason: &str) -> Result<Purchase, LedgerError> {
        let (id, reason) = (id.clone(), check::foreign(reason));
        self.write(move |conn| Box::pin(async move { apply_unknown(conn, &id, &reason).await })).await
    }
}

/// The states that evidence ends.
const OPEN: &[PurchaseState] = &[PurchaseState::Sent, PurchaseState::Unknown, PurchaseState::NeedsOperator];

async fn apply_capture(
    conn: &mut SqliteConnection,
    id: &PurchaseId,
    capture: Capture,
) -> Result<Purchase, LedgerError> {
    let purchase = load(conn, id).await?;
    if purchase.state.is_captured() && purchase.charged == Some(capture.charged) {
        return Ok(purchase);
    }
    expect(&purchase, OPEN, PurchaseState::Captured)?;
    let now = now();
    let charged = capture.charged.cents;
    let accounts = free(conn, &purchase).await?;
    // With the hold gone, what is available covers the held part for certain and the excess as far as it goes.
    let paid = charged.min(accounts.available());
    let owed = charged - paid;
    let done = sqlx::query(
        "UPDATE purchase SET state = 'captured', charged = $2, receivable = $3, transaction_id = $4, reason = NULL, request = NULL,
                             answer_status = $5, answer_content_type = $6, answer_body = $7, updated_at = $8
         WHERE id = $1 AND state IN ('sent', 'unknown')",
    )
    .bind(id.as_str())
    .bind(charged)
    .bind(owed)
    .bind(capture.transaction_id.as_deref().map(check::foreign))
    .bind(i64::from(capture.answer.status))
    .bind(capture.answer.content_type)
    .bind(capture.answer.body)
    .bind(now)
    .execute(&mut *conn)
    .await?;
    changed(done.rows_affected(), &purchase, PurchaseState::Captured)?;
    let legs = [Leg::customer(&accounts, -paid), Leg::receivable(&accounts, -owed), Leg::provider_payable(charged)];
    let description = format!("Purchase {}/{}", purchase.service, purchase.tool);
    journal::post(conn, &purchase.credential, Event::Purchase(id), &description, &legs, now).await?;
    if owed > 0 {
        tracing::warn!(purchase = %id, credential = %purchase.credential, owed_cents = owed,
            "a purchase cost more than the balance; the rest is owed");
    }
    journal::repay(conn, &purchase.credential, now).await?;
    load(conn, id).await
}

async fn apply_release(
    conn: &mut SqliteConnection,
    id: &PurchaseId,
    reason: &str,
    answer: Answer,
) -> Result<Purchase, LedgerError> {
    let purchase = load(conn, id).await?;
    if purchase.state == PurchaseState::Released {
        return Ok(purchase);
    }
    expect(&purchase, OPEN, PurchaseState::Released)?;
    // Once it was sent again, what became of the first order says nothing of the second; only a person's word does.
    let again: i64 = sqlx::query_scalar("SELECT attempts FROM purchase WHERE id = $1")
        .bind(id.as_str())
        .fetch_one(&mut *conn)
        .await?;
    expect(&purchase, if again > 0 { &[PurchaseState::NeedsOperator] } else { OPEN }, PurchaseState::Released)?;
    let now = now();
    free(conn, &purchase).await?;
    let done = sqlx::query(
        "UPDATE purchase SET state = 'released', reason = $2, request = NULL, answer_status = $3, answer_content_type = $4,
                             answer_body = $5, updated_at = $6
         WHERE id = $1 AND state IN ('sent', 'unknown')",
    )
    .bind(id.as_str())
    .bind(reason)
    .bind(i64::from(answer.status))
    .bind(answer.content_type)
    .bind(answer.body)
    .bind(now)
    .execute(&mut *conn)
    .await?;
    changed(done.rows_affected(), &purchase, PurchaseState::Released)?;
    journal::repay(conn, &purchase.credential, now).await?;
    load(conn, id).await
}

async fn apply_unknown(conn: &mut SqliteConnection, id: &PurchaseId, reason: &str) -> Result<Purchase, LedgerError> {
    let purchase = load(conn, id).await?;
    if purchase.state.is_unknown() {
        return Ok(purchase);
    }
    expect(&purchase, &[PurchaseState::Sent], PurchaseState::Unknown)?;
    let done = sqlx::query(
        "UPDATE purchase SET state = 'unknown', reason = $2, updated_at = $3 WHERE id = $1 AND state = 'sent'",
    )
    .bind(id.as_str())
    .bind(reason)
    .bind(now())
    .execute(&mut *conn)
    .await?;
    changed(done.rows_affected(), &purchase, PurchaseState::Unknown)?;
    load(conn, id).await
}

async fn load(conn: &mut SqliteConnection, id: &PurchaseId) -> Result<Purchase, LedgerError> {
    find::by_id(conn, id).await?.ok_or_else(|| LedgerError::UnknownPurchase(id.clone()))
}

/// Ends a purchase's hold and returns the accounts as they are then.
async fn free(conn: &mut SqliteConnection, purchase: &Purchase) -> Result<Accounts, LedgerError> {
    let accounts = Accounts::of(&mut *conn, &purchase.credential).await?;
    accounts.unhold(conn, purchase.held.cents).await?;
    Accounts::of(conn, &purchase.credential).await
}

/// Refuses early and by name what the conditional update would refuse anyway.
fn expect(purchase: &Purchase, from: &[PurchaseState], wanted: PurchaseState) -> Result<(), LedgerError> {
    changed(u64::from(from.contains(&purchase.state)), purchase, wanted)
}

/// Whether the conditional update found the state it expected.
fn changed(rows: u64, purchase: &Purchase, wanted: PurchaseState) -> Result<(), LedgerError> {
    match rows {
        1 => Ok(()),
        _ => Err(LedgerError::WrongState { purchase: purchase.id.clone(), state: purchase.state, wanted }),
    }
}
