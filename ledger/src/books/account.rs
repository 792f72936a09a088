//! A credential's two accounts, and the reserve on the first.

use super::Books;
use crate::{Balance, CURRENCY, Credential, CredentialId, LedgerError, Shortfall};

/// An account that stores its balance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// Its row. Absent while it is new.
    pub id: Option<i64>,
    pub posted: i64,
    pub pending: i64,
    /// How many entries it has.
    pub version: i64,
}

/// What a credential has and owes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Accounts {
    /// Its money.
    pub customer: Account,
    /// Its debt, as a negative number.
    pub receivable: Account,
}

impl Accounts {
    pub(crate) fn available(&self) -> i64 {
        self.customer.posted - self.customer.pending
    }

    pub(crate) fn debt(&self) -> i64 {
        -self.receivable.posted
    }

    pub(crate) fn balance(&self) -> Balance {
        Balance {
            posted_cents: self.customer.posted,
            held_cents: self.customer.pending,
            available_cents: self.available(),
            receivable_cents: self.debt(),
            currency: CURRENCY,
        }
    }

    pub(crate) fn shortfall(&self, required: i64) -> Shortfall {
        Shortfall {
            required_cents: required,
            available_cents: self.available(),
            held_cents: self.customer.pending,
            shortfall_cents: required - self.available(),
            currency: CURRENCY,
        }
    }
}

impl Books {
    /// The key and those above it, itself first.
    pub(super) fn lineage(&self, key: &CredentialId) -> Result<Vec<CredentialId>, LedgerError> {
        let mut line = vec![key.clone()];
        let mut next = Some(key);
        while let Some(id) = next {
            let found = self.keys.get(id).ok_or_else(|| LedgerError::UnknownCredential(id.clone()))?;
            next = found.credential.parent.as_ref();
            line.extend(next.cloned());
        }
        Ok(line)
    }

    /// Whose money a key spends: its own, or that of the uppermost key above it.
    pub(super) fn owner(&self, key: &CredentialId) -> Result<CredentialId, LedgerError> {
        self.lineage(key)?.pop().ok_or_else(|| LedgerError::UnknownCredential(key.clone()))
    }

    /// What a key spends from.
    pub(super) fn accounts_of(&self, key: &CredentialId) -> Result<Accounts, LedgerError> {
        let owner = self.owner(key)?;
        self.accounts.get(&owner).copied().ok_or(LedgerError::UnknownCredential(owner))
    }

    /// Likewise, for something new: a key that is revoked or past its time, or below one that is, begins nothing.
    pub(super) fn accounts_of_valid(&self, key: &CredentialId) -> Result<Accounts, LedgerError> {
        let over = |key: &Credential| key.revoked_at.is_some() || key.limits.is_over(self.now);
        for id in self.lineage(key)? {
            if self.keys.get(&id).is_some_and(|key| over(&key.credential)) {
                return Err(LedgerError::Revoked(id));
            }
        }
        self.accounts_of(key)
    }

    /// Reserves an amount. Whoever calls has made sure that it is available.
    pub(super) fn hold(&mut self, key: &CredentialId, cents: i64) -> Result<(), LedgerError> {
        let owner = self.owner(key)?;
        let mut accounts = self.accounts_of(&owner)?;
        if cents < 0 || cents > accounts.available() {
            return Err(LedgerError::Insufficient(accounts.shortfall(cents)));
        }
        accounts.customer.pending += cents;
        self.accounts.put(owner, accounts);
        Ok(())
    }

    /// Ends a reserve.
    pub(super) fn unhold(&mut self, key: &CredentialId, cents: i64) -> Result<(), LedgerError> {
        let owner = self.owner(key)?;
        let mut accounts = self.accounts_of(&owner)?;
        if cents > accounts.customer.pending {
            return Err(LedgerError::Corrupt(format!("{owner} has less than {cents} cents held")));
        }
        accounts.customer.pending -= cents;
        self.accounts.put(owner, accounts);
        Ok(())
    }
}
