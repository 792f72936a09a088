//! The rules of money, without a database: what a set of commands sees of the ledger, and what it makes of it.
//!
//! The [store](crate::store) loads what a batch of commands [needs](needs), applies one after the other, and writes down what
//! changed. A command that is refused leaves no trace, whatever it did before it was refused. Nothing here waits, reads a clock
//! or knows SQL, so SQLite and PostgreSQL can't differ in what they allow.

mod account;
mod approval;
mod begin;
mod credit;
mod journal;
mod key;
mod limits;
mod needs;
mod quote;
mod refund;
mod settle;
mod tab;
mod table;
mod topup;

pub(crate) use account::{Account, Accounts};
pub(crate) use approval::Decide;
pub(crate) use begin::Begin;
pub(crate) use credit::AddCredit;
pub(crate) use journal::{Journal, Side, System};
pub(crate) use key::{CreateKey, Key, Revoke, SetLimits};
pub(crate) use limits::Window;
pub(crate) use needs::Needs;
pub(crate) use quote::RecordQuote;
pub(crate) use refund::Refund;
pub(crate) use settle::{CapturePurchase, MarkUnknown, ReleasePurchase};
pub(crate) use tab::{CloseTab, OpenTab, Tab, TurnTab};
pub(crate) use table::Table;
pub(crate) use topup::{ApplyPayment, BeginTopup, Dispute, SetSession, TopupRow};

use crate::{
    Approval, CredentialId, FeeHoldId, LedgerError, Purchase, PurchaseId, PurchaseState, Quote, QuoteId, TopupId,
};
use jiff::Timestamp;

/// Something to be done as a whole or not at all.
pub(crate) trait Command: Send + 'static {
    /// What it results in.
    type Out: Send + 'static;

    /// Names what must be loaded for it.
    fn needs(&self, needs: &mut Needs);

    /// Does it. Whatever an error leaves half done is taken back by the caller. May be called again on other books, if the
    /// first attempt could not be written down.
    fn apply(&self, books: &mut Books) -> Result<Self::Out, LedgerError>;
}

/// A purchase, with what only the ledger needs to know of it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub purchase: Purchase,
    /// What it takes to send it, or to send it again.
    pub request: Option<String>,
    /// How often it was sent again.
    pub attempts: i64,
}

/// Where something named by its source was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Booked {
    pub kind: &'static str,
    pub credential: CredentialId,
    pub purchase: Option<PurchaseId>,
    pub cents: i64,
}

/// What a batch sees and changes.
#[derive(Debug)]
pub(crate) struct Books {
    /// The moment at which all of it happens.
    pub now: Timestamp,
    /// Keys, those above them included.
    pub keys: Table<CredentialId, Key>,
    /// Accounts, by the key that owns them.
    pub accounts: Table<CredentialId, Accounts>,
    pub quotes: Table<QuoteId, Quote>,
    pub purchases: Table<PurchaseId, Row>,
    /// The questions about held purchases.
    pub approvals: Table<PurchaseId, Approval>,
    pub tabs: Table<FeeHoldId, Tab>,
    pub topups: Table<TopupId, TopupRow>,
    /// Sources that were booked.
    pub sources: Table<String, Booked>,
    /// Messages that were received, by source and id.
    pub inbox: Table<(String, String), ()>,
    /// What the windows of limits have used.
    pub windows: Table<CredentialId, Window>,
    /// What happened, in order.
    pub journals: Vec<Journal>,
    /// How many of them belong to commands that are done.
    kept: usize,
}

impl Books {
    pub(crate) fn new(now: Timestamp) -> Books {
        Books {
            now,
            keys: Table::default(),
            accounts: Table::default(),
            quotes: Table::default(),
            purchases: Table::default(),
            approvals: Table::default(),
            tabs: Table::default(),
            topups: Table::default(),
            sources: Table::default(),
            inbox: Table::default(),
            windows: Table::default(),
            journals: Vec::new(),
            kept: 0,
        }
    }

    /// Applies a command, and takes back what it did if it is refused.
    pub(crate) fn run<C: Command>(&mut self, command: &C) -> Result<C::Out, LedgerError> {
        let result = command.apply(self);
        self.end(result.is_ok());
        result
    }

    /// Ends a command: what it did stays, or is taken back.
    pub(crate) fn end(&mut self, keep: bool) {
        self.keys.end(keep);
        self.accounts.end(keep);
        self.quotes.end(keep);
        self.purchases.end(keep);
        self.approvals.end(keep);
        self.tabs.end(keep);
        self.topups.end(keep);
        self.sources.end(keep);
        self.inbox.end(keep);
        self.windows.end(keep);
        if keep {
            self.kept = self.journals.len();
        } else {
            self.journals.truncate(self.kept);
        }
    }

    fn purchase(&self, id: &PurchaseId) -> Result<Row, LedgerError> {
        self.purchases.get(id).cloned().ok_or_else(|| LedgerError::UnknownPurchase(id.clone()))
    }

    /// Writes a purchase, and tells the windows of the limits that it counts in. The purchase as it is from now on.
    #[must_use = "what is told of a purchase is what was written of it"]
    fn put_purchase(&mut self, mut row: Row) -> Purchase {
        row.purchase.updated_at = self.now;
        let before = self.purchases.get(&row.purchase.id).map(|row| limits::weight(&row.purchase));
        let after = limits::weight(&row.purchase);
        limits::count(self, &row.purchase, before.unwrap_or_default(), after);
        let written = row.purchase.clone();
        self.purchases.put(written.id.clone(), row);
        written
    }
}

/// Refuses a purchase that has gone another way.
fn expect(purchase: &Purchase, from: &[PurchaseState], wanted: PurchaseState) -> Result<(), LedgerError> {
    match from.contains(&purchase.state) {
        true => Ok(()),
        false => Err(LedgerError::WrongState { purchase: purchase.id.clone(), state: purchase.state, wanted }),
    }
}
