//! Who holds a key.

use crate::{CredentialId, Limits, SecretKey};
use jiff::Timestamp;
use serde::Serialize;
use uaps_model::AccessLevel;

/// What a new key is made from.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Whose key it is.
    pub email: String,
    /// What it may do: `Identified` or `Authenticated`. `Anonymous` is what one is without a key, and refused.
    pub level: AccessLevel,
    /// Money it starts with, in cents; zero for none, and always zero for a key below another.
    pub credit_cents: i64,
    /// The key above it, whose money it spends and within whose limits it stays.
    pub parent: Option<CredentialId>,
    /// What it may spend.
    pub limits: Limits,
}

impl NewKey {
    /// A key of its own: without money, and without limits.
    pub fn new(email: impl Into<String>, level: AccessLevel) -> NewKey {
        NewKey { email: email.into(), level, credit_cents: 0, parent: None, limits: Limits::default() }
    }
}

/// A new key: the only moment its secret exists outside its owner's hands.
#[derive(Debug)]
pub struct CreatedKey {
    /// To be shown once.
    pub secret: SecretKey,
    /// What is kept.
    pub credential: Credential,
}

/// A key as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Credential {
    /// Its id. Not secret.
    pub id: CredentialId,
    /// Whose key it is.
    pub email: String,
    /// What it may do.
    pub level: AccessLevel,
    /// The key above it, whose money it spends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<CredentialId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// What it may spend.
    #[serde(skip_serializing_if = "Limits::is_none")]
    pub limits: Limits,
    /// Since when it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}
