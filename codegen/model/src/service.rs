//! A provider as the servers see it.

use crate::{AccessPolicy, Method, Operation, Server, ServiceId, route, schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// How the gateway proves itself to a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AuthScheme {
    /// No credential.
    None,
    /// A secret in a header or in the query.
    ApiKey,
    /// A bearer token from the environment.
    Oauth2,
    /// A bearer token from the environment.
    Jwt,
    /// Headers given by the operator as they stand.
    Custom,
}

/// Where an API key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretPlace {
    /// A header.
    Header,
    /// A query parameter.
    Query,
}

/// The `auth` of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// What kind of proof.
    pub scheme: AuthScheme,
    /// Where an API key goes. Required for `apiKey`, unknown to the others.
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    pub place: Option<SecretPlace>,
    /// The header's or parameter's name. Required for `apiKey`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Calls a key may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimits {
    /// Calls a minute, refilled evenly.
    pub default_per_minute: u32,
    /// Calls at once.
    pub burst: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        RateLimits { default_per_minute: 120, burst: 30 }
    }
}

/// `x-services.<id>`: what an assistant should know before it starts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// What the service does for its user.
    pub description: String,
    /// In which order its operations are used.
    pub flow: String,
    /// What costs what.
    pub pricing_model: String,
    /// How long an answer takes.
    pub typical_response_time: String,
}

/// A provider, compiled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// [`crate::FORMAT`] of the compiler that wrote it.
    pub format: u32,
    /// Its id.
    pub id: ServiceId,
    /// Its name for people.
    pub name: String,
    /// One paragraph for people.
    pub description: String,
    /// One word: `information`, `mobility`.
    pub category: String,
    /// Search words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// `info.version` of its document.
    pub version: String,
    /// Base URL, without a final slash. Operation paths are appended.
    pub upstream: String,
    /// How the gateway proves itself.
    pub auth: Auth,
    /// Calls a key may make.
    pub rate_limits: RateLimits,
    /// Levels by kind of operation, already applied to each operation.
    pub access: AccessPolicy,
    /// `x-services`.
    pub facts: Facts,
    /// The document's servers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Server>,
    /// The document's security schemes, as OpenAPI 3 writes them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub security_schemes: BTreeMap<String, Value>,
    /// Its operations, by path and method.
    pub operations: Vec<Operation>,
    /// The document's named schemas as JSON Schema 2020-12, referring to each other as `#/$defs/<name>`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub schemas: BTreeMap<String, Value>,
}

impl Service {
    /// The operation behind a tool name.
    pub fn operation(&self, tool: &str) -> Option<&Operation> {
        self.operations.iter().find(|op| op.tool.as_str() == tool)
    }

    /// The operation that answers `method` on `path`, with the raw (still encoded) path arguments by name.
    ///
    /// A literal segment beats a variable one, so `/rides/active` is not taken for `/rides/{id}`.
    pub fn route(&self, method: Method, path: &str) -> Option<(&Operation, Vec<(String, String)>)> {
        route::best(self.operations.iter().filter(|op| op.method == method), path)
    }

    /// The methods that are known for `path`; empty for an unknown path.
    pub fn methods(&self, path: &str) -> Vec<Method> {
        let mut methods: Vec<_> = self
            .operations
            .iter()
            .filter(|op| route::match_path(&op.path, path).is_some())
            .map(|op| op.method)
            .collect();
        methods.sort();
        methods.dedup();
        methods
    }

    /// A tool's input schema as a document of its own: dialect named, every definition it needs included.
    pub fn input_schema(&self, op: &Operation) -> Value {
        schema::bundle(&op.input, &self.schemas)
    }

    /// Likewise for the successful answer.
    pub fn output_schema(&self, op: &Operation) -> Option<Value> {
        op.output.as_ref().map(|output| schema::bundle(output, &self.schemas))
    }
}
