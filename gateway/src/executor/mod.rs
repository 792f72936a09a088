//! One request for every operation of every service: a pure function of the catalogue and the arguments.
//!
//! [`build`] writes an arguments object, as the `execute` tool takes it, into an HTTP request; [`decode`] reads the
//! same object out of a REST request. Nothing here does I/O, knows a credential, or names a provider.

mod body;
mod decode;
mod encode;
mod form;
mod header;
mod multipart;
mod number;
mod path;
mod query;
mod shape;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod round_trip;

pub use decode::{DecodeError, InboundRequest, decode};

use bytes::Bytes;
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Map, Value};
use uaps_model::{FieldError, Method, Operation, Service};
use url::Url;

/// A request that is ready to be sent, without credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundRequest {
    /// The operation's method.
    pub method: http::Method,
    /// Absolute, below the service's base URL.
    pub url: Url,
    /// `Accept`, `Content-Type` and what parameters ask for.
    pub headers: HeaderMap,
    /// The encoded body; `None` where none is sent.
    pub body: Option<Bytes>,
}

/// Why no request can be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The caller must change an argument.
    #[error("`{}` {}", .0.pointer, .0.detail)]
    Argument(FieldError),
    /// The operation itself can't be sent; no arguments would help.
    #[error("the operation `{tool}` can't be sent: {reason}")]
    Operation {
        /// The operation's tool name.
        tool: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Builds the request of a call to the service's own upstream.
///
/// `arguments` is an object: each parameter under its key, the body under `body`. Members that are no parameter are
/// left out; checking them is validation's part.
pub fn build(service: &Service, op: &Operation, arguments: &Value) -> Result<OutboundRequest, BuildError> {
    let base = Url::parse(&service.upstream).map_err(|e| BuildError::Operation {
        tool: op.tool.to_string(),
        reason: format!("its service's upstream is not a URL: {e}"),
    })?;
    build_at(&base, service, op, arguments)
}

/// As [`build`], with another base URL.
pub fn build_at(
    base: &Url,
    service: &Service,
    op: &Operation,
    arguments: &Value,
) -> Result<OutboundRequest, BuildError> {
    let arguments = number::plain(arguments);
    let Some(arguments) = arguments.as_object() else {
        return Err(BuildError::Argument(FieldError { pointer: String::new(), detail: "must be an object".into() }));
    };
    for param in &op.params {
        let Some(value) = arguments.get(&param.key) else { continue };
        number::unrounded(value, &param.schema, &service.schemas, &pointer(&param.key))?;
    }
    let url = url(base, op, arguments)?;
    let mut headers = header::headers(op, arguments)?;
    headers.extend(accepted(op).map(|value| (ACCEPT, value)));
    let mut bytes = None;
    if let (Some(media), Some(value)) = (op.body.as_ref().and_then(|b| b.preferred()), arguments.get("body")) {
        number::unrounded(value, &media.schema, &service.schemas, "/body")?;
        let encoded = body::write(op, media, value, &service.schemas)?;
        headers.insert(CONTENT_TYPE, encoded.content_type);
        bytes = Some(encoded.bytes);
    }
    Ok(OutboundRequest { method: method(op.method), url, headers, body: bytes })
}

fn url(base: &Url, op: &Operation, arguments: &Map<String, Value>) -> Result<Url, BuildError> {
    let unsendable = |reason: String| BuildError::Operation { tool: op.tool.to_string(), reason };
    let path = format!("{}{}", base.path().trim_end_matches('/'), path::path(op, arguments)?);
    let query = query::query(op, arguments)?;
    let mut url = base.clone();
    url.set_path(&path);
    url.set_query((!query.is_empty()).then_some(query.as_str()));
    url.set_fragment(None);
    // A second look after the URL parser had its own: nothing may have been normalised away.
    if url.origin() != base.origin() || url.path() != path {
        return Err(unsendable(format!("its path `{}` can't stand in a URL", op.path)));
    }
    Ok(url)
}

/// The media types that the document announces, JSON first.
fn accepted(op: &Operation) -> Option<http::HeaderValue> {
    let mut types: Vec<&str> = Vec::new();
    for response in &op.responses {
        types.extend(response.content_type.as_deref().filter(|t| !types.contains(t)));
    }
    types.sort_by_key(|t| !t.contains("json"));
    types.dedup();
    http::HeaderValue::try_from(types.join(", ")).ok().filter(|value| !value.is_empty())
}

/// The `http` crate's form of a method.
pub(crate) fn method(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Put => http::Method::PUT,
        Method::Post => http::Method::POST,
        Method::Delete => http::Method::DELETE,
        Method::Options => http::Method::OPTIONS,
        Method::Head => http::Method::HEAD,
        Method::Patch => http::Method::PATCH,
        Method::Trace => http::Method::TRACE,
    }
}

/// Wrong parameters reported for one request.
pub(crate) const MAX_ERRORS: usize = 20;

/// Characters of a name that are repeated to whoever wrote it.
const MAX_SHOWN: usize = 80;

/// The JSON Pointer of a top-level member. A long name is cut.
pub(crate) fn pointer(key: &str) -> String {
    format!("/{}", shown(key).replace('~', "~0").replace('/', "~1"))
}

/// A name from outside, cut to a length that fits an error.
pub(crate) fn shown(name: &str) -> String {
    match name.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

/// Percent-encodes all but RFC 3986's unreserved characters.
pub(crate) fn encoded(text: &str) -> String {
    encode::strict(text)
}

/// Percent-decodes once. `None` where the bytes are not UTF-8.
pub(crate) fn decoded(text: &str) -> Option<String> {
    encode::decode(text)
}
