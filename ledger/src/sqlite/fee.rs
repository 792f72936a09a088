//! Fixed fees: reserved before the call, taken or given back after it.

use super::account::Accounts;
use super::journal::{self, Event, Leg};
use super::{Store, now, row};
use crate::{Balance, CURRENCY, CredentialId, FeeHoldId, LedgerError};
use sqlx::{Row, SqliteConnection};

/// A reserve to be made.
struct NewFee {
    id: FeeHoldId,
    credential: CredentialId,
    cents: i64,
    service: String,
    tool: String,
}

impl Store {
    pub(crate) async fn hold_fee(
        &self,
        id: &FeeHoldId,
        credential: &CredentialId,
        cents: i64,
        service: &str,
        tool: &str,
    ) -> Result<(), LedgerError> {
        let (id, credential) = (id.clone(), credential.clone());
        let fee = NewFee { id, credential, cents, service: service.to_owned(), tool: tool.to_owned() };
        self.write(move |conn| Box::pin(async move { hold(conn, &fee).await })).await
    }

    pub(crate) async fn settle_fee(&self, id: &FeeHoldId) -> Result<Balance, LedgerError> {
        let id = id.clone();
        self.write(move |conn| Box::pin(async move { settle(conn, &id).await })).await
    }

    pub(crate) async fn release_fee(&self, id: &FeeHoldId) -> Result<Balance, LedgerError> {
        let id = id.clone();
        self.write(move |conn| Box::pin(async move { release(conn, &id).await })).await
    }
}

async fn hold(conn: &mut SqliteConnection, fee: &NewFee) -> Result<(), LedgerError> {
    let accounts = Accounts::of_valid(conn, &fee.credential).await?;
    if !accounts.hold(conn, fee.cents).await? {
        return Err(LedgerError::Insufficient(accounts.shortfall(fee.cents)));
    }
    sqlx::query(
        "INSERT INTO fee_hold (id, credential_id, service, tool, state, currency, amount, created_at)
         VALUES ($1, $2, $3, $4, 'open', $5, $6, $7)",
    )
    .bind(fee.id.as_str())
    .bind(fee.credential.as_str())
    .bind(&fee.service)
    .bind(&fee.tool)
    .bind(CURRENCY.as_str())
    .bind(fee.cents)
    .bind(now())
    .execute(conn)
    .await?;
    Ok(())
}

async fn settle(conn: &mut SqliteConnection, id: &FeeHoldId) -> Result<Balance, LedgerError> {
    let now = now();
    let fee = resolve(conn, id, "settled", now).await?;
    let legs = [Leg::customer(&fee.accounts, -fee.cents), Leg::revenue(fee.cents)];
    let description = format!("Fee {}/{}", fee.service, fee.tool);
    journal::post(conn, &fee.credential, Event::Usage(id), &description, &legs, now).await?;
    Ok(Accounts::of(conn, &fee.credential).await?.balance())
}

/// Also what the ledger does to fees that a dead process left open.
pub(super) async fn release(conn: &mut SqliteConnection, id: &FeeHoldId) -> Result<Balance, LedgerError> {
    let now = now();
    let fee = resolve(conn, id, "released", now).await?;
    Ok(journal::repay(conn, &fee.credential, now).await?.balance())
}

/// A fee whose reserve has just ended.
struct Resolved {
    credential: CredentialId,
    cents: i64,
    service: String,
    tool: String,
    accounts: Accounts,
}

async fn resolve(conn: &mut SqliteConnection, id: &FeeHoldId, state: &str, now: i64) -> Result<Resolved, LedgerError> {
    let row = sqlx::query(
        "UPDATE fee_hold SET state = $2, resolved_at = $3 WHERE id = $1 AND state = 'open'
         RETURNING credential_id, amount, service, tool",
    )
    .bind(id.as_str())
    .bind(state)
    .bind(now)
    .fetch_optional(&mut *conn)
    .await?
    .ok_or_else(|| LedgerError::FeeResolved(id.clone()))?;
    let credential = row::credential(&row)?;
    let cents = row.try_get("amount")?;
    let accounts = Accounts::of(&mut *conn, &credential).await?;
    accounts.unhold(conn, cents).await?;
    Ok(Resolved { credential, cents, service: row.try_get("service")?, tool: row.try_get("tool")?, accounts })
}
