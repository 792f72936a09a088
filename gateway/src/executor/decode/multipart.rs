//! `multipart/form-data` (RFC 7578), as little of it as forms use. The body is in memory already, within its limit.

use super::super::encode;
use super::body;
use crate::schema::{self, Named};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use uaps_model::{BodyKind, MediaType};

/// More parts than this are refused.
const MAX_PARTS: usize = 1000;

struct Part<'b> {
    name: String,
    filename: Option<String>,
    content_type: Option<String>,
    content: &'b [u8],
}

/// Reads the parts into an object. Text is coerced to its property's type, a file becomes
/// `{filename, content_type, data_base64}`, or base64 text where the schema wants a string.
pub fn decode(content_type: &str, bytes: &[u8], media: &MediaType, named: &Named) -> Result<Value, String> {
    let boundary = parameter(content_type, "boundary").ok_or("Content-Type names no multipart boundary")?;
    let (mut members, mut fields) = (Map::new(), Vec::new());
    for part in parts(bytes, &boundary)? {
        let property = schema::property(&media.schema, &part.name, named).unwrap_or(&Value::Null);
        let is_array = schema::types(property, named).array;
        let item = if is_array { schema::items(property, named).unwrap_or(&Value::Null) } else { property };
        let value = if part.filename.is_some() || schema::is_binary(item, named) {
            file(&part, item, named)
        } else {
            let text = std::str::from_utf8(part.content)
                .map_err(|_| format!("the part `{}` is not UTF-8; give it a filename to send bytes", part.name))?;
            if part.content_type.as_deref().is_some_and(|t| BodyKind::of(t) == BodyKind::Json) {
                serde_json::from_str(text).map_err(|e| format!("the part `{}` is not JSON: {e}", part.name))?
            } else {
                fields.push((part.name, raw(text)));
                continue;
            }
        };
        if is_array {
            body::push(&mut members, part.name, value);
        } else {
            members.insert(part.name, value);
        }
    }
    let (styled, left) = body::styled(&fields, media, named)?;
    members.extend(styled);
    for (name, raw) in left {
        let text = encode::decode(raw).ok_or_else(|| format!("the part `{name}` is not UTF-8"))?;
        body::add(&mut members, name.clone(), &text, media, named);
    }
    Ok(members.into())
}

/// A part's text as it would stand in a query. Nothing in a part is encoded, so a comma always separates.
fn raw(text: &str) -> String {
    encode::strict(text).replace("%2C", ",")
}

fn file(part: &Part<'_>, schema: &Value, named: &Named) -> Value {
    let data = STANDARD.encode(part.content);
    let types = schema::types(schema, named);
    if types.string && !types.object {
        return data.into();
    }
    json!({
        "filename": part.filename.as_deref().unwrap_or("file"),
        "content_type": part.content_type.as_deref().unwrap_or("application/octet-stream"),
        "data_base64": data,
    })
}

fn parts<'b>(bytes: &'b [u8], boundary: &str) -> Result<Vec<Part<'b>>, String> {
    let delimiter = format!("--{boundary}");
    let broken = || "the request body is not multipart: its boundary is missing".to_owned();
    let mut rest = match find(bytes, delimiter.as_bytes()) {
        Some(at) => bytes.get(at + delimiter.len()..).ok_or_else(broken)?,
        None => return Err(broken()),
    };
    let next = format!("\r\n{delimiter}");
    let mut found = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Ok(found);
        }
        if found.len() >= MAX_PARTS {
            return Err(format!("the request body has more than {MAX_PARTS} parts"));
        }
        let start = find(rest, b"\r\n").and_then(|at| rest.get(at + 2..)).ok_or_else(broken)?;
        let end = find(start, next.as_bytes()).ok_or_else(broken)?;
        found.push(part(start.get(..end).unwrap_or_default())?);
        rest = start.get(end + next.len()..).unwrap_or_default();
    }
}

fn part(bytes: &[u8]) -> Result<Part<'_>, String> {
    let split = find(bytes, b"\r\n\r\n").ok_or("a part of the request body has no headers")?;
    let head = std::str::from_utf8(bytes.get(..split).unwrap_or_default())
        .map_err(|_| "a part of the request body has headers that are not UTF-8")?;
    let header = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
    };
    let disposition = header("content-disposition").unwrap_or_default();
    Ok(Part {
        name: parameter(&disposition, "name").ok_or("a part of the request body has no name")?,
        filename: parameter(&disposition, "filename"),
        content_type: header("content-type"),
        content: bytes.get(split + 4..).unwrap_or_default(),
    })
}

/// A parameter of a header value, quoted or not.
fn parameter(value: &str, name: &str) -> Option<String> {
    let mut rest = value;
    while let Some((_, tail)) = rest.split_once(';') {
        let tail = tail.trim_start();
        let (key, after) = tail.split_once('=')?;
        let (text, after) = match after.strip_prefix('"') {
            Some(quoted) => {
                let (text, after) = quoted.split_once('"')?;
                (text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"), after)
            }
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after.get(..end)?.trim().to_owned(), after.get(end..)?)
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(text).filter(|t| !t.is_empty());
        }
        rest = after;
    }
    None
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len().max(1)).position(|window| window == needle)
}
