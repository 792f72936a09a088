//! One operation of a service: what a tool call or a request becomes.

use crate::{AccessLevel, Body, Commerce, Param, Place, Response, SecurityRequirement, Server, ToolName};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// HTTP methods that OpenAPI 3.0 knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET
    Get,
    /// PUT
    Put,
    /// POST
    Post,
    /// DELETE
    Delete,
    /// OPTIONS
    Options,
    /// HEAD
    Head,
    /// PATCH
    Patch,
    /// TRACE
    Trace,
}

impl Method {
    /// Every method, in OpenAPI's order.
    pub const ALL: [Method; 8] = [
        Method::Get,
        Method::Put,
        Method::Post,
        Method::Delete,
        Method::Options,
        Method::Head,
        Method::Patch,
        Method::Trace,
    ];

    /// As on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Put => "PUT",
            Method::Post => "POST",
            Method::Delete => "DELETE",
            Method::Options => "OPTIONS",
            Method::Head => "HEAD",
            Method::Patch => "PATCH",
            Method::Trace => "TRACE",
        }
    }

    /// From the wire form or OpenAPI's lower-case key.
    pub fn parse(s: &str) -> Option<Self> {
        Method::ALL.into_iter().find(|m| m.as_str().eq_ignore_ascii_case(s))
    }

    /// Safe in the sense of RFC 9110: it changes nothing.
    pub fn is_safe(self) -> bool {
        matches!(self, Method::Get | Method::Head | Method::Options | Method::Trace)
    }

    /// Idempotent in the sense of RFC 9110.
    pub fn is_idempotent(self) -> bool {
        self.is_safe() || matches!(self, Method::Put | Method::Delete)
    }
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an MCP client may assume about a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hints {
    /// It changes nothing.
    pub read_only: bool,
    /// It may destroy or spend something.
    pub destructive: bool,
    /// Twice is the same as once.
    pub idempotent: bool,
}

/// Arguments that are known to fit, and the answer they get: from the document's examples, else made from its schemas.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// An object as the `execute` tool takes it: each parameter under its key, the body under `body`.
    pub arguments: Value,
    /// Status of the answer.
    pub status: u16,
    /// Media type of the answer; absent for an empty one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The answer, where it is JSON (or text, as a JSON string).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Value>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Stable, legal and unique within the service.
    pub tool: ToolName,
    /// The document's own id.
    pub operation_id: String,
    /// Its method.
    pub method: Method,
    /// Its path template, from the service's upstream: `/rides/{ride_id}`.
    pub path: String,
    /// One line.
    pub title: String,
    /// The document's words, cut at a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The document's tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The provider wants it used no more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// Who may call it.
    pub access: AccessLevel,
    /// `x-usage-fee-cents`: US cents a call costs, 0 for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fee_cents: i64,
    /// Its part in a purchase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commerce: Option<Commerce>,
    /// What a client may assume.
    pub hints: Hints,
    /// What the document asks callers of the provider to prove, one of them; empty where it asks for nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security: Vec<SecurityRequirement>,
    /// Servers that the document names for this operation instead of the service's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Server>,
    /// Its parameters, in the document's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    /// Its request body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// The answers the document announces.
    pub responses: Vec<Response>,
    /// The tool's input schema, an object; references point to `#/$defs/<name>`. See [`crate::Service::input_schema`].
    pub input: Value,
    /// Schema of the successful answer, where it is JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// A call that works.
    pub example: Example,
}

fn is_zero(n: &i64) -> bool {
    *n == 0
}

impl Operation {
    /// The parameters of one place.
    pub fn params_in(&self, place: Place) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(move |p| p.place == place)
    }

    /// Whether it spends money.
    pub fn is_purchase(&self) -> bool {
        matches!(self.commerce, Some(Commerce::Purchase { .. }))
    }

    /// Whether it tells a price.
    pub fn is_quote(&self) -> bool {
        matches!(self.commerce, Some(Commerce::Quote { .. }))
    }
}
