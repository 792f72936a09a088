//! A credential's two accounts, and the reserve on the first.

use super::Store;
use crate::{Balance, CURRENCY, CredentialId, LedgerError, Shortfall};
use sqlx::{Row, SqliteConnection, SqliteExecutor};

/// What a credential has and owes, as of this transaction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Accounts {
    /// Row of the account that holds its money.
    pub(super) customer: i64,
    /// Row of the account that holds its debt.
    pub(super) receivable: i64,
    pub(super) posted: i64,
    pub(super) pending: i64,
    pub(super) debt: i64,
    pub(super) revoked: bool,
}

impl Accounts {
    pub(super) async fn of(db: impl SqliteExecutor<'_>, credential: &CredentialId) -> Result<Accounts, LedgerError> {
        let row = sqlx::query(
            "SELECT customer.id AS customer, receivable.id AS receivable, customer.posted, customer.pending,
                    -receivable.posted AS debt, credential.revoked_at IS NOT NULL AS revoked
             FROM credential
             JOIN account AS customer ON customer.credential_id = credential.id AND customer.kind = 'customer'
             JOIN account AS receivable ON receivable.credential_id = credential.id AND receivable.kind = 'receivable'
             WHERE credential.id = $1 AND customer.currency = $2 AND receivable.currency = $2",
        )
        .bind(credential.as_str())
        .bind(CURRENCY.as_str())
        .fetch_optional(db)
        .await?
        .ok_or_else(|| LedgerError::UnknownCredential(credential.clone()))?;
        Ok(Accounts {
            customer: row.try_get("customer")?,
            receivable: row.try_get("receivable")?,
            posted: row.try_get("posted")?,
            pending: row.try_get("pending")?,
            debt: row.try_get("debt")?,
            revoked: row.try_get("revoked")?,
        })
    }

    /// Likewise, for something new: a revoked key begins nothing.
    pub(super) async fn of_valid(
        conn: &mut SqliteConnection,
        credential: &CredentialId,
    ) -> Result<Accounts, LedgerError> {
        let accounts = Accounts::of(conn, credential).await?;
        if accounts.revoked { Err(LedgerError::Revoked(credential.clone())) } else { Ok(accounts) }
    }

    pub(super) fn available(&self) -> i64 {
        self.posted - self.pending
    }

    pub(super) fn balance(&self) -> Balance {
        Balance {
            posted_cents: self.posted,
            held_cents: self.pending,
            available_cents: self.available(),
            receivable_cents: self.debt,
            currency: CURRENCY,
        }
    }

    pub(super) fn shortfall(&self, required: i64) -> Shortfall {
        Shortfall {
            required_cents: required,
            available_cents: self.available(),
            held_cents: self.pending,
            shortfall_cents: required - self.available(),
            currency: CURRENCY,
        }
    }

    /// Reserves an amount if that much is available, and tells whether it was.
    pub(super) async fn hold(&self, conn: &mut SqliteConnection, amount: i64) -> Result<bool, LedgerError> {
        let held = sqlx::query("UPDATE account SET pending = pending + $2 WHERE id = $1 AND posted - pending >= $2")
            .bind(self.customer)
            .bind(amount)
            .execute(conn)
            .await?;
        Ok(held.rows_affected() == 1)
    }

    /// Ends a reserve.
    pub(super) async fn unhold(&self, conn: &mut SqliteConnection, amount: i64) -> Result<(), LedgerError> {
        let freed = sqlx::query("UPDATE account SET pending = pending - $2 WHERE id = $1 AND pending >= $2")
            .bind(self.customer)
            .bind(amount)
            .execute(conn)
            .await?;
        match freed.rows_affected() {
            1 => Ok(()),
            _ => Err(LedgerError::Corrupt(format!("account {} has less than {amount} cents held", self.customer))),
        }
    }
}

impl Store {
    pub(crate) async fn balance(&self, credential: &CredentialId) -> Result<Balance, LedgerError> {
        Ok(Accounts::of(&self.readers, credential).await?.balance())
    }
}
