//! Top-ups with Stripe.
//!
//! ```text
//! settings.rs   what the operator decides          object.rs     reading Stripe's objects, pure
//! signature.rs  whether a webhook is Stripe's      event.rs      what a webhook says, pure
//! client.rs     requests to Stripe                 open.rs       from an amount to a page where it is paid
//! webhook.rs    from a webhook to the ledger       reconcile/    what was missed, found and booked
//! ```
//!
//! Nothing a caller or a browser says moves money. Only what Stripe says does: a signed event, or its API when asked.
//! Facts go to [`ledger::Ledger::apply_payment`], which counts each once and takes them in any order.

mod client;
mod event;
mod object;
mod open;
pub(crate) mod reconcile;
mod settings;
mod signature;
mod webhook;

pub(crate) use open::topup_path;
pub use settings::{MIN_CENTS, StripeSettings};
pub use webhook::{MAX_EVENT_BYTES, Taken};

use crate::pipeline::Tasks;
use crate::upstream::Upstream;
use client::Client;
use ledger::{Ledger, TopupId};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The name under which the ledger keeps what Stripe said.
const SOURCE: &str = "stripe";

/// Top-ups. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Stripe {
    settings: Arc<StripeSettings>,
    client: Client,
    ledger: Ledger,
    tasks: Tasks,
    /// Those that are being opened by this process just now.
    opening: Arc<Mutex<HashSet<TopupId>>>,
}

impl Stripe {
    /// Top-ups of the keys in `ledger`. What must not be cut short runs in `tasks`.
    pub fn new(settings: StripeSettings, ledger: Ledger, upstream: Upstream, tasks: Tasks) -> Self {
        let client = Client::new(&settings, upstream);
        Stripe { settings: Arc::new(settings), client, ledger, tasks, opening: Arc::default() }
    }

    /// The settings.
    pub fn settings(&self) -> &StripeSettings {
        &self.settings
    }

    /// A set of ids is never half-changed, so a poisoned lock is taken over.
    fn opening(&self) -> MutexGuard<'_, HashSet<TopupId>> {
        self.opening.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
