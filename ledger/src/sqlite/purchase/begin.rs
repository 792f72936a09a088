//! Hold and `sent`, in one transaction.

use super::find;
use crate::sqlite::account::Accounts;
use crate::sqlite::{Store, limits, now, quote};
use crate::{Begun, LedgerError, NewPurchase, PurchaseId};
use sqlx::SqliteConnection;

impl Store {
    pub(crate) async fn begin_purchase(&self, id: PurchaseId, new: NewPurchase) -> Result<Begun, LedgerError> {
        self.write(move |conn| Box::pin(async move { begin(conn, id, &new).await })).await
    }
}

async fn begin(conn: &mut SqliteConnection, id: PurchaseId, new: &NewPurchase) -> Result<Begun, LedgerError> {
    // What was bought under this key comes before all other questions: a repetition is answered even if the money is
    // gone or the key has been revoked since.
    if let Some(existing) = find::by_key(&mut *conn, &new.credential, &new.idempotency_key).await? {
        let same = existing.fingerprint == new.fingerprint;
        return Ok(if same { Begun::Existing(existing) } else { Begun::KeyReused(existing) });
    }
    let accounts = Accounts::of_valid(conn, &new.credential).await?;
    if accounts.debt > 0 {
        return Ok(Begun::Blocked { receivable_cents: accounts.debt });
    }
    let cents = new.amount.cents;
    if let Some(exceeded) = limits::exceeded(&mut *conn, &new.credential, &new.service, cents).await? {
        return Ok(Begun::Limited(exceeded));
    }
    if let Some(quote) = &new.quote {
        quote::must_fit(conn, quote, &new.credential, &new.service, cents).await?;
    }
    if !accounts.hold(conn, cents).await? {
        return Ok(Begun::Insufficient(accounts.shortfall(cents)));
    }
    sqlx::query(
        "INSERT INTO purchase (id, credential_id, service, tool, idempotency_key, fingerprint, quote_id, state,
                               currency, held, request, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'sent', $8, $9, $10, $11, $11)",
    )
    .bind(id.as_str())
    .bind(new.credential.as_str())
    .bind(&new.service)
    .bind(&new.tool)
    .bind(&new.idempotency_key)
    .bind(new.fingerprint.as_bytes().as_slice())
    .bind(new.quote.as_ref().map(|quote| quote.as_str()))
    .bind(new.amount.currency.as_str())
    .bind(cents)
    .bind(new.request.as_deref())
    .bind(now())
    .execute(&mut *conn)
    .await?;
    let started = find::by_id(conn, &id).await?;
    started.map(Begun::Started).ok_or(LedgerError::UnknownPurchase(id))
}
