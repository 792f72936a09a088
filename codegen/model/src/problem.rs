//! Problem documents (RFC 9457): the one form in which anything that went wrong reaches a caller.
//!
//! The same value is the body of an HTTP answer and the structured content of a failed MCP tool call. `type` is stable;
//! `detail` and the members beside it are for people and may change.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Whose fault a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The request must change.
    Caller,
    /// The provider failed.
    Provider,
    /// The gateway failed.
    Us,
}

macro_rules! problems {
    ($($(#[$doc:meta])* $variant:ident = $slug:literal, $status:literal, $fault:ident, $retry:literal, $title:literal;)*) => {
        /// Every kind of problem. The slug is the stable end of `type`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemKind { $($(#[$doc])* $variant,)* }

        impl ProblemKind {
            /// All kinds, for the manual.
            pub const ALL: &'static [ProblemKind] = &[$(ProblemKind::$variant,)*];

            fn row(self) -> (&'static str, u16, Fault, bool, &'static str) {
                match self { $(ProblemKind::$variant => ($slug, $status, Fault::$fault, $retry, $title),)* }
            }
        }
    };
}

problems! {
    /// The request can't be read at all.
    MalformedRequest = "malformed-request", 400, Caller, false, "The request can't be read";
    /// Parameters that don't fit the operation's schema. `errors` lists them.
    InvalidParameters = "invalid-parameters", 400, Caller, false, "The parameters don't fit the operation";
    /// A purchase or a top-up without `Idempotency-Key`.
    IdempotencyKeyRequired = "idempotency-key-required", 400, Caller, false, "This needs an Idempotency-Key";
    /// No key where one is needed, or one that is unknown, expired or revoked.
    Unauthorized = "unauthorized", 401, Caller, false, "The key is missing or not valid";
    /// Not enough money. `required_cents`, `available_cents` and `shortfall_cents` say how much.
    InsufficientBalance = "insufficient-balance", 402, Caller, false, "The balance is too low";
    /// The key's level is too low, or the question is not this key's to answer.
    Forbidden = "forbidden", 403, Caller, false, "The key may not do this";
    /// The key may not spend so much, so often or there. `limit`, `allowed` and `used` say what stands against it, `key` whose limit it is.
    SpendLimitExceeded = "spend-limit-exceeded", 403, Caller, false, "A limit of the key stands against it";
    /// A person was to say yes first, and did not. Nothing was bought or done. `approval_id` names the question about a purchase.
    ApprovalDenied = "approval-denied", 403, Caller, false, "A person did not approve it";
    /// No such service.
    UnknownService = "unknown-service", 404, Caller, false, "There is no such service";
    /// No such tool, or no operation on this path.
    UnknownOperation = "unknown-operation", 404, Caller, false, "There is no such operation";
    /// Anything else that isn't there.
    NotFound = "not-found", 404, Caller, false, "There is nothing here";
    /// The path exists, with other methods.
    MethodNotAllowed = "method-not-allowed", 405, Caller, false, "The method is not allowed here";
    /// The same `Idempotency-Key` is still being worked on.
    PurchaseInProgress = "purchase-in-progress", 409, Caller, true, "This purchase is still in progress";
    /// The top-up of this `Idempotency-Key` is being opened just now.
    TopupInProgress = "topup-in-progress", 409, Caller, true, "This top-up is still in progress";
    /// The question was answered before, or its time is over. `state` says how.
    ApprovalDecided = "approval-decided", 409, Caller, false, "This approval was answered before";
    /// The confirmation is for another request or key, was used before, or has run out. Nothing was sent.
    ConfirmationInvalid = "confirmation-invalid", 409, Caller, false, "The confirmation can't be used";
    /// Not possible with a purchase as it stands. `state` says how it does.
    WrongState = "wrong-state", 409, Caller, false, "This is not possible as the purchase stands";
    /// The body is over the limit.
    BodyTooLarge = "body-too-large", 413, Caller, false, "The request body is too large";
    /// The body's media type is none of the operation's.
    UnsupportedMediaType = "unsupported-media-type", 415, Caller, false, "The request body's media type is not supported";
    /// The same `Idempotency-Key` came with another request.
    IdempotencyKeyReused = "idempotency-key-reused", 422, Caller, false, "This Idempotency-Key belongs to another request";
    /// The person at the client has to confirm this call first. Nothing was sent. `confirmation` holds the token that goes back with the answer.
    ConfirmationRequired = "confirmation-required", 428, Caller, false, "A person has to confirm this first";
    /// Too many calls. `retry_after_seconds` says when to come back.
    RateLimited = "rate-limited", 429, Caller, true, "Too many calls";
    /// Our own failure; the log has the details.
    Internal = "internal", 500, Us, true, "Something went wrong in the gateway";
    /// The provider can't be reached.
    UpstreamUnreachable = "upstream-unreachable", 502, Provider, true, "The provider can't be reached";
    /// The provider refused a quote or a purchase. Nothing was bought. `upstream_status` and `upstream_body` say what it said.
    UpstreamRejected = "upstream-rejected", 502, Provider, false, "The provider refused";
    /// The provider's answer can't be used.
    UpstreamInvalid = "upstream-invalid", 502, Provider, false, "The provider's answer can't be used";
    /// The provider needs a credential that the operator has not set.
    CredentialMissing = "credential-missing", 503, Us, false, "The gateway has no credential for this provider";
    /// The operator has not set top-ups up, or Stripe refuses the gateway's key.
    TopupsUnavailable = "topups-unavailable", 503, Us, false, "Top-ups are not set up here";
    /// The gateway is stopping or a dependency is down.
    Unavailable = "unavailable", 503, Us, true, "The gateway can't do this right now";
    /// The provider did not answer in time.
    UpstreamTimeout = "upstream-timeout", 504, Provider, true, "The provider did not answer in time";
}

const TYPE_PREFIX: &str = "urn:penumbra:problem:";

impl ProblemKind {
    /// The stable end of `type`.
    pub fn slug(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    pub fn status(self) -> u16 {
        self.row().1
    }

    /// Whose fault it is.
    pub fn fault(self) -> Fault {
        self.row().2
    }

    /// Whether the same request may succeed later.
    pub fn retryable(self) -> bool {
        self.row().3
    }

    /// The fixed title.
    pub fn title(self) -> &'static str {
        self.row().4
    }
}

/// One thing that is wrong with a request's parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// JSON Pointer into the arguments object: `/body/items/0/quantity`.
    pub pointer: String,
    /// What is wrong there.
    pub detail: String,
}

/// A problem document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// `urn:penumbra:problem:<slug>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind's fixed title.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, and what mends it.
    pub detail: String,
    /// Whose fault it is.
    pub fault: Fault,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// Wrong parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Members of the kind's own.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Problem {
    /// A problem of `kind`; `detail` is a sentence that says what is wrong and what mends it.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Problem {
            kind: format!("{TYPE_PREFIX}{}", kind.slug()),
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: detail.into(),
            fault: kind.fault(),
            retryable: kind.retryable(),
            errors: Vec::new(),
            extra: Map::new(),
        }
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Adds the wrong parameters.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// Whether this is a problem of `kind`.
    pub fn is(&self, kind: ProblemKind) -> bool {
        self.kind.strip_prefix(TYPE_PREFIX) == Some(kind.slug())
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn slugs_are_unique_and_statuses_fit_the_fault() {
        let mut seen = HashSet::new();
        for kind in ProblemKind::ALL {
            assert!(seen.insert(kind.slug()), "{kind:?}");
            assert_eq!(kind.fault() == Fault::Caller, kind.status() < 500, "{kind:?}");
        }
    }

    #[test]
    fn a_problem_is_a_flat_document() {
        let problem = Problem::new(ProblemKind::InsufficientBalance, "needs 1999 cents").with("required_cents", 1999);
        let value = serde_json::to_value(&problem).unwrap();
        assert_eq!(value["required_cents"], 1999);
        assert_eq!(value["status"], 402);
        assert_eq!(serde_json::from_value::<Problem>(value).unwrap(), problem);
    }
}
