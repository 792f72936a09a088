//! `application/x-www-form-urlencoded` bodies.
//!
//! A property is written as its Encoding Object says. Without one (OpenAPI 3.0.4 and 3.1.1, Media Type Object): scalars
//! as they are, an array as the same name again and again, and an object inside as its JSON text.

use super::{BuildError, encode, query, shape};
use serde_json::Value;
use std::collections::BTreeMap;
use uaps_model::{BodyKind, Encoding, FieldError, Param, Place};

/// Writes an object as a form.
pub fn write(value: &Value, encoding: &BTreeMap<String, Encoding>) -> Result<String, BuildError> {
    let mut pairs = Vec::new();
    for (name, value) in members(value, "a form")? {
        match encoding.get(name) {
            Some(Encoding::Styled { .. }) => {
                styled(encoding, name)
                    .into_iter()
                    .try_for_each(|param| query::write(&param, value, &mut pairs))
                    .map_err(inside)?;
            }
            other => {
                let json = other.is_some_and(is_json);
                let texts = items(value).filter_map(|v| text(v, json));
                pairs.extend(texts.map(|text| (encode::strict(name), encode::strict(&text))));
            }
        }
    }
    Ok(pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"))
}

/// The members of a body, by name, so that the wire doesn't depend on how a map keeps them.
pub fn members<'v>(value: &'v Value, sent_as: &str) -> Result<Vec<(&'v str, &'v Value)>, BuildError> {
    let Some(members) = value.as_object() else {
        let detail = format!("must be an object, because it is sent as {sent_as}");
        return Err(BuildError::Argument(FieldError { pointer: "/body".into(), detail }));
    };
    let mut members: Vec<_> = members.iter().map(|(name, value)| (name.as_str(), value)).collect();
    members.sort_by_key(|(name, _)| *name);
    Ok(members)
}

/// What is written one by one: the elements of an array, else the value itself.
pub fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice).iter().filter(|item| !item.is_null())
}

/// A value as text: JSON where the media type is JSON, and where there is no other text of it.
pub fn text(value: &Value, json: bool) -> Option<String> {
    if json { Some(value.to_string()).filter(|_| !value.is_null()) } else { shape::text(value) }
}

/// Whether a property is written as JSON.
pub fn is_json(encoding: &Encoding) -> bool {
    matches!(encoding, Encoding::Media { content_type } if BodyKind::of(content_type) == BodyKind::Json)
}

/// The query parameter that a styled property is written as.
pub fn styled(encoding: &BTreeMap<String, Encoding>, name: &str) -> Option<Param> {
    let Encoding::Styled { style, explode, allow_reserved } = encoding.get(name)? else { return None };
    Some(Param {
        name: name.to_owned(),
        key: name.to_owned(),
        place: Place::Query,
        required: false,
        style: *style,
        explode: *explode,
        allow_reserved: *allow_reserved,
        json: false,
        schema: Value::Bool(true),
    })
}

/// The same error, told of a member of the body.
pub fn inside(error: BuildError) -> BuildError {
    match error {
        BuildError::Argument(FieldError { pointer, detail }) => {
            BuildError::Argument(FieldError { pointer: format!("/body{pointer}"), detail })
        }
        other => other,
    }
}
