//! Money that comes back.

use super::find;
use crate::sqlite::account::Accounts;
use crate::sqlite::journal::{self, Event, Leg};
use crate::sqlite::{Store, now};
use crate::{LedgerError, Purchase, PurchaseId, PurchaseState};
use sqlx::{Row, SqliteConnection};

impl Store {
    pub(crate) async fn refund(&self, id: &PurchaseId, cents: i64, source_ref: &str) -> Result<Purchase, LedgerError> {
        let (id, source_ref) = (id.clone(), source_ref.to_owned());
        self.write(move |conn| Box::pin(async move { apply(conn, &id, cents, &source_ref).await })).await
    }
}

async fn apply(
    conn: &mut SqliteConnection,
    id: &PurchaseId,
    cents: i64,
    source_ref: &str,
) -> Result<Purchase, LedgerError> {
    let purchase = find::by_id(&mut *conn, id).await?.ok_or_else(|| LedgerError::UnknownPurchase(id.clone()))?;
    if let Some(same) = booked(&mut *conn, id, cents, source_ref).await? {
        return if same { Ok(purchase) } else { Err(LedgerError::SourceReused { source_ref: source_ref.to_owned() }) };
    }
    let now = now();
    let done = sqlx::query(
        "UPDATE purchase SET refunded = refunded + $2, updated_at = $3
         WHERE id = $1 AND state = 'captured' AND refunded + $2 <= charged",
    )
    .bind(id.as_str())
    .bind(cents)
    .bind(now)
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() != 1 {
        return Err(match purchase.charged {
            Some(charged) => LedgerError::RefundTooHigh {
                purchase: id.clone(),
                left_cents: charged.cents - purchase.refunded_cents,
                cents,
            },
            None => {
                LedgerError::WrongState { purchase: id.clone(), state: purchase.state, wanted: PurchaseState::Refunded }
            }
        });
    }
    let accounts = Accounts::of(&mut *conn, &purchase.credential).await?;
    let legs = [Leg::customer(&accounts, cents), Leg::provider_payable(-cents)];
    let description = format!("Refund {}/{} {source_ref}", purchase.service, purchase.tool);
    let event = Event::Refund { purchase: id, source_ref };
    journal::post(conn, &purchase.credential, event, &description, &legs, now).await?;
    journal::repay(conn, &purchase.credential, now).await?;
    find::by_id(conn, id).await?.ok_or_else(|| LedgerError::UnknownPurchase(id.clone()))
}

/// Whether something from this source was booked before, and whether it was this refund.
async fn booked(
    conn: &mut SqliteConnection,
    id: &PurchaseId,
    cents: i64,
    source_ref: &str,
) -> Result<Option<bool>, LedgerError> {
    let row = sqlx::query(
        "SELECT journal.kind, journal.purchase_id, entry.amount FROM journal
         JOIN entry ON entry.journal_id = journal.id
         JOIN account ON account.id = entry.account_id AND account.kind = 'customer'
         WHERE journal.source_ref = $1",
    )
    .bind(source_ref)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let same = row.try_get::<&str, _>("kind")? == "refund"
        && row.try_get::<Option<&str>, _>("purchase_id")? == Some(id.as_str())
        && row.try_get::<i64, _>("amount")? == cents;
    Ok(Some(same))
}
