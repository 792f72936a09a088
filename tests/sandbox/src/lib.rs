//! Stand-ins for the providers of a catalogue, so that everything runs with no network.
//!
//! One [`Sandbox`] plays every provider at `/{service}/{the provider's own path}`. It knows no provider by name: what it
//! does follows from the catalogue alone.
//!
//! - A **quote** answers its example with a price that depends on the arguments only; see [`price`].
//! - A **purchase** costs what its quote says, gets a fresh id of the sale, and is remembered. A request with the
//!   idempotency header of an earlier one gets that one's answer, and no second sale is made.
//! - An operation whose path names a sale answers as that sale stands; one that changes something (a cancellation) sets
//!   the sale's `status` to what its own example says. An unknown id is 404 where the operation announces that status.
//! - **Everything else** answers its example.
//!
//! It is as strict as a provider would be: a missing credential is 401, a missing required parameter or body is 400.
//! Tests look at what arrived ([`Sandbox::requests`]), count sales ([`Sandbox::orders`]) and make a provider fail
//! ([`Sandbox::inject`]). State lives in memory and ends with the process.

mod answer;
mod arguments;
mod check;
mod fault;
mod identifier;
mod order;
pub mod price;
mod record;
mod respond;
mod router;
mod tree;

pub use fault::{Fault, Injection};
pub use record::Recorded;

use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uaps_model::Catalog;

/// What the stand-in of an API-key provider wants every key to start with; the gateway of a test sends `sandbox-<id>`.
pub const KEY_PREFIX: &str = "sandbox-";

/// Every provider of one catalogue, played from its examples. Clones share their state.
#[derive(Clone)]
pub struct Sandbox {
    catalog: Arc<Catalog>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    log: record::Log,
    faults: fault::Faults,
    book: order::Book,
}

impl Sandbox {
    /// Stand-ins for all services of `catalog`, without requests, orders or faults.
    pub fn new(catalog: Arc<Catalog>) -> Self {
        Sandbox { catalog, state: Arc::default() }
    }

    /// Answers `/{service}/{provider path}` for every method; to be served as it is or nested under a prefix.
    pub fn router(&self) -> axum::Router {
        router::router(self.clone())
    }

    /// What arrived, oldest first, whether it was answered well or not. The last 10,000 requests (or 64 MiB) are kept.
    pub fn requests(&self) -> Vec<Recorded> {
        self.state().log.all()
    }

    /// Forgets what arrived; orders and faults stay.
    pub fn clear_requests(&self) {
        self.state().log.clear();
    }

    /// How many purchases the stand-in of `service` accepted. A resend that was recognised counts once.
    pub fn orders(&self, service: &str) -> usize {
        self.state().book.count(service)
    }

    /// The sale with this id, as its purchase answered it and later calls changed it.
    pub fn order(&self, service: &str, id: &str) -> Option<Value> {
        self.state().book.find(service, id).cloned()
    }

    /// Makes the stand-in of `service` fail: always, or as far as the [`Injection`] says. Faults are tried in the order
    /// in which they came, one for each request.
    ///
    /// `sandbox.inject("rideshare", Fault::Drop)` breaks every call,
    /// `sandbox.inject("rideshare", Fault::Drop.on("create_ride").times(1))` the next booking.
    pub fn inject(&self, service: &str, injection: impl Into<Injection>) {
        self.state().faults.add(service, injection.into());
    }

    /// Takes back every fault of `service` that has not happened yet.
    pub fn clear_faults(&self, service: &str) {
        self.state().faults.clear(service);
    }

    /// The state. A panic of another thread can't leave it half-changed, because nothing that changes it can panic in
    /// between; so a poisoned lock is taken over.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
