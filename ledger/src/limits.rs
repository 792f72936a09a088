//! What a key may spend.

use crate::{CredentialId, LedgerError, check};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A day.
const DEFAULT_WINDOW_SECONDS: u32 = 24 * 60 * 60;

/// The most services that a limit names: it is read with every purchase.
const MAX_SERVICES: usize = 256;

/// The longest window: a year.
const MAX_WINDOW_SECONDS: u32 = 366 * 24 * 60 * 60;

/// What a key may spend. What is not said is not limited. Checked in the transaction that holds the money, so that however
/// many purchases begin at once, a window never takes more than it may.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The most that one purchase may hold, in cents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_cents: Option<i64>,
    /// The most that the purchases of a window may come to, in cents: what is held of open ones, and what was charged and
    /// not given back of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_cents: Option<i64>,
    /// How many purchases a window may have. Those that came to nothing don't count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchases: Option<u32>,
    /// How far a window reaches back, in seconds. A day where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_seconds: Option<u32>,
    /// From above that many cents on, a person has to approve a purchase before it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_above: Option<i64>,
    /// From above that many cents on, the person at the client has to confirm a purchase before it is sent. The client's word
    /// is taken for it, so this guards against mistakes; against a client that lies, [`Limits::approval_above`] does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_above: Option<i64>,
    /// Whether the person at the client has to confirm calls that destroy or overwrite something. Whoever sends calls asks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confirm_destructive: bool,
    /// The services that it may use at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub services: Option<Vec<String>>,
    /// From then on it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl Limits {
    /// Whether nothing is limited.
    pub fn is_none(&self) -> bool {
        *self == Limits::default()
    }

    /// Whether it may use this service.
    pub fn allow(&self, service: &str) -> bool {
        self.services.as_ref().is_none_or(|services| services.iter().any(|known| known == service))
    }

    /// Whether its time is over.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// How far a window reaches back, in milliseconds.
    pub(crate) fn window(&self) -> i64 {
        i64::from(self.window_seconds.unwrap_or(DEFAULT_WINDOW_SECONDS)) * 1000
    }

    pub(crate) fn check(&self) -> Result<(), LedgerError> {
        for (what, limit) in [
            ("the limit of a purchase", self.purchase_cents),
            ("the budget", self.budget_cents),
            ("the amount that needs no approval", self.approval_above),
            ("the amount that needs no confirmation", self.confirm_above),
        ] {
            limit.map(|cents| check::cents(what, cents)).transpose()?;
        }
        if let Some(seconds) = self.window_seconds.filter(|seconds| !(1..=MAX_WINDOW_SECONDS).contains(seconds)) {
            let reason = format!("must be from 1 to {MAX_WINDOW_SECONDS} seconds, not {seconds}");
            return Err(LedgerError::Invalid { what: "the window of a limit", reason });
        }
        if self.services.as_ref().is_some_and(|services| services.len() > MAX_SERVICES) {
            let reason = format!("must be {MAX_SERVICES} at most");
            return Err(LedgerError::Invalid { what: "the services of a limit", reason });
        }
        self.services.iter().flatten().try_for_each(|service| check::name("the service", service))
    }
}

/// A limit of a key, or of one above it, that a purchase would break. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exceeded {
    /// Which one: the name of the field of [`Limits`].
    pub limit: &'static str,
    /// What it allows, in cents or purchases.
    pub allowed: i64,
    /// What the window has used, in the same.
    pub used: i64,
    /// When the oldest purchase of the window leaves it.
    pub resets_at: Option<Timestamp>,
    /// Whose limit it is: the key's own, or that of a key above it.
    pub of: CredentialId,
}
