//! Purchases: what they are, how they begin and end.

use crate::{Approval, CredentialId, Exceeded, Fingerprint, PurchaseId, QuoteId, Shortfall};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uaps_model::Money;

/// How far a purchase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PurchaseState {
    /// The money is held, and a person has to approve before anything is sent. Ends by itself when the approval's time is over.
    Held,
    /// The money is held and the order is on its way. Time alone never ends this state.
    Sent,
    /// Nobody knows whether it was bought. The money stays held until there is evidence.
    Unknown,
    /// As unknown, and nothing the machine can do will tell: a person has to ask the provider.
    NeedsOperator,
    /// Bought and paid.
    Captured,
    /// Bought, paid, and all of it given back.
    Refunded,
    /// Not bought; the money is free again.
    Released,
}

impl PurchaseState {
    pub(crate) const ALL: [PurchaseState; 7] = [
        PurchaseState::Held,
        PurchaseState::Sent,
        PurchaseState::Unknown,
        PurchaseState::NeedsOperator,
        PurchaseState::Captured,
        PurchaseState::Refunded,
        PurchaseState::Released,
    ];

    /// The name used in the database, in JSON and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            PurchaseState::Held => "held",
            PurchaseState::Sent => "sent",
            PurchaseState::Unknown => "unknown",
            PurchaseState::NeedsOperator => "needs_operator",
            PurchaseState::Captured => "captured",
            PurchaseState::Refunded => "refunded",
            PurchaseState::Released => "released",
        }
    }

    /// Whether the outcome is known and the hold gone.
    pub fn is_final(self) -> bool {
        matches!(self, PurchaseState::Captured | PurchaseState::Refunded | PurchaseState::Released)
    }

    /// Whether it was bought and paid, whatever came back later.
    pub fn is_captured(self) -> bool {
        matches!(self, PurchaseState::Captured | PurchaseState::Refunded)
    }

    /// Whether only evidence from outside can end it.
    pub fn is_unknown(self) -> bool {
        matches!(self, PurchaseState::Unknown | PurchaseState::NeedsOperator)
    }
}

impl std::fmt::Display for PurchaseState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for PurchaseState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        PurchaseState::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| {
            format!(
                "`{text}` is not a purchase state; use held, sent, unknown, needs_operator, captured, refunded or released"
            )
        })
    }
}

/// What the caller got, kept to be given again when the same purchase is asked for again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Media type of the body.
    pub content_type: Option<String>,
    /// The body as it was sent.
    pub body: Vec<u8>,
}

/// A purchase about to be sent.
#[derive(Debug, Clone)]
pub struct NewPurchase {
    /// Who pays.
    pub credential: CredentialId,
    /// Which service.
    pub service: String,
    /// Its purchase operation.
    pub tool: String,
    /// The caller's own name for this purchase, 1 to 255 bytes. One purchase per credential and key, for ever.
    pub idempotency_key: String,
    /// Of the whole request, to tell a repetition from a mistake.
    pub fingerprint: Fingerprint,
    /// The price's origin. Its credential, service and amount must be this purchase's.
    pub quote: Option<QuoteId>,
    /// What to hold, in [`crate::CURRENCY`].
    pub amount: Money,
    /// What it takes to find out about the order later: to look it up, or to send it again where the provider recognises a
    /// repetition. `None` where neither can be done. Kept until the outcome is known.
    pub request: Option<String>,
    /// What it takes to send the order later, should the key's limits ask for an approval first. Without it such a purchase is
    /// refused.
    pub order: Option<String>,
}

/// What became of an attempt to begin a purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The money is held and the state `sent` is durable: send the order now, once.
    Started(Purchase),
    /// The money is held, but the key's limits ask for a person's approval first: send nothing.
    Held(Purchase, Approval),
    /// The same request under the same key was here before. Its state says whether to wait or to answer again.
    Existing(Purchase),
    /// The key belongs to another request.
    KeyReused(Purchase),
    /// Not enough money. Nothing was written.
    Insufficient(Shortfall),
    /// A limit of the key stands against it. Nothing was written.
    Limited(Exceeded),
    /// An earlier purchase cost more than there was, and that is not paid yet. Nothing was written.
    Blocked {
        /// What is owed, in cents.
        receivable_cents: i64,
    },
}

/// A purchase of unknown outcome that is to be asked about again, by whoever has claimed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// It.
    pub purchase: Purchase,
    /// As it was given to [`NewPurchase::request`].
    pub request: String,
    /// How often it was claimed, this time included.
    pub attempts: u32,
}

/// The evidence that a purchase was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// What the provider charged. May be less or more than was held.
    pub charged: Money,
    /// The provider's own id of the sale.
    pub transaction_id: Option<String>,
    /// What the caller gets.
    pub answer: Answer,
}

/// A purchase. The JSON form leaves out the fingerprint and the stored answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Purchase {
    /// Its id.
    pub id: PurchaseId,
    /// Who pays.
    pub credential: CredentialId,
    /// Which service.
    pub service: String,
    /// Its purchase operation.
    pub tool: String,
    /// How far it is.
    pub state: PurchaseState,
    /// The caller's own name for it.
    pub idempotency_key: String,
    /// Of the whole request.
    #[serde(skip)]
    pub fingerprint: Fingerprint,
    /// The price's origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<QuoteId>,
    /// What was held when it began; still held while `held`, `sent` or `unknown`.
    pub held: Money,
    /// What it cost, once captured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charged: Option<Money>,
    /// What came back of it, in cents.
    pub refunded_cents: i64,
    /// The part of `charged` that the balance could not pay, in cents. Zero for nearly all.
    pub receivable_cents: i64,
    /// The provider's own id of the sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// Why it is unknown or was released.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the caller got. Absent while `held`, `sent` or `unknown`.
    #[serde(skip)]
    pub answer: Option<Answer>,
    /// When it began.
    pub created_at: Timestamp,
    /// When its state last changed.
    pub updated_at: Timestamp,
}
