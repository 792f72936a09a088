//! Money coming in.

use super::journal::{Event, Legs, System};
use super::{Booked, Books, Command, Needs};
use crate::{Balance, CredentialId, LedgerError};

/// Books a credit unless its source was booked before, then pays debts from it.
#[derive(Debug)]
pub(crate) struct AddCredit {
    pub key: CredentialId,
    pub cents: i64,
    pub source: String,
}

impl Command for AddCredit {
    type Out = Balance;

    fn needs(&self, needs: &mut Needs) {
        needs.keys.insert(self.key.clone());
        needs.sources.insert(self.source.clone());
    }

    fn apply(&self, books: &mut Books) -> Result<Balance, LedgerError> {
        add(books, &self.key, self.cents, &self.source)
    }
}

pub(super) fn add(books: &mut Books, key: &CredentialId, cents: i64, source: &str) -> Result<Balance, LedgerError> {
    let this = Booked { kind: "credit", credential: key.clone(), purchase: None, cents };
    let accounts = books.accounts_of(key)?;
    if is_booked(books, source, &this)? {
        return Ok(accounts.balance());
    }
    let legs = Legs { customer: cents, receivable: 0, system: Some((System::CreditSource, -cents)) };
    books.post(key, Event::Credit { source }, format!("Credit {source}"), legs)?;
    books.sources.put(source.to_owned(), this);
    books.repay(key)?;
    Ok(books.accounts_of(key)?.balance())
}

/// Whether this was booked before. Something else from the same source is refused.
pub(super) fn is_booked(books: &Books, source: &str, this: &Booked) -> Result<bool, LedgerError> {
    match books.sources.get(&source.to_owned()) {
        None => Ok(false),
        Some(before) if before == this => Ok(true),
        Some(_) => Err(LedgerError::SourceReused { source_ref: source.to_owned() }),
    }
}
