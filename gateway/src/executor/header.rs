//! Header and cookie parameters.

use super::shape::{self, Shape};
use super::{BuildError, encode, pointer};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};
use uaps_model::{FieldError, Operation, Param, Place};

/// Headers that no parameter may set: OpenAPI says the first three are ignored, the others frame the message, carry
/// the gateway's own credentials, belong to one connection, or would make the answer one that can't be read.
const NEVER: &[&str] = &[
    "accept",
    "content-type",
    "authorization",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
];

/// Whether a header parameter of this name is left out of every request.
pub(super) fn is_ignored(name: &str) -> bool {
    NEVER.iter().any(|never| never.eq_ignore_ascii_case(name))
}

/// The headers that parameters ask for, `Cookie` among them.
pub fn headers(op: &Operation, arguments: &Map<String, Value>) -> Result<HeaderMap, BuildError> {
    let mut headers = HeaderMap::new();
    for param in op.params_in(Place::Header).filter(|p| !is_ignored(&p.name)) {
        let Some(text) = arguments.get(&param.key).map(|value| header(param, value)).transpose()?.flatten() else {
            continue;
        };
        let name = HeaderName::try_from(param.name.as_str()).map_err(|_| BuildError::Operation {
            tool: op.tool.to_string(),
            reason: format!("its header parameter `{}` has no legal name", param.name.escape_default()),
        })?;
        headers.insert(name, value(param, &text)?);
    }
    let mut cookies = Vec::new();
    for param in op.params_in(Place::Cookie) {
        if let Some(argument) = arguments.get(&param.key) {
            cookie(param, argument, &mut cookies);
        }
    }
    if !cookies.is_empty() {
        let text = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        // Every byte of it is percent-encoded, so it is always a legal value.
        headers.extend(HeaderValue::try_from(text).ok().map(|value| (http::header::COOKIE, value)));
    }
    Ok(headers)
}

/// A header parameter's text. `None` where nothing is to be sent.
pub fn header(param: &Param, value: &Value) -> Result<Option<String>, BuildError> {
    if param.json {
        return Ok(Some(ascii_json(value)));
    }
    let Some(shape) = shape::shape(value).filter(|s| !s.is_empty()) else { return Ok(None) };
    if shape.holds(',') {
        return Err(wrong(param, "may not hold `,`, because that separates its elements"));
    }
    Ok(Some(if param.explode { shape.exploded(",") } else { shape.joined(",") }))
}

/// Adds a cookie parameter's encoded pairs.
pub fn cookie(param: &Param, value: &Value, pairs: &mut Vec<(String, String)>) {
    let name = encode::strict(&param.name);
    if param.json {
        pairs.push((name, encode::strict(&value.to_string())));
        return;
    }
    let Some(shape) = shape::shape(value).filter(|s| !s.is_empty()) else { return };
    match (shape.map(encode::strict), param.explode) {
        (Shape::List(items), true) => pairs.extend(items.into_iter().map(|item| (name.clone(), item))),
        (Shape::Record(members), true) => pairs.extend(members),
        (shape, _) => pairs.push((name, shape.joined(","))),
    }
}

fn value(param: &Param, text: &str) -> Result<HeaderValue, BuildError> {
    if !text.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return Err(wrong(param, "goes into a header and may hold only visible ASCII characters and spaces"));
    }
    HeaderValue::from_str(text).map_err(|_| wrong(param, "is not a legal header value"))
}

/// JSON text in ASCII, because that is all a header carries.
fn ascii_json(value: &Value) -> String {
    let mut out = String::new();
    for unit in value.to_string().encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\u{unit:04x}")),
        }
    }
    out
}

fn wrong(param: &Param, detail: &str) -> BuildError {
    BuildError::Argument(FieldError { pointer: pointer(&param.key), detail: detail.to_owned() })
}
