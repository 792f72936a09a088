//! Money that customers pay in through a provider of payments.

use crate::{CredentialId, TopupId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A payment about to be asked for.
#[derive(Debug, Clone)]
pub struct NewTopup {
    /// Who pays in. A key below another pays in to that one's balance.
    pub credential: CredentialId,
    /// The caller's own name for it, 1 to 255 bytes. One top-up per credential and key, for ever.
    pub idempotency_key: String,
    /// How much, in cents.
    pub cents: i64,
}

/// What became of an attempt to begin a top-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BegunTopup {
    /// It is new.
    Started(Topup),
    /// The same amount under the same key was asked for before.
    Existing(Topup),
    /// The key belongs to another amount.
    KeyReused(Topup),
}

/// How far a top-up is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TopupState {
    /// Not paid yet.
    Open,
    /// Paid, and booked.
    Paid,
    /// Not paid in time.
    Expired,
    /// Paid, and all of it went back.
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
        found.ok_or_else(|| format!("`{text}` is no state of a top-up; use open, paid, expired or returned"))
    }
}

/// How far a dispute is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeState {
    /// The bank took the money and has not decided.
    Open,
    /// It came back to us.
    Won,
    /// It stays with the payer.
    Lost,
}

impl DisputeState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            DisputeState::Open => "open",
            DisputeState::Won => "won",
            DisputeState::Lost => "lost",
        }
    }
}

impl std::str::FromStr for DisputeState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [DisputeState::Open, DisputeState::Won, DisputeState::Lost];
        all.into_iter().find(|s| s.as_str() == text).ok_or_else(|| format!("`{text}` is no state of a dispute"))
    }
}

/// What a provider of payments said of one payment. Facts as they stand, not changes, so that their order does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payment {
    /// It was paid.
    Paid {
        /// The provider's own id of the payment.
        payment: String,
        /// How much, in cents.
        cents: i64,
    },
    /// So much of it was given back, in all so far.
    Returned {
        /// In cents.
        cents: i64,
    },
    /// The payer disputes it.
    Disputed {
        /// The provider's own id of the dispute.
        dispute: String,
        /// How much of it, in cents.
        cents: i64,
        /// How far that is.
        state: DisputeState,
    },
    /// It can't be paid any more.
    Expired,
}

/// A top-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Topup {
    /// Its id.
    pub id: TopupId,
    /// Who pays in.
    pub credential: CredentialId,
    /// The caller's own name for it.
    pub idempotency_key: String,
    /// How far it is.
    pub state: TopupState,
    /// What was asked for, in cents.
    pub cents: i64,
    /// What was paid, in cents.
    pub paid_cents: i64,
    /// What was given back, in cents.
    pub returned_cents: i64,
    /// What disputes took that are open or lost, in cents.
    pub disputed_cents: i64,
    /// The provider's own id of the page where it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// That page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The provider's own id of the payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When something of it last changed.
    pub updated_at: Timestamp,
}
