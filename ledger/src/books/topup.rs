//! Money that customers pay in, as far as the provider of payments has told.
//!
//! What is booked is always the difference between what the facts known so far come to and what was booked before. So the
//! order in which facts arrive does not matter, and a fact that arrives twice changes nothing.

use super::journal::{Event, Legs, System};
use super::{Books, Command, Needs};
use crate::{
    BegunTopup, CredentialId, DisputeState, LedgerError, NewTopup, Payment, Topup, TopupId, TopupState, check,
};

/// A payer's objection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dispute {
    pub id: String,
    pub cents: i64,
    pub state: DisputeState,
}

/// A top-up, with what only the ledger needs to know of it.
#[derive(Debug, Clone)]
pub(crate) struct TopupRow {
    pub topup: Topup,
    pub expired: bool,
    /// What of it is in the journal.
    pub booked: i64,
    /// How often something of it was booked.
    pub bookings: i64,
    pub disputes: Vec<Dispute>,
}

impl TopupRow {
    /// What open and lost disputes took.
    fn disputed(&self) -> i64 {
        self.disputes.iter().filter(|dispute| dispute.state != DisputeState::Won).map(|dispute| dispute.cents).sum()
    }

    /// What the customer has of it, as far as is known.
    fn worth(&self) -> i64 {
        (self.topup.paid_cents - self.topup.returned_cents - self.disputed()).max(0)
    }

    /// Brings what follows from the facts up to date.
    pub(crate) fn derive(mut self) -> TopupRow {
        self.topup.disputed_cents = self.disputed();
        self.topup.state = match (self.topup.paid_cents, self.worth()) {
            (0, _) if self.expired => TopupState::Expired,
            (0, _) => TopupState::Open,
            (_, 0) => TopupState::Returned,
            _ => TopupState::Paid,
        };
        self
    }
}

/// Begins a top-up.
#[derive(Debug)]
pub(crate) struct BeginTopup {
    pub id: TopupId,
    pub new: NewTopup,
}

impl Command for BeginTopup {
    type Out = BegunTopup;

    fn needs(&self, needs: &mut Needs) {
        needs.keys.insert(self.new.credential.clone());
        needs.payments.insert((self.new.credential.clone(), self.new.idempotency_key.clone()));
    }

    fn apply(&self, books: &mut Books) -> Result<BegunTopup, LedgerError> {
        let NewTopup { credential, idempotency_key, cents } = self.new.clone();
        let named =
            |row: &&TopupRow| row.topup.credential == credential && row.topup.idempotency_key == idempotency_key;
        if let Some(TopupRow { topup, .. }) = books.topups.values().find(named) {
            let (same, existing) = (topup.cents == cents, topup.clone());
            return Ok(if same { BegunTopup::Existing(existing) } else { BegunTopup::KeyReused(existing) });
        }
        books.accounts_of_valid(&credential)?;
        let topup = Topup {
            id: self.id.clone(),
            credential,
            idempotency_key,
            state: TopupState::Open,
            cents,
            paid_cents: 0,
            returned_cents: 0,
            disputed_cents: 0,
            session: None,
            url: None,
            payment: None,
            created_at: books.now,
            updated_at: books.now,
        };
        let row = TopupRow { topup: topup.clone(), expired: false, booked: 0, bookings: 0, disputes: Vec::new() };
        books.topups.put(topup.id.clone(), row);
        Ok(BegunTopup::Started(topup))
    }
}

/// Records where it is paid.
#[derive(Debug)]
pub(crate) struct SetSession {
    pub topup: TopupId,
    pub session: String,
    pub url: String,
}

impl Command for SetSession {
    type Out = Topup;

    fn needs(&self, needs: &mut Needs) {
        needs.topups.insert(self.topup.clone());
    }

    fn apply(&self, books: &mut Books) -> Result<Topup, LedgerError> {
        let mut row = load(books, &self.topup)?;
        match &row.topup.session {
            Some(session) if *session != self.session => {
                return Err(LedgerError::PaymentConflict {
                    topup: self.topup.clone(),
                    reason: format!("is paid at `{session}`, not at `{}`", check::foreign(&self.session)),
                });
            }
            Some(_) => {}
            None => {
                (row.topup.session, row.topup.url) = (Some(self.session.clone()), Some(self.url.clone()));
                row.topup.updated_at = books.now;
                books.topups.put(self.topup.clone(), row.clone());
            }
        }
        Ok(row.topup)
    }
}

/// Takes in what a provider of payments said.
#[derive(Debug)]
pub(crate) struct ApplyPayment {
    pub topup: TopupId,
    pub source: String,
    pub event: String,
    pub payment: Payment,
}

impl Command for ApplyPayment {
    type Out = (Topup, bool);

    fn needs(&self, needs: &mut Needs) {
        needs.topups.insert(self.topup.clone());
        needs.inbox.insert((self.source.clone(), self.event.clone()));
    }

    fn apply(&self, books: &mut Books) -> Result<(Topup, bool), LedgerError> {
        let message = (self.source.clone(), self.event.clone());
        let mut row = load(books, &self.topup)?;
        if books.inbox.get(&message).is_some() {
            return Ok((row.topup, false));
        }
        books.inbox.put(message, ());
        learn(&mut row, &self.payment)?;
        let mut row = row.derive();
        let change = row.worth() - row.booked;
        if change != 0 {
            row.bookings += 1;
            book(books, &row, &self.source, change)?;
            row.booked += change;
        }
        row.topup.updated_at = books.now;
        books.topups.put(self.topup.clone(), row.clone());
        Ok((row.topup, true))
    }
}

fn load(books: &Books, id: &TopupId) -> Result<TopupRow, LedgerError> {
    books.topups.get(id).cloned().ok_or_else(|| LedgerError::UnknownTopup(id.clone()))
}

/// Facts only grow: a payment is one payment, what went back stays back, and a decided dispute stays decided.
fn learn(row: &mut TopupRow, payment: &Payment) -> Result<(), LedgerError> {
    let topup = &mut row.topup;
    match payment {
        Payment::Paid { payment, cents } => match &topup.payment {
            None => (topup.payment, topup.paid_cents) = (Some(payment.clone()), *cents),
            Some(known) if known == payment && topup.paid_cents == *cents => {}
            Some(known) => {
                let reason = format!(
                    "was paid {} cents by `{known}`, and is now said to have been paid {cents} cents by `{payment}`",
                    topup.paid_cents
                );
                return Err(LedgerError::PaymentConflict { topup: topup.id.clone(), reason });
            }
        },
        Payment::Returned { cents } => topup.returned_cents = topup.returned_cents.max(*cents),
        Payment::Disputed { dispute, cents, state } => {
            match row.disputes.iter_mut().find(|known| known.id == *dispute) {
                None => row.disputes.push(Dispute { id: dispute.clone(), cents: *cents, state: *state }),
                Some(known) if known.state == DisputeState::Open => (known.cents, known.state) = (*cents, *state),
                Some(_) => {}
            }
        }
        Payment::Expired => row.expired = true,
    }
    Ok(())
}

fn book(books: &mut Books, row: &TopupRow, source: &str, change: i64) -> Result<(), LedgerError> {
    let key: &CredentialId = &row.topup.credential;
    let available = books.accounts_of(key)?.available();
    // What went back is taken from what there is; the rest is owed, as the excess of a purchase is.
    let (customer, receivable) = match change {
        0.. => (change, 0),
        _ => {
            let taken = (-change).min(available);
            (-taken, change + taken)
        }
    };
    let what = if change > 0 { "Top-up" } else { "Top-up taken back" };
    let reference = format!("{source}:{}#{}", row.topup.id, row.bookings);
    let legs = Legs { customer, receivable, system: Some((System::PaymentClearing, -change)) };
    books.post(key, Event::Credit { source: &reference }, format!("{what} {}", row.topup.id), legs)?;
    if receivable < 0 {
        tracing::warn!(topup = %row.topup.id, credential = %key, owed_cents = -receivable,
            "a payment was taken back beyond the balance; the rest is owed");
    }
    books.repay(key)
}
