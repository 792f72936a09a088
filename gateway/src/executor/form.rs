//! `application/x-www-form-urlencoded` bodies.
//!
//! OpenAPI 3.0.3 (Media Type Object, "Support for x-www-form-urlencoded Request Bodies"): scalars as they are, an array
//! as the same name again and again (`style: form`, exploded), and an object inside as its JSON text.

use super::{BuildError, encode, shape};
use serde_json::Value;
use uaps_model::FieldError;

/// Writes an object as a form.
pub fn write(value: &Value) -> Result<String, BuildError> {
    let Some(members) = value.as_object() else {
        return Err(BuildError::Argument(FieldError {
            pointer: "/body".into(),
            detail: "must be an object, because it is sent as a form".into(),
        }));
    };
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_key(|(name, _)| *name);
    let mut pairs = Vec::new();
    for (name, value) in members {
        let name = encode::strict(name);
        let mut push = |v: &Value| pairs.extend(shape::text(v).map(|t| format!("{name}={}", encode::strict(&t))));
        match value {
            Value::Array(items) => items.iter().for_each(push),
            other => push(other),
        }
    }
    Ok(pairs.join("&"))
}
