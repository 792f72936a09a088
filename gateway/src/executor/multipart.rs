//! `multipart/form-data` bodies (RFC 7578).

use super::{BuildError, body, form, pointer, query};
use crate::schema;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uaps_model::{Encoding, FieldError, MediaType};

struct Part {
    head: String,
    content: Vec<u8>,
}

/// Writes an object as parts and returns the content type, boundary included.
///
/// A text property is a text part; one that the schema calls binary is a file, given as base64; and
/// `{filename, content_type, data_base64}` is a file whatever the schema says. An array is a part an element, any other
/// object a JSON part. An Encoding Object gives a part another media type, or writes a property that is no file in one
/// of the query's styles, names and values as they are.
pub fn write(
    media: &MediaType,
    value: &Value,
    named: &BTreeMap<String, Value>,
) -> Result<(String, Vec<u8>), BuildError> {
    let mut parts = Vec::new();
    for (name, value) in form::members(value, "a multipart form")? {
        let at = format!("/body{}", pointer(name));
        let property = schema::property(&media.schema, name, named);
        let item = if value.is_array() { property.and_then(|p| schema::items(p, named)) } else { property };
        let binary = item.is_some_and(|schema| schema::is_binary(schema, named));
        if let Some(param) = form::styled(&media.encoding, name).filter(|_| !binary && !is_file(value)) {
            let mut pairs = Vec::new();
            query::write_in(&query::Letters::PLAIN, &param, value, &mut pairs).map_err(form::inside)?;
            parts.extend(pairs.into_iter().map(|(name, text)| Part { head: named_part(&name), content: text.into() }));
            continue;
        }
        let encoding = media.encoding.get(name);
        for (index, item) in form::items(value).enumerate() {
            let at = if value.is_array() { format!("{at}/{index}") } else { at.clone() };
            parts.push(part(name, item, binary, encoding, &at)?);
        }
    }
    Ok(join(&media.content_type, &parts))
}

fn is_file(value: &Value) -> bool {
    form::items(value).any(|item| item.get("data_base64").is_some())
}

fn named_part(name: &str) -> String {
    format!("form-data; name=\"{}\"", quoted(name))
}

fn part(name: &str, value: &Value, binary: bool, encoding: Option<&Encoding>, at: &str) -> Result<Part, BuildError> {
    let head = named_part(name);
    let declared = match encoding {
        Some(Encoding::Media { content_type }) => Some(content_type.as_str()),
        _ => None,
    };
    if binary || is_file(value) {
        let filename = quoted(value.get("filename").and_then(Value::as_str).unwrap_or("file"));
        let content_type = value.get("content_type").and_then(Value::as_str).or(declared);
        let content_type = content_type.unwrap_or("application/octet-stream");
        if !content_type.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
            return Err(wrong(&format!("{at}/content_type"), "may hold only visible ASCII characters"));
        }
        let head = format!("{head}; filename=\"{filename}\"\r\nContent-Type: {content_type}");
        return Ok(Part { head, content: body::binary(value, at)? });
    }
    let structured = value.is_object() || value.is_array();
    let text = form::text(value, encoding.is_some_and(form::is_json)).unwrap_or_default();
    Ok(Part {
        head: match declared.or(structured.then_some("application/json")) {
            Some(content_type) => format!("{head}\r\nContent-Type: {content_type}"),
            None => head,
        },
        content: text.into_bytes(),
    })
}

/// The boundary is a hash of all that it separates, so that the same call is the same bytes and no content can hold it.
fn join(content_type: &str, parts: &[Part]) -> (String, Vec<u8>) {
    let mut hash = Sha256::new();
    for part in parts {
        for bytes in [part.head.as_bytes(), &part.content] {
            hash.update(bytes.len().to_le_bytes());
            hash.update(bytes);
        }
    }
    let boundary: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let mut out = Vec::new();
    for part in parts {
        out.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: {}\r\n\r\n", part.head).as_bytes());
        out.extend_from_slice(&part.content);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    (format!("{essence}; boundary={boundary}"), out)
}

/// A quoted parameter as browsers write it.
fn quoted(text: &str) -> String {
    text.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}

fn wrong(pointer: &str, detail: &str) -> BuildError {
    BuildError::Argument(FieldError { pointer: pointer.to_owned(), detail: detail.to_owned() })
}
