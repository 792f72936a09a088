//! Request bodies, by the media type that the request names.

use super::super::{encode, form};
use super::coerce::coerce;
use super::{DecodeError, multipart, query};
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
        BodyKind::Form => read_form(bytes, media, named)?,
        BodyKind::Multipart => multipart::decode(got, bytes, media, named).map_err(DecodeError::Malformed)?,
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

fn read_form(bytes: &[u8], media: &MediaType, named: &Named) -> Result<Value, DecodeError> {
    let text = std::str::from_utf8(bytes).map_err(|_| DecodeError::Malformed("the form is not UTF-8".into()))?;
    let pairs: Vec<_> = text.split('&').filter(|pair| !pair.is_empty()).map(query::pair).collect();
    let (mut members, left) = styled(&pairs, media, named).map_err(DecodeError::Malformed)?;
    for (name, raw) in left {
        let text = encode::decode(raw)
            .ok_or_else(|| DecodeError::Malformed("the form is not UTF-8 once it is decoded".into()))?;
        add(&mut members, name.clone(), &text, media, named);
    }
    Ok(members.into())
}

/// Members read from a form, and the pairs that are left.
type Taken<'p> = (Map<String, Value>, Vec<&'p (String, String)>);

/// The properties of a form that are written in a style, and the pairs that are none of theirs.
pub fn styled<'p>(pairs: &'p [(String, String)], media: &MediaType, named: &Named) -> Result<Taken<'p>, String> {
    let properties = schema::property_names(&media.schema, named);
    let mut members = Map::new();
    let mut left = vec![true; pairs.len()];
    for name in media.encoding.keys() {
        let Some(mut param) = form::styled(&media.encoding, name) else { continue };
        param.schema = schema::property(&media.schema, name, named).cloned().unwrap_or(Value::Null);
        let free = |other: &str| !properties.contains(&other);
        if let Some((value, taken)) =
            query::read(&param, pairs, &free, named).map_err(|reason| format!("the field `{name}` {reason}"))?
        {
            members.insert(name.clone(), value);
            taken.into_iter().for_each(|at| left.get_mut(at).into_iter().for_each(|left| *left = false));
        }
    }
    let left = pairs.iter().zip(left).filter(|(_, left)| *left).map(|(pair, _)| pair).collect();
    Ok((members, left))
}

/// Adds a field to a form's object; one that the schema calls an array gathers its repetitions.
pub fn add(members: &mut Map<String, Value>, name: String, text: &str, media: &MediaType, named: &Named) {
    let property = schema::property(&media.schema, &name, named).unwrap_or(&Value::Null);
    let json = media.encoding.get(&name).is_some_and(form::is_json);
    // What isn't JSON after all stays text, so that validation can say so.
    let read = |schema| {
        let value = json.then(|| serde_json::from_str(text).ok()).flatten();
        value.unwrap_or_else(|| coerce(text, schema, named))
    };
    if schema::types(property, named).array {
        let item = read(schema::items(property, named).unwrap_or(&Value::Null));
        push(members, name, item);
    } else {
        let value = read(property);
        members.insert(name, value);
    }
}

/// Adds an element to the array under `name`.
pub fn push(members: &mut Map<String, Value>, name: String, item: Value) {
    match members.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
        Value::Array(items) => items.push(item),
        other => *other = item,
    }
}
