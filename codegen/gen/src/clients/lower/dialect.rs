//! The gate: what is not in the dialect does not pass.

use super::walk;
use serde_json::{Value, json};

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

/// Drops every other keyword.
pub(super) fn lower(document: &mut Value) {
    walk::each_schema(document, &mut gate);
}

fn gate(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else {
        *schema = json!({});
        return;
    };
    members.retain(|key, _| KEYWORDS.contains(&key.as_str()));
    let nullable = members.remove("nullable") == Some(Value::Bool(true));
    let kind = members.get("type").and_then(Value::as_str);
    if members.contains_key("type") && !kind.is_some_and(|kind| TYPES.contains(&kind)) {
        members.remove("type");
    }
    if members.contains_key("$ref") {
        members.retain(|key, _| key == "$ref" || key == "description");
    } else if members.contains_key("oneOf") {
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
            json!({"$ref": "#/components/schemas/A", "nullable": true, "items": {}}),
            json!({"$ref": "#/components/schemas/A", "nullable": true}),
        );
        check(json!(true), json!({}));
    }
}
