//! `nullable: true`, which 2020-12 says with a type.

use serde_json::{Map, Value, json};

/// Keywords that describe and don't judge: they stay outside when the rest moves into an `anyOf`.
const ANNOTATIONS: [&str; 5] = ["title", "description", "default", "deprecated", "examples"];

/// Keywords whose schemas judge the same value and might refuse `null` whatever `type` says.
const COMPOSED: [&str; 9] = ["$ref", "allOf", "anyOf", "oneOf", "not", "const", "if", "then", "else"];

/// Whether `null` must be allowed through an `anyOf`.
pub(super) fn wraps(keywords: impl Fn(&str) -> bool) -> bool {
    COMPOSED.into_iter().any(keywords)
}

/// Lets a raised schema accept `null`.
pub(super) fn allow_null(mut schema: Map<String, Value>) -> Map<String, Value> {
    if !wraps(|keyword| schema.contains_key(keyword)) {
        if let Some(kind) = schema.get_mut("type") {
            add_null_type(kind);
        }
        if let Some(Value::Array(values)) = schema.get_mut("enum")
            && !values.contains(&Value::Null)
        {
            values.push(Value::Null);
        }
        return schema;
    }
    let mut outside: Map<String, Value> = Map::new();
    for keyword in ANNOTATIONS {
        if let Some(value) = schema.remove(keyword) {
            outside.insert(keyword.into(), value);
        }
    }
    outside.insert("anyOf".into(), json!([schema, {"type": "null"}]));
    outside
}

/// Adds `null` to the value of `type`.
pub(super) fn add_null_type(kind: &mut Value) {
    match kind {
        Value::Array(kinds) if !kinds.iter().any(|k| k == "null") => kinds.push("null".into()),
        Value::String(one) if one != "null" => *kind = json!([one, "null"]),
        _ => {}
    }
}
