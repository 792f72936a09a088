//! Fees that share a hold: opened, drawn from in memory, settled as one entry.

use super::journal::{Event, Legs, System};
use super::{Books, Command, Needs};
use crate::{CredentialId, FeeHoldId, LedgerError, Shortfall};
use jiff::Timestamp;

/// The part of what is available that a hold may take for calls to come.
const SHARE: i64 = 4;

/// A hold that fees share.
#[derive(Debug, Clone)]
pub(crate) struct Tab {
    pub id: FeeHoldId,
    pub credential: CredentialId,
    pub service: String,
    pub open: bool,
    pub amount: i64,
    /// What was taken of it, by so many calls.
    pub used: i64,
    pub calls: i64,
    pub created_at: Timestamp,
    pub resolved_at: Option<Timestamp>,
}

/// A hold to be ended.
#[derive(Debug, Clone)]
pub(crate) struct CloseTab {
    pub id: FeeHoldId,
    pub used: i64,
    pub calls: i64,
}

/// A hold to be made.
#[derive(Debug, Clone)]
pub(crate) struct OpenTab {
    pub id: FeeHoldId,
    /// What calls under way have been promised already.
    pub promised: i64,
    /// What a new call needs beyond that. Zero where there is none.
    pub needed: i64,
    /// What it would like to hold for calls to come.
    pub wish: i64,
}

/// Ends a hold, makes one, or both as one thing: the new one takes over what calls under way were promised.
#[derive(Debug)]
pub(crate) struct TurnTab {
    pub credential: CredentialId,
    pub service: String,
    pub close: Option<CloseTab>,
    pub open: Option<OpenTab>,
}

/// What became of it.
#[derive(Debug)]
pub(crate) struct Turned {
    /// Whether the old one was there to be ended. If not, somebody took its owner for dead, and its fees are not taken.
    pub closed: bool,
    /// Whose money it is.
    pub owner: CredentialId,
    /// What the new one holds.
    pub held: i64,
    /// Why there is nothing for the new call.
    pub opened: Result<(), Shortfall>,
}

impl Command for TurnTab {
    type Out = Turned;

    fn needs(&self, needs: &mut Needs) {
        needs.keys.insert(self.credential.clone());
        needs.tabs.extend(self.close.as_ref().map(|close| close.id.clone()));
    }

    fn apply(&self, books: &mut Books) -> Result<Turned, LedgerError> {
        let closed = match &self.close {
            Some(close) => self.close(books, close)?,
            None => false,
        };
        let (held, opened) = match &self.open {
            Some(open) => self.open(books, open)?,
            None => (0, Ok(())),
        };
        books.repay(&self.credential)?;
        Ok(Turned { closed, owner: books.owner(&self.credential)?, held, opened })
    }
}

impl TurnTab {
    fn close(&self, books: &mut Books, close: &CloseTab) -> Result<bool, LedgerError> {
        let Some(mut tab) = books.tabs.get(&close.id).filter(|tab| tab.open).cloned() else { return Ok(false) };
        books.unhold(&tab.credential, tab.amount)?;
        tab.open = false;
        // Never more than was held, whatever its process believes.
        (tab.used, tab.calls, tab.resolved_at) = (close.used.min(tab.amount), close.calls, Some(books.now));
        books.tabs.put(tab.id.clone(), tab.clone());
        if tab.used > 0 {
            let legs = Legs { customer: -tab.used, receivable: 0, system: Some((System::Revenue, tab.used)) };
            let calls = if tab.calls == 1 { "call" } else { "calls" };
            let description = format!("{} {calls} of {}", tab.calls, tab.service);
            books.post(&tab.credential, Event::Usage(&tab.id), description, legs)?;
        }
        Ok(true)
    }

    /// What is held, and whether there is enough for the new call.
    fn open(&self, books: &mut Books, open: &OpenTab) -> Result<(i64, Result<(), Shortfall>), LedgerError> {
        let accounts = match open.needed {
            0 => books.accounts_of(&self.credential)?,
            _ => books.accounts_of_valid(&self.credential)?,
        };
        let free = accounts.available() - open.promised;
        let (amount, opened) = match open.needed <= free {
            // For calls to come no more than a part of what there is: others spend from it too.
            true => (open.promised + open.needed.max(open.wish.min(free / SHARE)), Ok(())),
            false => (
                open.promised.min(accounts.available()),
                Err(Shortfall {
                    required_cents: open.needed,
                    available_cents: free,
                    held_cents: accounts.customer.pending + open.promised,
                    shortfall_cents: open.needed - free,
                    currency: crate::CURRENCY,
                }),
            ),
        };
        if amount > 0 {
            books.hold(&self.credential, amount)?;
            let tab = Tab {
                id: open.id.clone(),
                credential: self.credential.clone(),
                service: self.service.clone(),
                open: true,
                amount,
                used: 0,
                calls: 0,
                created_at: books.now,
                resolved_at: None,
            };
            books.tabs.put(tab.id.clone(), tab);
        }
        Ok((amount, opened))
    }
}
