//! Keywords of the wrong JSON type: removed, or read as what their writer meant.

use super::{prose, walk};
use serde_json::{Map, Value};

/// Mends every schema of `document`.
pub(super) fn lower(document: &mut Value) {
    walk::each_schema(document, &mut mend);
}

fn mend(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else {
        // `true`, `false`, a string where a schema is due.
        *schema = Map::new().into();
        return;
    };
    members.retain(|key, value| match key.as_str() {
        "properties" => value.is_object(),
        "required" | "enum" => value.is_array(),
        "allOf" | "oneOf" | "anyOf" => value.as_array().is_some_and(|members| !members.is_empty()),
        "readOnly" | "writeOnly" => *value == Value::Bool(true),
        "items" | "$ref" | "const" | "not" => true,
        "type" | "format" | "nullable" | "additionalProperties" | "description" | "contentEncoding" => !value.is_null(),
        _ => false,
    });
    if let Some(Value::Array(required)) = members.get_mut("required") {
        required.retain(Value::is_string);
    }
    if members.get("items").is_some_and(|items| !items.is_object()) {
        members.insert("items".into(), Map::new().into());
    }
    if members.get("additionalProperties").is_some_and(|more| !more.is_object() && !more.is_boolean()) {
        members.remove("additionalProperties");
    }
    if let Some(description) = members.remove("description").as_ref().and_then(Value::as_str).map(prose::clean)
        && !description.is_empty()
    {
        members.insert("description".into(), description.into());
    }
    match members.get("type").and_then(Value::as_str) {
        Some("object" | "array" | "string" | "number" | "integer" | "boolean" | "null") => {}
        Some("file") => drop(members.insert("type".into(), "string".into())),
        None if members.get("type").is_some_and(Value::is_array) => {}
        _ => infer_type(members),
    }
}

/// Where no type is said, some keywords leave only one.
fn infer_type(members: &mut Map<String, Value>) {
    let kind = if members.contains_key("properties") || members.contains_key("additionalProperties") {
        Some("object")
    } else if members.contains_key("items") {
        Some("array")
    } else {
        None
    };
    match kind {
        Some(kind) => drop(members.insert("type".into(), kind.into())),
        None => drop(members.remove("type")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(schema: Value, expected: Value) {
        let mut schema = schema;
        mend(&mut schema);
        assert_eq!(schema, expected);
    }

    #[test]
    fn what_cannot_be_read_goes() {
        check(json!("string"), json!({}));
        check(json!({"type": "string", "required": true}), json!({"type": "string"}));
        check(
            json!({"properties": {}, "required": ["a", 1]}),
            json!({"type": "object", "properties": {}, "required": ["a"]}),
        );
        check(json!({"properties": "none", "allOf": []}), json!({}));
        check(json!({"type": "any", "items": [1]}), json!({"type": "array", "items": {}}));
        check(json!({"type": "file", "minimum": 9e99, "example": {}}), json!({"type": "string"}));
    }
}
