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
    if is_conditional(members) {
        // Which members there are depends on the value. No type says that.
        members.retain(|key, _| matches!(key.as_str(), "description" | "nullable" | "readOnly" | "writeOnly"));
    }
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

/// Whether a part that holds only sometimes brings members of its own.
fn is_conditional(members: &Map<String, Value>) -> bool {
    let brings =
        |schema: &Value| ["properties", "$ref", "allOf", "oneOf", "anyOf"].iter().any(|key| schema.get(key).is_some());
    let named = members.get("dependentSchemas").and_then(Value::as_object).into_iter().flat_map(Map::values);
    ["then", "else"].iter().filter_map(|key| members.get(*key)).chain(named).any(brings)
}

/// Members by pattern, and lists whose elements differ by place, in words that 3.0 has for them. It comes before references
/// are looked for, because what is moved here may hold some.
pub(super) fn maps(members: &mut Map<String, Value>) {
    if !members.contains_key("additionalProperties") {
        let patterns = members.get("patternProperties").and_then(Value::as_object);
        let one = patterns.filter(|p| p.len() == 1).and_then(|p| p.values().next()).filter(|schema| schema.is_object());
        let rest = one.cloned().or_else(|| patterns.filter(|p| !p.is_empty()).map(|_| Map::new().into()));
        let rest = rest.or_else(|| members.get("unevaluatedProperties").filter(|schema| schema.is_object()).cloned());
        members.extend(rest.map(|schema| ("additionalProperties".to_owned(), schema)));
    } else if members.get("additionalProperties") == Some(&Value::Bool(false))
        && members.contains_key("patternProperties")
    {
        members.insert("additionalProperties".into(), Map::new().into());
    }
    if members.contains_key("prefixItems") {
        members.insert("items".into(), Map::new().into());
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
    fn patterns_and_places_are_said_in_other_words() {
        let check = |schema: Value, expected: Value| {
            let mut schema = schema;
            maps(schema.as_object_mut().unwrap());
            mend(&mut schema);
            assert_eq!(schema, expected);
        };
        check(
            json!({"type": "object", "patternProperties": {"^x-": {"type": "string"}}}),
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
        );
        check(
            json!({"additionalProperties": false, "patternProperties": {"^x-": {"type": "string"}}}),
            json!({"type": "object", "additionalProperties": {}}),
        );
        check(json!({"prefixItems": [{"type": "string"}], "items": false}), json!({"type": "array", "items": {}}));
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
        check(
            json!({"properties": {"a": {}}, "if": {}, "then": {"properties": {"b": {}}}, "description": "d"}),
            json!({"description": "d"}),
        );
        check(json!({"type": "string", "if": {}, "then": {"minLength": 1}}), json!({"type": "string"}));
        check(json!({"type": "file", "minimum": 9e99, "example": {}}), json!({"type": "string"}));
    }
}
