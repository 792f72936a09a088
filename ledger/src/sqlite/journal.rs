//! Writing the journal: entries first, then the row that seals them.

use super::account::Accounts;
use super::chain;
use crate::{CURRENCY, CredentialId, FeeHoldId, LedgerError, PurchaseId, TransactionId};
use sqlx::SqliteConnection;

/// What happened.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event<'a> {
    /// Money came in from a named source.
    Credit { source_ref: &'a str },
    /// A fee was taken.
    Usage(&'a FeeHoldId),
    /// A purchase was captured.
    Purchase(&'a PurchaseId),
    /// Money of a purchase came back from a named source.
    Refund { purchase: &'a PurchaseId, source_ref: &'a str },
    /// A debt was paid.
    Repayment,
}

/// An account and the change of its balance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leg {
    account: Side,
    amount: i64,
}

#[derive(Debug, Clone, Copy)]
enum Side {
    /// A row that stores its balance.
    Stored(i64),
    /// One of the system's, by kind.
    System(&'static str),
}

impl Leg {
    pub(super) fn customer(accounts: &Accounts, amount: i64) -> Leg {
        Leg { account: Side::Stored(accounts.customer), amount }
    }

    pub(super) fn receivable(accounts: &Accounts, amount: i64) -> Leg {
        Leg { account: Side::Stored(accounts.receivable), amount }
    }

    pub(super) fn credit_source(amount: i64) -> Leg {
        Leg { account: Side::System("credit_source"), amount }
    }

    pub(super) fn revenue(amount: i64) -> Leg {
        Leg { account: Side::System("revenue"), amount }
    }

    pub(super) fn provider_payable(amount: i64) -> Leg {
        Leg { account: Side::System("provider_payable"), amount }
    }
}

/// Writes one event. Legs of zero are left out; the others must sum to zero or the database refuses.
pub(super) async fn post(
    conn: &mut SqliteConnection,
    credential: &CredentialId,
    event: Event<'_>,
    description: &str,
    legs: &[Leg],
    now: i64,
) -> Result<TransactionId, LedgerError> {
    let id = TransactionId::generate();
    for (seq, leg) in (1i64..).zip(legs.iter().filter(|leg| leg.amount != 0)) {
        write_entry(conn, &id, seq, leg).await?;
    }
    let (kind, purchase, fee, source) = match event {
        Event::Credit { source_ref } => ("credit", None, None, Some(source_ref)),
        Event::Usage(fee) => ("usage", None, Some(fee.as_str()), None),
        Event::Purchase(purchase) => ("purchase", Some(purchase.as_str()), None, None),
        Event::Refund { purchase, source_ref } => ("refund", Some(purchase.as_str()), None, Some(source_ref)),
        Event::Repayment => ("repayment", None, None, None),
    };
    sqlx::query(
        "INSERT INTO journal (id, kind, credential_id, purchase_id, fee_hold_id, source_ref, description, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.as_str())
    .bind(kind)
    .bind(credential.as_str())
    .bind(purchase)
    .bind(fee)
    .bind(source)
    .bind(description)
    .bind(now)
    .execute(&mut *conn)
    .await?;
    chain::append(conn, id.as_str()).await?;
    Ok(id)
}

async fn write_entry(
    conn: &mut SqliteConnection,
    journal: &TransactionId,
    seq: i64,
    leg: &Leg,
) -> Result<(), LedgerError> {
    let account: i64 = match leg.account {
        Side::Stored(account) => {
            sqlx::query("UPDATE account SET posted = posted + $2, version = version + 1 WHERE id = $1")
                .bind(account)
                .bind(leg.amount)
                .execute(&mut *conn)
                .await?;
            account
        }
        Side::System(kind) => {
            sqlx::query_scalar("SELECT id FROM account WHERE kind = $1 AND currency = $2 AND credential_id IS NULL")
                .bind(kind)
                .bind(CURRENCY.as_str())
                .fetch_one(&mut *conn)
                .await?
        }
    };
    // Balance and version are the account's own, so the entry can't disagree with it.
    sqlx::query(
        "INSERT INTO entry (journal_id, seq, account_id, amount, currency, balance_after, account_version)
         SELECT $1, $2, id, $4, currency, posted, version FROM account WHERE id = $3",
    )
    .bind(journal.as_str())
    .bind(seq)
    .bind(account)
    .bind(leg.amount)
    .execute(conn)
    .await?;
    Ok(())
}

/// Pays what a credential owes from what it has available. To be called whenever something became available. Returns the
/// accounts as they are then.
pub(super) async fn repay(
    conn: &mut SqliteConnection,
    credential: &CredentialId,
    now: i64,
) -> Result<Accounts, LedgerError> {
    let accounts = Accounts::of(&mut *conn, credential).await?;
    let amount = accounts.debt.min(accounts.available());
    if amount <= 0 {
        return Ok(accounts);
    }
    let legs = [Leg::customer(&accounts, -amount), Leg::receivable(&accounts, amount)];
    let description = "Paid what earlier purchases cost beyond the balance";
    post(conn, credential, Event::Repayment, description, &legs, now).await?;
    Accounts::of(conn, credential).await
}
