//! Prices that providers named.

use crate::{CredentialId, Fingerprint, QuoteId};
use jiff::Timestamp;
use serde::Serialize;
use std::time::Duration;
use uaps_model::Money;

/// A price to remember.
#[derive(Debug, Clone)]
pub struct NewQuote {
    /// Who asked.
    pub credential: CredentialId,
    /// Which service.
    pub service: String,
    /// Its quote operation.
    pub tool: String,
    /// What was asked, so that the price is used for nothing else.
    pub fingerprint: Fingerprint,
    /// The price, in [`crate::CURRENCY`].
    pub amount: Money,
    /// How long it holds.
    pub expires_in: Duration,
}

/// A remembered price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quote {
    /// Its id.
    pub id: QuoteId,
    /// Who asked.
    pub credential: CredentialId,
    /// Which service.
    pub service: String,
    /// Its quote operation.
    pub tool: String,
    /// What was asked.
    #[serde(skip)]
    pub fingerprint: Fingerprint,
    /// The price.
    pub amount: Money,
    /// When it was named.
    pub created_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
}
