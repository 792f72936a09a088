//! Request bodies, by the media type that the request names.

use super::super::encode;
use super::coerce::coerce;
use super::{DecodeError, multipart};
use crate::schema::{self, Named};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::{Map, Value};
use uaps_model::{BodyKind, MediaType, Operation};

/// The body as the value that a tool call has under `body`. `None` for an empty one, unless it is an empty form.
pub fn decode(op: &Operation, headers: &HeaderMap, bytes: &[u8], named: &Named) -> Result<Option<Value>, DecodeError> {
    if bytes.is_empty() {
        let got = headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let form = op.body.is_some() && got.is_some_and(|got| BodyKind::of(got) == BodyKind::Form);
        return Ok(form.then(|| Map::new().into()));
    }
    let preferred = op.body.as_ref().and_then(|body| body.preferred());
    let (Some(body), Some(preferred)) = (op.body.as_ref(), preferred) else {
        return Err(DecodeError::Malformed(format!("{} {} takes no request body; send none", op.method, op.path)));
    };
    let got = match headers.get(http::header::CONTENT_TYPE) {
        Some(value) => value.to_str().map_err(|_| DecodeError::Malformed("Content-Type is not ASCII".into()))?,
        None => preferred.content_type.as_str(),
    };
    let acceptable = |media: &&MediaType| is_structured(media.kind) == is_structured(preferred.kind);
    let media =
        body.media.iter().filter(acceptable).find(|media| matches(&media.content_type, got)).ok_or_else(|| {
            let accepted = body.media.iter().filter(acceptable).map(|m| m.content_type.clone()).collect();
            DecodeError::MediaType { got: got.to_owned(), accepted }
        })?;
    let value = match media.kind {
        BodyKind::Json => serde_json::from_slice(bytes)
            .map_err(|e| DecodeError::Malformed(format!("the request body is not JSON: {e}")))?,
        BodyKind::Form => form(bytes, &media.schema, named)?,
        BodyKind::Multipart => multipart::decode(got, bytes, &media.schema, named).map_err(DecodeError::Malformed)?,
        BodyKind::Text => Value::String(
            String::from_utf8(bytes.to_vec())
                .map_err(|_| DecodeError::Malformed("the request body is not UTF-8".into()))?,
        ),
        BodyKind::Binary => Value::String(STANDARD.encode(bytes)),
    };
    Ok(Some(value))
}

/// Kinds that hold the same value in different clothes, so that one may stand for the other.
fn is_structured(kind: BodyKind) -> bool {
    matches!(kind, BodyKind::Json | BodyKind::Form | BodyKind::Multipart)
}

/// Whether a media type, or a range such as `image/*`, covers what the request names. Parameters don't count.
fn matches(declared: &str, got: &str) -> bool {
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (declared, got) = (essence(declared), essence(got));
    match declared.split_once('/') {
        Some(("*", "*")) => true,
        Some((kind, "*")) => got.split_once('/').is_some_and(|(got, _)| got == kind),
        _ => declared == got,
    }
}

fn form(bytes: &[u8], schema: &Value, named: &Named) -> Result<Value, DecodeError> {
    let text = std::str::from_utf8(bytes).map_err(|_| DecodeError::Malformed("the form is not UTF-8".into()))?;
    let mut members = Map::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let pair = pair.replace('+', "%20");
        let (name, value) = pair.split_once('=').unwrap_or((&pair, ""));
        let bad = || DecodeError::Malformed("the form is not UTF-8 once it is decoded".into());
        add(
            &mut members,
            encode::decode(name).ok_or_else(bad)?,
            &encode::decode(value).ok_or_else(bad)?,
            schema,
            named,
        );
    }
    Ok(members.into())
}

/// Adds a field to a form's object; one that the schema calls an array gathers its repetitions.
pub fn add(members: &mut Map<String, Value>, name: String, text: &str, schema: &Value, named: &Named) {
    let property = schema::property(schema, &name, named).unwrap_or(&Value::Null);
    if !schema::types(property, named).array {
        members.insert(name, coerce(text, property, named));
        return;
    }
    let item = coerce(text, schema::items(property, named).unwrap_or(&Value::Null), named);
    push(members, name, item);
}

/// Adds an element to the array under `name`.
pub fn push(members: &mut Map<String, Value>, name: String, item: Value) {
    match members.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
        Value::Array(items) => items.push(item),
        other => *other = item,
    }
}
