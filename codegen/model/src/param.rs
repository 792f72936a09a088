//! Parameters: where a value goes and how it is written there.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The place of a parameter in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the path template.
    Path,
    /// In the query string.
    Query,
    /// A header of its own.
    Header,
    /// A pair of the `Cookie` header.
    Cookie,
}

/// OpenAPI's serialisation styles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Style {
    /// Path: `;color=blue`.
    Matrix,
    /// Path: `.blue`.
    Label,
    /// Path and header: `blue,black`.
    Simple,
    /// Query and cookie: `color=blue`.
    Form,
    /// Query: `blue%20black`.
    SpaceDelimited,
    /// Query: `blue|black`.
    PipeDelimited,
    /// Query: `blue%09black`. Not OpenAPI 3's own: Swagger 2.0's `collectionFormat: tsv`.
    TabDelimited,
    /// Query: `color[R]=100`.
    DeepObject,
}

impl Place {
    /// The style that holds where a document names none.
    pub fn default_style(self) -> Style {
        match self {
            Place::Path | Place::Header => Style::Simple,
            Place::Query | Place::Cookie => Style::Form,
        }
    }
}

/// One parameter of an operation, with every default of OpenAPI written out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// The name on the wire.
    pub name: String,
    /// The key under which callers pass it. The same as `name`, unless two places share one name.
    pub key: String,
    /// Where it goes.
    pub place: Place,
    /// Whether a request without it is wrong.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// How it is written.
    pub style: Style,
    /// Whether each element of an array or object is written apart.
    pub explode: bool,
    /// Whether `:/?#[]@!$&'()*+,;=` go out unencoded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_reserved: bool,
    /// The value is written as JSON text (`content: application/json`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub json: bool,
    /// JSON Schema 2020-12; references point to the service's `schemas` as `#/$defs/<name>`.
    pub schema: Value,
}
