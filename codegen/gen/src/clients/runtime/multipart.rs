//! `multipart/form-data` bodies (RFC 7578).

use super::{
    bytes::decoded,
    encode::{self, Field, Fields},
};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A part: what follows `Content-Disposition: `, and the content.
type Part = (String, Vec<u8>);

/// The boundary and the bytes of a body: a part for each property, or for each element of a list. `fields` are those
/// that are not written in the default way. `None` without a body.
pub(crate) fn write(fields: Fields<'_>, body: Option<&impl Serialize>) -> Option<Result<(String, Vec<u8>), String>> {
    let value = serde_json::to_value(body?).map(encode::plain).map_err(|error| error.to_string());
    Some(value.and_then(|value| parts(fields, &value)))
}

fn parts(fields: Fields<'_>, value: &Value) -> Result<(String, Vec<u8>), String> {
    let mut parts = Vec::new();
    for (name, value) in value.as_object().map(encode::sorted).ok_or("it must be an object")? {
        let field = encode::field(fields, name);
        let wrong = |reason: String| format!("`{name}` {reason}");
        if let Some(Field::Styled(format)) = field {
            let pairs = encode::parts(name, format, value).map_err(wrong)?;
            parts.extend(pairs.into_iter().map(|(name, text)| (head(&name), text.into_bytes())));
        } else {
            for item in encode::items(value) {
                parts.push(part(name, item, field).map_err(wrong)?);
            }
        }
    }
    let boundary = boundary(&parts);
    let mut whole = Vec::new();
    for (head, content) in parts {
        whole.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: {head}\r\n\r\n").as_bytes());
        whole.extend_from_slice(&content);
        whole.extend_from_slice(b"\r\n");
    }
    whole.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok((boundary, whole))
}

/// A hash of all that it separates: the same call is the same bytes, and no content can hold it.
fn boundary(parts: &[Part]) -> String {
    let mut hash = Sha256::new();
    for (head, content) in parts {
        for bytes in [head.as_bytes(), content] {
            hash.update(bytes.len().to_le_bytes());
            hash.update(bytes);
        }
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn head(name: &str) -> String {
    format!("form-data; name=\"{}\"", quoted(name))
}

/// A quoted parameter as browsers write it.
fn quoted(text: &str) -> String {
    text.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}

fn part(name: &str, value: &Value, field: Option<Field>) -> Result<Part, String> {
    let head = head(name);
    let file = |content_type: &str, name: &str| -> Result<Part, String> {
        if !content_type.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err("has a `content_type` that can't stand in a header".to_owned());
        }
        Ok((format!("{head}; filename=\"{}\"\r\nContent-Type: {content_type}", quoted(name)), decoded(value)?))
    };
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let declared = match field {
        Some(Field::Media(media) | Field::File(media)) => Some(media),
        _ => None,
    };
    // `{filename, content_type, data_base64}` is a file whatever the document says.
    if matches!(field, Some(Field::File(_))) || value.get("data_base64").is_some() {
        let content_type = text("content_type").or(declared).unwrap_or("application/octet-stream");
        return file(content_type, text("filename").unwrap_or("file"));
    }
    let structured = value.is_object() || value.is_array();
    let content = encode::text(value, field).into_bytes();
    Ok(match declared.or(structured.then_some("application/json")) {
        Some(content_type) => (format!("{head}\r\nContent-Type: {content_type}"), content),
        None => (head, content),
    })
}
