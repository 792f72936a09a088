//! `multipart/form-data` bodies (RFC 7578).

use super::{BuildError, body, pointer};
use crate::schema;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uaps_model::FieldError;

struct Part {
    head: String,
    content: Vec<u8>,
}

/// Writes an object as parts and returns the content type, boundary included.
///
/// A text property is a text part; one that the schema calls binary is a file, given as base64; and
/// `{filename, content_type, data_base64}` is a file whatever the schema says. An array is a part an element, any other
/// object a JSON part.
pub fn write(
    content_type: &str,
    value: &Value,
    schema: &Value,
    named: &BTreeMap<String, Value>,
) -> Result<(String, Vec<u8>), BuildError> {
    let Some(members) = value.as_object() else {
        return Err(wrong("/body", "must be an object, because it is sent as a multipart form"));
    };
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_key(|(name, _)| *name);
    let mut parts = Vec::new();
    for (name, value) in members {
        let at = format!("/body{}", pointer(name));
        let property = schema::property(schema, name, named);
        match value {
            Value::Null => {}
            Value::Array(items) => {
                let binary =
                    property.and_then(|p| schema::items(p, named)).is_some_and(|p| schema::is_binary(p, named));
                for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.is_null()) {
                    parts.push(part(name, item, binary, &format!("{at}/{index}"))?);
                }
            }
            other => parts.push(part(name, other, property.is_some_and(|p| schema::is_binary(p, named)), &at)?),
        }
    }
    Ok(join(content_type, &parts))
}

fn part(name: &str, value: &Value, binary: bool, at: &str) -> Result<Part, BuildError> {
    let name = quoted(name);
    if binary || value.get("data_base64").is_some() {
        let filename = value.get("filename").and_then(Value::as_str).unwrap_or("file");
        let content_type = value.get("content_type").and_then(Value::as_str).unwrap_or("application/octet-stream");
        if !content_type.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
            return Err(wrong(&format!("{at}/content_type"), "may hold only visible ASCII characters"));
        }
        let filename = quoted(filename);
        return Ok(Part {
            head: format!("form-data; name=\"{name}\"; filename=\"{filename}\"\r\nContent-Type: {content_type}"),
            content: body::binary(value, at)?,
        });
    }
    Ok(match value {
        Value::String(text) => Part { head: format!("form-data; name=\"{name}\""), content: text.clone().into_bytes() },
        Value::Object(_) | Value::Array(_) => Part {
            head: format!("form-data; name=\"{name}\"\r\nContent-Type: application/json"),
            content: value.to_string().into_bytes(),
        },
        scalar => Part { head: format!("form-data; name=\"{name}\""), content: scalar.to_string().into_bytes() },
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
