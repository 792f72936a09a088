//! Bytes: bodies that are sent, answers that are streamed. In JSON they stand as base64.

use crate::{
    arguments::{self, CallError},
    bytes::decoded,
    encode::is_json,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::TryStreamExt as _;
use progenitor_client::{ByteStream, Error, ResponseValue};
use reqwest::{Body, header::CONTENT_TYPE};
use serde::Serialize;
use serde_json::Value;

/// A body that may be absent.
#[allow(dead_code, reason = "whether it is used depends on the operations")]
pub(crate) fn optional(arguments: &Value, name: &str) -> Result<Option<Body>, CallError> {
    match arguments::optional::<Value>(arguments, name)? {
        None => Ok(None),
        Some(value) => decoded(&value).map(|bytes| Some(bytes.into())).map_err(|reason| arguments::bad(name, reason)),
    }
}

/// A body that must be there.
#[allow(dead_code, reason = "whether it is used depends on the operations")]
pub(crate) fn required(arguments: &Value, name: &str) -> Result<Body, CallError> {
    optional(arguments, name)?.ok_or_else(|| arguments::bad(name, "is missing"))
}

/// A streamed answer, read to its end, by what it says it is: JSON, text as a string, anything else as base64.
#[allow(dead_code, reason = "whether it is used depends on the operations")]
pub(crate) async fn answer<E: Serialize>(
    answer: Result<ResponseValue<ByteStream>, Error<E>>,
) -> Result<Value, CallError> {
    let (content_type, stream) = match answer {
        Ok(value) => {
            let content_type = value.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            (content_type.unwrap_or_default().to_ascii_lowercase(), value.into_inner_stream())
        }
        Err(error) => return Err(arguments::failure(error).await),
    };
    let read = stream.try_fold(Vec::new(), |mut all: Vec<u8>, part| async move {
        all.extend_from_slice(&part);
        Ok(all)
    });
    let bytes = read.await.map_err(|error| CallError::Transport(error.to_string()))?;
    if is_json(&content_type)
        && let Ok(value) = serde_json::from_slice(&bytes)
    {
        return Ok(value);
    }
    let is_text = content_type.starts_with("text/") || is_json(&content_type);
    Ok(Value::String(match String::from_utf8(bytes) {
        Ok(text) if is_text => text,
        Ok(text) => STANDARD.encode(text),
        Err(error) => STANDARD.encode(error.as_bytes()),
    }))
}
