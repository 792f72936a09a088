//! Who may call what.

use serde::{Deserialize, Serialize};

/// How well the gateway must know a caller. Ordered: a higher level may do all that a lower one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessLevel {
    /// No key. Limited by address.
    Anonymous,
    /// A key that belongs to an e-mail address.
    Identified,
    /// A key that may spend money.
    Authenticated,
}

impl AccessLevel {
    /// The name used in documents, in the catalogue and in problem details.
    pub fn as_str(self) -> &'static str {
        match self {
            AccessLevel::Anonymous => "anonymous",
            AccessLevel::Identified => "identified",
            AccessLevel::Authenticated => "authenticated",
        }
    }
}

impl std::fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for AccessLevel {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        [AccessLevel::Anonymous, AccessLevel::Identified, AccessLevel::Authenticated]
            .into_iter()
            .find(|level| level.as_str() == s)
            .ok_or_else(|| format!("`{s}` is not an access level; use anonymous, identified or authenticated"))
    }
}

/// The levels a manifest asks for by kind of operation; an operation's `x-access-level` overrides them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessPolicy {
    /// `GET`, `HEAD`, `OPTIONS` and `TRACE`, and every quote.
    #[serde(default = "anonymous")]
    pub read: AccessLevel,
    /// Every other method.
    #[serde(default = "identified")]
    pub write: AccessLevel,
    /// Purchases.
    #[serde(default = "authenticated")]
    pub purchase: AccessLevel,
}

fn anonymous() -> AccessLevel {
    AccessLevel::Anonymous
}

fn identified() -> AccessLevel {
    AccessLevel::Identified
}

fn authenticated() -> AccessLevel {
    AccessLevel::Authenticated
}

impl Default for AccessPolicy {
    fn default() -> Self {
        AccessPolicy { read: anonymous(), write: identified(), purchase: authenticated() }
    }
}
