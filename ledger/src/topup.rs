//! Top-ups: money that a payment provider collects for a key.
//!
//! What the provider says arrives late, twice, in any order, or not at all. So a [`Payment`] is an absolute fact ("so
//! much was given back in all"), and what is booked is always the difference between what the facts known so far come
//! to and what was booked before.

use crate::{CredentialId, TopupId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a top-up is begun with.
#[derive(Debug, Clone)]
pub struct NewTopup {
    /// Whose key is topped up.
    pub credential: CredentialId,
    /// The caller's name for it; one top-up for each credential and name.
    pub idempotency_key: String,
    /// What is to be paid, in cents.
    pub cents: i64,
}

/// What beginning a top-up came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BegunTopup {
    /// It is new.
    Started(Topup),
    /// This request was here before; this is its top-up.
    Existing(Topup),
    /// The key names a top-up of another amount, this one.
    KeyReused(Topup),
}

/// How far a top-up is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TopupState {
    /// Nothing was paid yet.
    Open,
    /// It was paid.
    Paid,
    /// Nothing was paid in time.
    Expired,
    /// It was paid, and all of it went back: refunds and lost disputes.
    Returned,
}

impl TopupState {
    const ALL: [TopupState; 4] = [TopupState::Open, TopupState::Paid, TopupState::Expired, TopupState::Returned];

    /// The name used in JSON and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            TopupState::Open => "open",
            TopupState::Paid => "paid",
            TopupState::Expired => "expired",
            TopupState::Returned => "returned",
        }
    }
}

impl std::fmt::Display for TopupState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for TopupState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = TopupState::ALL.into_iter().find(|state| state.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is not a state of a top-up; use open, paid, expired or returned"))
    }
}

/// A top-up as the ledger knows it. All amounts are US cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Topup {
    /// Its id, which the payment provider gets as idempotency key.
    pub id: TopupId,
    /// Whose key is topped up.
    pub credential: CredentialId,
    /// The caller's name for it.
    pub idempotency_key: String,
    /// How far it is.
    pub state: TopupState,
    /// What was asked for.
    pub cents: i64,
    /// What was paid.
    pub paid_cents: i64,
    /// What was given back of it.
    pub returned_cents: i64,
    /// What the payer disputes, while that is open and once it is lost.
    pub disputed_cents: i64,
    /// The provider's session in which it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Where it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The provider's payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When anything of it changed last.
    pub updated_at: Timestamp,
}

/// What a payment provider said. Facts are absolute, so their order does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payment {
    /// It was paid.
    Paid {
        /// The provider's payment.
        payment: String,
        /// How much.
        cents: i64,
    },
    /// So much of the payment was given back in all so far.
    Returned {
        /// How much.
        cents: i64,
    },
    /// The payer disputes so much. The bank took it, and it comes back only if the dispute is won.
    Disputed {
        /// The provider's dispute.
        dispute: String,
        /// How much.
        cents: i64,
        /// How far it is.
        state: DisputeState,
    },
    /// It can't be paid any more.
    Expired,
}

/// How far a dispute is. Won and lost are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeState {
    /// The bank has the money.
    Open,
    /// It came back.
    Won,
    /// It stays away.
    Lost,
}
