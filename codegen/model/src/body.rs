//! Request bodies and answers.

use crate::Style;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// How a request body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// `application/json` and every `+json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// `text/*`, XML.
    Text,
    /// Anything else: bytes. A JSON caller passes them base64-encoded.
    Binary,
}

impl BodyKind {
    /// The kind of a media type.
    pub fn of(content_type: &str) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/json" => BodyKind::Json,
            "application/x-www-form-urlencoded" => BodyKind::Form,
            "multipart/form-data" => BodyKind::Multipart,
            "application/xml" => BodyKind::Text,
            e if e.ends_with("+json") => BodyKind::Json,
            e if e.ends_with("+xml") || e.starts_with("text/") => BodyKind::Text,
            _ => BodyKind::Binary,
        }
    }
}

/// One media type a body may have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MediaType {
    /// As the document wrote it.
    pub content_type: String,
    /// How it is written.
    pub kind: BodyKind,
    /// JSON Schema 2020-12; references point to `#/$defs/<name>`. `true` where the document has none.
    pub schema: Value,
    /// Of a form: how a property is written, where the document says so.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub encoding: BTreeMap<String, Encoding>,
}

impl MediaType {
    /// A body of this media type, its properties written in the default way.
    pub fn new(content_type: impl Into<String>, schema: Value) -> Self {
        let content_type = content_type.into();
        MediaType { kind: BodyKind::of(&content_type), content_type, schema, encoding: BTreeMap::new() }
    }
}

/// How one property of a form is written (OpenAPI's Encoding Object).
///
/// A property without one is text as it is, an array is each of its elements in turn under the same name, and an object
/// is JSON; in a multipart body, a `format: binary` string is a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Encoding {
    /// As a query parameter of this name would be. A document that sets any of the three gets the defaults of the
    /// other two, and no media type.
    Styled {
        /// One of the query's styles.
        style: Style,
        /// Whether each element of an array or object is written apart.
        explode: bool,
        /// Whether reserved characters go out unencoded, as far as a form can hold them.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        allow_reserved: bool,
    },
    /// As a text of this media type: each element of an array, or the whole of anything else.
    Media {
        /// Concrete, without a range.
        content_type: String,
    },
}

/// A request body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// Whether a request without it is wrong.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// At least one; the first is what the executor and the typed client send.
    pub media: Vec<MediaType>,
}

impl Body {
    /// The media type that is sent.
    pub fn preferred(&self) -> Option<&MediaType> {
        self.media.first()
    }
}

/// An answer a document announces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// `200`, `4XX` or `default`.
    pub status: String,
    /// The document's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The media type callers get, JSON where there is a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// JSON Schema 2020-12; references point to `#/$defs/<name>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
}
