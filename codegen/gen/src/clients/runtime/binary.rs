//! Bytes: bodies that are sent, answers that are streamed, files in a multipart body. In JSON they stand as base64.

use crate::{
    arguments::{self, CallError},
    wire::{Request, plain},
};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use futures::TryStreamExt as _;
use progenitor_client::{ByteStream, Error, ResponseValue};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A body that may be absent.
#[allow(dead_code, reason = "whether it is used depends on the operations")]
pub(crate) fn optional(arguments: &Value, name: &str) -> Result<Option<Vec<u8>>, CallError> {
    match arguments::optional::<Value>(arguments, name)? {
        None => Ok(None),
        Some(value) => decoded(&value).map(Some).map_err(|reason| arguments::bad(name, reason)),
    }
}

/// The bytes of base64 text, or of an object with the text under `data_base64`. Either alphabet, padded or not.
fn decoded(value: &Value) -> Result<Vec<u8>, String> {
    let text = value.get("data_base64").unwrap_or(value).as_str().ok_or("is not base64 text")?;
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let alphabet = if text.contains(['-', '_']) { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config).decode(text).map_err(|error| format!("is not base64: {error}"))
}

/// A body that must be there.
#[allow(dead_code, reason = "whether it is used depends on the operations")]
pub(crate) fn required(arguments: &Value, name: &str) -> Result<Vec<u8>, CallError> {
    optional(arguments, name)?.ok_or_else(|| arguments::bad(name, "is missing"))
}

/// A streamed answer, read to its end: text as a string, anything else as base64.
#[allow(dead_code, reason = "whether it is used depends on the operations")]
pub(crate) async fn answer<E: Serialize>(
    answer: Result<ResponseValue<ByteStream>, Error<E>>,
) -> Result<Value, CallError> {
    let stream = match answer {
        Ok(value) => value.into_inner_stream(),
        Err(error) => return Err(arguments::failure(error).await),
    };
    let read = stream.try_fold(Vec::new(), |mut all: Vec<u8>, part| async move {
        all.extend_from_slice(&part);
        Ok(all)
    });
    let bytes = read.await.map_err(|error| CallError::Transport(error.to_string()))?;
    Ok(Value::String(String::from_utf8(bytes).unwrap_or_else(|error| STANDARD.encode(error.as_bytes()))))
}

#[allow(dead_code, reason = "whether it is used depends on the operations")]
impl Request {
    /// A `multipart/form-data` body: a part for each property, or for each element of a list. `files` are base64.
    pub(crate) fn multipart(self, content_type: &str, files: &[&str], body: Option<&impl Serialize>) -> Self {
        let Some(body) = body else { return self };
        let value = match serde_json::to_value(body).map(plain) {
            Ok(value) => value,
            Err(error) => return self.fail(format!("the body can't be written: {error}")),
        };
        let mut members: Vec<_> =
            value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()).collect();
        members.sort_by_key(|(name, _)| *name);
        let mut parts = Vec::new();
        for (name, value) in members {
            let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for value in values.iter().filter(|value| !value.is_null()) {
                match part(name, value, files.contains(&name.as_str())) {
                    Ok(part) => parts.push(part),
                    Err(reason) => return self.fail(format!("`{name}` {reason}")),
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
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        self.bytes(&format!("{essence}; boundary={boundary}"), Some(whole))
    }
}

/// A hash of all that it separates: the same call is the same bytes, and no content can hold it.
fn boundary(parts: &[(String, Vec<u8>)]) -> String {
    let mut hash = Sha256::new();
    for (head, content) in parts {
        for bytes in [head.as_bytes(), content] {
            hash.update(bytes.len().to_le_bytes());
            hash.update(bytes);
        }
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A part: what follows `Content-Disposition: `, and the content.
fn part(name: &str, value: &Value, file: bool) -> Result<(String, Vec<u8>), String> {
    let name = name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22");
    let head = format!("form-data; name=\"{name}\"");
    Ok(match value {
        _ if file => (format!("{head}; filename=\"file\"\r\nContent-Type: application/octet-stream"), decoded(value)?),
        Value::String(text) => (head, text.clone().into_bytes()),
        Value::Array(_) | Value::Object(_) => {
            (format!("{head}\r\nContent-Type: application/json"), value.to_string().into_bytes())
        }
        other => (head, other.to_string().into_bytes()),
    })
}
