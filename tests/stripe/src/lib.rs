//! A stand-in for Stripe that keeps books: sessions, payments, charges, refunds and disputes, as far as top-ups use them.
//!
//! It is as strict as Stripe where that matters: a request needs the secret key, an `Idempotency-Key` gives the first
//! answer again and is an error with other parameters, lists come in pages. What people and banks do (pay, let a session
//! expire, refund, dispute) is done by calling [`StripeStandIn`]; each leaves an event in the outbox, which [`Chaos`]
//! delivers as badly as it is told to. State lives in memory and ends with the process.

mod book;
mod chaos;
mod event;
mod fault;
mod json;
mod lists;
mod rng;
mod router;

pub use chaos::{Chaos, Delivered};
pub use event::{Event, sign};
pub use fault::Fault;
pub use rng::Rng;

use book::Book;
use fault::Faults;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The secret key that every request must carry.
pub const SECRET_KEY: &str = "sk_test_stand-in-0123456789";

/// The secret that events are signed with.
pub const WEBHOOK_SECRET: &str = "whsec_stand-in-0123456789";

/// A Stripe account. Clones share their state.
#[derive(Clone, Default)]
pub struct StripeStandIn {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    book: Book,
    faults: Faults,
    requests: Vec<String>,
}

impl StripeStandIn {
    /// An account in which nothing happened yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The API, to be served as it is.
    pub fn router(&self) -> axum::Router {
        router::router(self.clone())
    }

    /// Makes the next request that creates a session go wrong.
    pub fn fail(&self, fault: Fault) {
        self.state().faults.add(fault);
    }

    /// Method and path of every request so far.
    pub fn requests(&self) -> Vec<String> {
        self.state().requests.clone()
    }

    /// Ids of all sessions, oldest first.
    pub fn sessions(&self) -> Vec<String> {
        self.state().book.sessions.iter().map(|session| session.id.clone()).collect()
    }

    /// Somebody pays what a session asks for. Answers the payment's id.
    ///
    /// # Panics
    /// Where the session is unknown, paid or over.
    pub fn pay(&self, session: &str) -> String {
        self.state().book.pay(session)
    }

    /// Somebody chooses a way to pay that takes days. End it with [`StripeStandIn::arrive`].
    ///
    /// # Panics
    /// Where the session is unknown, paid or over.
    pub fn pay_slowly(&self, session: &str) -> String {
        self.state().book.pay_slowly(session)
    }

    /// The money of a slow payment comes, or does not.
    ///
    /// # Panics
    /// Where the session has no slow payment.
    pub fn arrive(&self, session: &str, comes: bool) {
        self.state().book.arrive(session, comes);
    }

    /// Nobody paid in time. Says whether the session was open still.
    pub fn expire(&self, session: &str) -> bool {
        self.state().book.expire(session)
    }

    /// Gives money of a payment back. Answers the refund's id, or nothing where less than that is left.
    pub fn refund(&self, payment: &str, cents: i64) -> Option<String> {
        self.state().book.refund(payment, cents)
    }

    /// A refund that did not reach the card: the money is back in the account.
    pub fn fail_refund(&self, refund: &str) {
        self.state().book.fail_refund(refund);
    }

    /// The bank takes money of a payment. Answers the dispute's id, or nothing where less than that is left.
    pub fn dispute(&self, payment: &str, cents: i64) -> Option<String> {
        self.state().book.dispute(payment, cents)
    }

    /// The bank decides.
    pub fn decide(&self, dispute: &str, won: bool) {
        self.state().book.decide(dispute, won);
    }

    /// What the account keeps of all payments for a top-up, in cents: paid, less refunded, less disputed unless won.
    pub fn kept(&self, topup: &str) -> i64 {
        self.state().book.kept(topup)
    }

    /// Somebody else's payment in the same account, which has nothing to do with top-ups. Answers its id.
    pub fn unrelated_payment(&self, cents: i64) -> String {
        self.state().book.unrelated(cents)
    }

    /// Changes a payment as its JSON shows it, to say what Stripe never should.
    pub fn set_currency(&self, session: &str, currency: &str) {
        self.state().book.set_currency(session, currency);
    }

    /// Takes what waits to be delivered, oldest first.
    pub fn take_events(&self) -> Vec<Event> {
        std::mem::take(&mut self.state().book.outbox)
    }

    /// Puts events back, to be delivered later.
    pub fn put_back(&self, events: Vec<Event>) {
        self.state().book.outbox.extend(events);
    }

    /// The state. What changes it can't panic half-way, so a poisoned lock is taken over.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
