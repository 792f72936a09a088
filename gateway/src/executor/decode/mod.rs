//! The inverse of [`super::build`]: a REST request read into the arguments object that a tool call would have had.

mod body;
mod coerce;
mod multipart;
mod parts;
mod query;

use super::{encode, pointer};
use crate::schema::Named;
use http::HeaderMap;
use parts::Separator;
use serde_json::{Map, Value};
use uaps_model::{FieldError, Operation, Param, Place, Service, Style};

/// A REST request after routing, nothing decoded yet.
#[derive(Debug, Clone, Copy)]
pub struct InboundRequest<'r> {
    /// Path variables by name, still percent-encoded.
    pub path: &'r [(String, String)],
    /// The query string, still percent-encoded.
    pub query: Option<&'r str>,
    /// All headers. Those that carry the gateway's own key are never read as parameters.
    pub headers: &'r HeaderMap,
    /// The body.
    pub body: &'r [u8],
}

/// Why a request is not a call of the operation. The caller is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Parameters that can't be read, all of them, and what could be read beside them.
    #[error("{} parameters can't be read", .errors.len())]
    Fields {
        /// What is wrong, with its places.
        errors: Vec<FieldError>,
        /// The arguments without those.
        arguments: Map<String, Value>,
    },
    /// The body is not what its media type says.
    #[error("{0}")]
    Malformed(String),
    /// The operation does not take such a body.
    #[error("`{got}` is not accepted; send {}", .accepted.join(" or "))]
    MediaType {
        /// What the request says it is.
        got: String,
        /// What it may be.
        accepted: Vec<String>,
    },
}

/// Reads the arguments of a call, coerced to the types that the operation's schemas name.
///
/// What has the wrong type stays text, so that validation can say so with its place. An unknown query parameter is an
/// error here, because the request is built anew and would lose it in silence.
pub fn decode(
    service: &Service,
    op: &Operation,
    request: &InboundRequest<'_>,
) -> Result<Map<String, Value>, DecodeError> {
    let named = &service.schemas;
    let (mut arguments, mut errors) = (Map::new(), Vec::new());
    for param in op.params_in(Place::Path) {
        let raw = request.path.iter().find(|(name, _)| *name == param.name).map(|(_, raw)| raw.as_str());
        take(&mut arguments, &mut errors, param, raw.map_or(Ok(None), |raw| path(param, raw, named).map(Some)));
    }
    query::decode(op, request.query.unwrap_or_default(), named, &mut arguments, &mut errors);
    for param in op.params_in(Place::Header).filter(|p| !is_ours(&p.name)) {
        take(&mut arguments, &mut errors, param, header(param, request.headers, named));
    }
    let cookies = cookies(request.headers);
    for param in op.params_in(Place::Cookie) {
        take(&mut arguments, &mut errors, param, cookie(param, &cookies, named));
    }
    arguments.extend(body::decode(op, request.headers, request.body, named)?.map(|body| ("body".to_owned(), body)));
    if errors.is_empty() { Ok(arguments) } else { Err(DecodeError::Fields { errors, arguments }) }
}

type Decoded = Result<Option<Value>, String>;

fn take(arguments: &mut Map<String, Value>, errors: &mut Vec<FieldError>, param: &Param, decoded: Decoded) {
    match decoded {
        Ok(Some(value)) => drop(arguments.insert(param.key.clone(), value)),
        Ok(None) => {}
        Err(detail) => errors.push(FieldError { pointer: pointer(&param.key), detail }),
    }
}

/// A header that is never a parameter of a REST request: it carries the gateway's key, or frames the message.
fn is_ours(name: &str) -> bool {
    name.eq_ignore_ascii_case("x-api-key") || super::header::is_ignored(name)
}

fn path(param: &Param, raw: &str, named: &Named) -> Result<Value, String> {
    if param.json {
        return json(raw);
    }
    let (separator, raw) = match param.style {
        Style::Label => {
            let separator = Separator::Text(if param.explode { "." } else { "," });
            (separator, raw.strip_prefix('.').ok_or("is written in the style `label`: it starts with `.`")?)
        }
        Style::Matrix => {
            let raw = raw.strip_prefix(';').ok_or("is written in the style `matrix`: it starts with `;`")?;
            let name = encode::strict(&param.name);
            let tied = |rest: &str| rest.strip_prefix(&name).map(|r| r.strip_prefix('=').unwrap_or(r).to_owned());
            if param.explode {
                let pieces: Vec<&str> = raw.split(';').collect();
                return parts::matrix(param, &pieces, tied, named);
            }
            let rest =
                tied(raw).ok_or_else(|| format!("is written in the style `matrix`: it starts with `;{name}=`"))?;
            return parts::joined(param, &rest, Separator::Text(","), false, named);
        }
        _ => (Separator::Text(","), raw),
    };
    parts::joined(param, raw, separator, param.explode, named)
}

fn header(param: &Param, headers: &HeaderMap, named: &Named) -> Decoded {
    let mut lines = Vec::new();
    for line in headers.get_all(&param.name) {
        lines.push(line.to_str().map_err(|_| "may hold only visible ASCII characters and spaces")?);
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let text = lines.join(",");
    if param.json {
        return serde_json::from_str(&text).map(Some).map_err(|e| format!("is not JSON: {e}"));
    }
    parts::plain(param, &text, named).map(Some)
}

fn cookie(param: &Param, cookies: &[(String, String)], named: &Named) -> Decoded {
    if param.json {
        return cookies.iter().find(|(name, _)| *name == param.name).map(|(_, raw)| json(raw)).transpose();
    }
    parts::pairs(param, cookies, Separator::Text(","), &|_| true, named).map(|found| found.map(|(value, _)| value))
}

/// The pairs of all `Cookie` headers: decoded names, raw values.
fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(name, value)| (encode::decode(name).unwrap_or_default(), value.to_owned()))
        .collect()
}

fn json(raw: &str) -> Result<Value, String> {
    let text = encode::decode(raw).ok_or("is not UTF-8 once it is decoded")?;
    serde_json::from_str(&text).map_err(|e| format!("is not JSON: {e}"))
}
