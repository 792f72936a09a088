//! Writing the journal.

use super::Books;
use crate::{CredentialId, FeeHoldId, LedgerError, PurchaseId, TransactionId};
use jiff::Timestamp;

/// What happened.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event<'a> {
    /// Money came in from a named source, or went back to it.
    Credit { source: &'a str },
    /// Fees were taken.
    Usage(&'a FeeHoldId),
    /// A purchase was captured.
    Purchase(&'a PurchaseId),
    /// Money of a purchase came back from a named source.
    Refund { purchase: &'a PurchaseId, source: &'a str },
    /// A debt was paid.
    Repayment,
}

/// An account of the system's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum System {
    CreditSource,
    PaymentClearing,
    Revenue,
    ProviderPayable,
}

impl System {
    pub(crate) const ALL: [System; 4] =
        [System::CreditSource, System::PaymentClearing, System::Revenue, System::ProviderPayable];

    /// Its kind in the database.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            System::CreditSource => "credit_source",
            System::PaymentClearing => "payment_clearing",
            System::Revenue => "revenue",
            System::ProviderPayable => "provider_payable",
        }
    }
}

/// An account in an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Side {
    /// The money of a key that owns some.
    Customer(CredentialId),
    /// Its debt.
    Receivable(CredentialId),
    /// The system's own.
    System(System),
}

/// A change of one account.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub side: Side,
    pub amount: i64,
    /// Balance and version of the account after it, where the account stores them.
    pub after: Option<(i64, i64)>,
}

/// Something that happened, and its entries, which sum to zero.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    pub id: TransactionId,
    pub kind: &'static str,
    /// The key that moved the money.
    pub credential: CredentialId,
    pub purchase: Option<PurchaseId>,
    pub tab: Option<FeeHoldId>,
    pub source: Option<String>,
    pub description: String,
    pub created_at: Timestamp,
    pub entries: Vec<Entry>,
}

/// The change of each account that an event may touch; the others stay zero.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Legs {
    pub customer: i64,
    pub receivable: i64,
    pub system: Option<(System, i64)>,
}

impl Books {
    /// Writes one event of `key`. Legs of zero are left out.
    pub(super) fn post(
        &mut self,
        key: &CredentialId,
        event: Event<'_>,
        description: String,
        legs: Legs,
    ) -> Result<(), LedgerError> {
        let system = legs.system.map_or(0, |(_, amount)| amount);
        if legs.customer.checked_add(legs.receivable).and_then(|sum| sum.checked_add(system)) != Some(0) {
            return Err(LedgerError::Corrupt(format!("the entries of `{description}` do not sum to zero")));
        }
        let owner = self.owner(key)?;
        let mut accounts = self.accounts_of(&owner)?;
        let mut entries = Vec::with_capacity(3);
        for (account, amount, side) in [
            (&mut accounts.customer, legs.customer, Side::Customer(owner.clone())),
            (&mut accounts.receivable, legs.receivable, Side::Receivable(owner.clone())),
        ] {
            if amount != 0 {
                let overflow = || LedgerError::Corrupt(format!("the balance of {owner} is beyond all numbers"));
                account.posted = account.posted.checked_add(amount).ok_or_else(overflow)?;
                account.version += 1;
                entries.push(Entry { side, amount, after: Some((account.posted, account.version)) });
            }
        }
        if let Some((account, amount)) = legs.system.filter(|(_, amount)| *amount != 0) {
            entries.push(Entry { side: Side::System(account), amount, after: None });
        }
        self.accounts.put(owner, accounts);
        let (kind, purchase, tab, source) = match event {
            Event::Credit { source } => ("credit", None, None, Some(source)),
            Event::Usage(tab) => ("usage", None, Some(tab), None),
            Event::Purchase(purchase) => ("purchase", Some(purchase), None, None),
            Event::Refund { purchase, source } => ("refund", Some(purchase), None, Some(source)),
            Event::Repayment => ("repayment", None, None, None),
        };
        self.journals.push(Journal {
            id: TransactionId::generate(),
            kind,
            credential: key.clone(),
            purchase: purchase.cloned(),
            tab: tab.cloned(),
            source: source.map(str::to_owned),
            description,
            created_at: self.now,
            entries,
        });
        Ok(())
    }

    /// Pays what is owed from what is available. To be called whenever something became available.
    pub(super) fn repay(&mut self, key: &CredentialId) -> Result<(), LedgerError> {
        let owner = self.owner(key)?;
        let accounts = self.accounts_of(&owner)?;
        let amount = accounts.debt().min(accounts.available());
        if amount <= 0 {
            return Ok(());
        }
        let legs = Legs { customer: -amount, receivable: amount, system: None };
        self.post(&owner, Event::Repayment, "Paid what earlier purchases cost beyond the balance".to_owned(), legs)
    }
}
