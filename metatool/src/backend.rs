//! What the five tools need from the process they run in.
//!
//! The gateway implements [`Backend`] over its own pipeline; [`crate::RemoteBackend`] does it over HTTP. The tools know
//! nothing else, so a call costs, is limited and is refused in the same way whichever door it came through.

use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::net::IpAddr;
use std::sync::Arc;
use uaps_model::{AccessLevel, Catalog, Problem};

/// Who asks. Unchecked: the backend decides what a key is worth.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// The unified key as it was presented. Absent for an anonymous caller.
    pub key: Option<String>,
    /// Where the request came from. Absent on stdio.
    pub address: Option<IpAddr>,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = if self.key.is_some() { "set" } else { "none" };
        f.debug_struct("Caller").field("key", &key).field("address", &self.address).finish()
    }
}

/// One call of one tool of one service, as the assistant wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// The service's id.
    pub service: String,
    /// The tool's name.
    pub tool: String,
    /// Each path, query and header parameter under its key, the request body under `body`.
    pub parameters: Map<String, Value>,
    /// What the person at the client said, if the call was made before and they were asked.
    pub confirmation: Option<Confirmation>,
}

/// What a person said to a question of the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// As it came with the question.
    pub token: String,
    /// The answer.
    pub decision: Verdict,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Go on.
    Approve,
    /// Don't.
    Deny,
}

/// What a call was answered with: the answer of `POST /services/{id}/tools/{tool}` and of the `execute` tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ToolResult {
    /// The service's id.
    pub service: String,
    /// The tool's name.
    pub tool: String,
    /// The HTTP method that was used.
    pub method: String,
    /// The operation's path template, such as `/rides/{ride_id}`.
    pub path: String,
    /// The provider's status; 202 for a purchase whose outcome is not known yet.
    pub status: u16,
    /// The media type of the provider's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The answer: JSON as it is, text as a string, anything else as `{"binary": true, "bytes": n}`.
    pub result: Value,
    /// What the call was charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// The purchase that the call made or repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase: Option<PurchaseRef>,
    /// The caller's balance after the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<AccountBalance>,
}

/// What kind of charge a [`Cost`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// The fixed fee of a call.
    Fee,
    /// The price of what was bought.
    Purchase,
}

/// What a call was charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cost {
    /// Fee or price.
    pub kind: CostKind,
    /// Minor units of `currency`.
    pub amount_cents: i64,
    /// ISO 4217.
    pub currency: String,
}

/// A purchase, by reference. `GET /v1/purchases/{id}` tells all about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PurchaseRef {
    /// `pur_…`.
    pub id: String,
    /// `sent`, `captured`, `released`, `unknown`.
    pub state: String,
    /// The `Idempotency-Key` was known: this is the answer of an earlier call, and nothing was bought again.
    #[serde(default)]
    pub replayed: bool,
}

/// Money of an account, in minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccountBalance {
    /// All credit less all charges.
    pub posted_cents: i64,
    /// Set aside for calls that are under way.
    pub held_cents: i64,
    /// What can be spent: posted less held.
    pub available_cents: i64,
    /// What purchases cost beyond the balance. Above zero nothing more can be bought; the next credit pays it first.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub receivable_cents: i64,
    /// ISO 4217.
    pub currency: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(cents: &i64) -> bool {
    *cents == 0
}

/// How a service is. Ordered: the later, the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// It answers.
    Ok,
    /// The gateway's operator has not set its credential.
    Unconfigured,
    /// It answers, but slowly or with errors.
    Degraded,
    /// It does not answer.
    Down,
}

/// The state of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceHealth {
    /// The service's id.
    pub service: String,
    /// How it is.
    pub status: HealthStatus,
    /// What was found, and what mends it: one sentence. Empty where all is well.
    #[serde(default)]
    pub detail: String,
    /// How long it took to answer, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
}

/// Whose key it is: the answer of `GET /v1/me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What the key may do.
    pub level: AccessLevel,
    /// Whom the key belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Its money.
    pub balance: AccountBalance,
}

/// The process behind the five tools.
///
/// A future is dropped when the assistant cancels its call; what must not be torn (a purchase) runs in a task of its own.
pub trait Backend: Send + Sync + 'static {
    /// Every service there is, just now. Whoever needs it twice in one call keeps the value: a backend may have another
    /// one a moment later.
    fn catalog(&self) -> Arc<Catalog>;

    /// Called before a tool looks at the catalogue. A backend whose catalogue is kept current begins with that here, and
    /// may make its first callers wait a moment.
    fn ready(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    /// How current the catalogue is, for people. `None` where it can't change.
    fn catalog_state(&self) -> Option<String> {
        None
    }

    /// Runs one call through the whole pipeline. An answer of the provider is `Ok` whatever its status; `Err` is what
    /// the pipeline itself refused.
    fn execute<'a>(&'a self, caller: &'a Caller, call: ToolCall) -> BoxFuture<'a, Result<ToolResult, Problem>>;

    /// How each service is. To be answered within 1.8 seconds, services in parallel: the tool gives up after two.
    fn health<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<Vec<ServiceHealth>, Problem>>;

    /// The caller's account. `Ok(None)` without a key; a key that is not valid is `Err`.
    fn account<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<Option<Account>, Problem>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_does_not_reach_a_log() {
        let caller = Caller { key: Some("unified-secret".into()), address: None };
        assert_eq!(format!("{caller:?}"), r#"Caller { key: "set", address: None }"#);
    }

    #[test]
    fn a_result_reads_back_as_it_was_written_and_has_a_schema() {
        let result = ToolResult {
            service: "rideshare".into(),
            tool: "request_ride".into(),
            method: "POST".into(),
            path: "/rides".into(),
            status: 201,
            content_type: None,
            result: Value::Null,
            cost: Some(Cost { kind: CostKind::Purchase, amount_cents: 1999, currency: "USD".into() }),
            purchase: Some(PurchaseRef { id: "pur_1".into(), state: "captured".into(), replayed: true }),
            balance: None,
        };
        let value = serde_json::to_value(&result).unwrap();
        assert_eq!(value["cost"]["kind"], "purchase");
        assert!(value.get("balance").is_none());
        let schema = serde_json::to_value(schemars::schema_for!(ToolResult)).unwrap();
        assert!(jsonschema::is_valid(&schema, &value), "{value}");
        assert_eq!(serde_json::from_value::<ToolResult>(value).unwrap(), result);
    }
}
