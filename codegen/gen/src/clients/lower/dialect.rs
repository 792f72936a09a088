//! The gate: what is not in the dialect does not pass.

use super::walk;
use serde_json::{Map, Value, json};

/// The keywords that any schema of the dialect may have.
const KEYWORDS: &[&str] = &[
    "$ref",
    "type",
    "format",
    "enum",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "oneOf",
    "nullable",
    "description",
];

/// The types it has; a document may name any, in a list too.
const TYPES: &[&str] = &["boolean", "integer", "number", "string", "array", "object"];

/// Drops every other keyword, writes `nullable` references as 3.0 does, and removes what was only for the passes.
pub(super) fn lower(document: &mut Value) {
    walk::each_schema(document, &mut gate);
    let Some(Value::Object(paths)) = document.get_mut("paths") else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(operation) = operation.as_object_mut() {
            operation.remove("x-type-name");
        }
    }
}

fn gate(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else {
        *schema = json!({});
        return;
    };
    members.retain(|key, _| KEYWORDS.contains(&key.as_str()));
    let nullable = members.remove("nullable") == Some(Value::Bool(true));
    if let Some(reference) = members.remove("$ref") {
        *schema = match (nullable, members.remove("description")) {
            (false, None) => json!({"$ref": reference}),
            (false, Some(text)) => json!({"allOf": [{"$ref": reference}], "description": text}),
            (true, None) => json!({"allOf": [{"$ref": reference}], "nullable": true}),
            (true, Some(text)) => json!({"allOf": [{"$ref": reference}], "nullable": true, "description": text}),
        };
        return;
    }
    let kind = members.get("type").and_then(Value::as_str);
    if members.contains_key("type") && !kind.is_some_and(|kind| TYPES.contains(&kind)) {
        members.remove("type");
    }
    if members.contains_key("oneOf") {
        members.retain(|key, _| key == "oneOf" || key == "description");
    } else if !members.contains_key("type") {
        // Anything, null included.
        members.retain(|key, _| key == "description");
        return;
    }
    if nullable {
        members.insert("nullable".into(), true.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schema: Value, expected: Value) {
        let mut schema = schema;
        gate(&mut schema);
        assert_eq!(schema, expected);
    }

    #[test]
    fn nothing_else_passes() {
        check(
            json!({"type": "string", "pattern": "(?i)a", "default": 1, "x-rust-type": {}}),
            json!({"type": "string"}),
        );
        check(json!({"not": {}, "nullable": true}), json!({}));
        for kind in [json!("http"), json!(["http"]), json!(null), json!("null"), json!("")] {
            check(json!({"type": kind, "properties": {}, "description": "d"}), json!({"description": "d"}));
        }
        check(
            json!({"$ref": "#/components/schemas/A", "nullable": true}),
            json!({"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": true}),
        );
        check(json!(true), json!({}));
    }
}
