//! Request bodies by media type.

use super::{BuildError, form, multipart, shape};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::HeaderValue;
use serde_json::Value;
use std::collections::BTreeMap;
use uaps_model::{BodyKind, FieldError, MediaType, Operation};

/// A body with its `Content-Type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedBody {
    /// As it goes into the header.
    pub content_type: HeaderValue,
    /// The bytes.
    pub bytes: Bytes,
}

/// Writes `value` as `media` says. `named` are the service's schemas, which tell files from text in a multipart body.
pub fn write(
    op: &Operation,
    media: &MediaType,
    value: &Value,
    named: &BTreeMap<String, Value>,
) -> Result<EncodedBody, BuildError> {
    let (content_type, bytes) = match media.kind {
        BodyKind::Json => (concrete(&media.content_type, "application/json"), value.to_string().into_bytes()),
        BodyKind::Form => (media.content_type.clone(), form::write(value, &media.encoding)?.into_bytes()),
        BodyKind::Multipart => multipart::write(media, value, named)?,
        BodyKind::Text => {
            let text = shape::text(value).unwrap_or_default();
            (concrete(&media.content_type, "text/plain; charset=utf-8"), text.into_bytes())
        }
        BodyKind::Binary => (concrete(&media.content_type, "application/octet-stream"), binary(value, "/body")?),
    };
    let content_type = HeaderValue::try_from(content_type).map_err(|_| BuildError::Operation {
        tool: op.tool.to_string(),
        reason: format!("its body's media type `{}` is not a legal header value", media.content_type.escape_default()),
    })?;
    Ok(EncodedBody { content_type, bytes: bytes.into() })
}

/// The bytes of a binary value: base64 text, or an object with the text under `data_base64`.
pub fn binary(value: &Value, pointer: &str) -> Result<Vec<u8>, BuildError> {
    let (text, pointer) = match value.get("data_base64") {
        Some(inner) => (inner.as_str(), format!("{pointer}/data_base64")),
        None => (value.as_str(), pointer.to_owned()),
    };
    let wrong = |detail: &str| BuildError::Argument(FieldError { pointer: pointer.clone(), detail: detail.to_owned() });
    let text = text.ok_or_else(|| wrong("must be base64 text, because the body is binary"))?;
    decode_base64(text).ok_or_else(|| wrong("is not valid base64"))
}

/// Base64 in either alphabet, padded or not, with line breaks or not.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let alphabet = if text.contains(['-', '_']) { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    GeneralPurpose::new(alphabet, config).decode(text).ok()
}

/// A range such as `*/*` can't be sent; its place takes `instead`.
fn concrete(content_type: &str, instead: &str) -> String {
    if content_type.contains('*') { instead.to_owned() } else { content_type.to_owned() }
}
