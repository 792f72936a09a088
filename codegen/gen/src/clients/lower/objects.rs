//! Objects and lists.
//!
//! - A name that is required is a property, declared or not: it has to be sent.
//! - A property that goes one way only (`readOnly`, `writeOnly`) is not required: one type serves both ways.
//! - `additionalProperties: false` goes. It would refuse every answer to which the provider has added something.
//! - A list or map that may be absent is nullable, so that the type tells absent from empty.

use super::walk;
use serde_json::{Map, Value, json};

/// Mends every schema of `document`.
pub(super) fn lower(document: &mut Value) {
    let named = walk::named(document);
    walk::each_schema(document, &mut |schema| mend(schema, &named));
}

fn mend(schema: &mut Value, named: &Map<String, Value>) {
    let Some(members) = schema.as_object_mut() else { return };
    match members.get("type").and_then(Value::as_str) {
        Some("array") => drop(members.entry("items").or_insert_with(|| Map::new().into())),
        Some("object") => object(members, named),
        _ => {}
    }
}

fn object(members: &mut Map<String, Value>, named: &Map<String, Value>) {
    let required: Vec<String> = members
        .remove("required")
        .as_ref()
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    let mut properties = match members.remove("properties") {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    for name in &required {
        properties.entry(name.clone()).or_insert_with(|| Map::new().into());
    }
    let more = members.remove("additionalProperties").filter(|more| *more != Value::Bool(false));
    if properties.is_empty() {
        let of = more.filter(Value::is_object).unwrap_or_else(|| Map::new().into());
        members.insert("additionalProperties".into(), of);
        return;
    }
    if let Some(more) = more {
        members.insert("additionalProperties".into(), if more.is_object() { more } else { json!({}) });
    }
    let one_way = |name: &String| {
        let property = properties.get(name).and_then(Value::as_object);
        property.is_some_and(|p| p.contains_key("readOnly") || p.contains_key("writeOnly"))
    };
    let mut required: Vec<String> = required.iter().filter(|name| !one_way(name)).cloned().collect();
    for (name, property) in &mut properties {
        if !required.contains(name)
            && is_collection(property, named)
            && let Some(property) = property.as_object_mut()
        {
            property.insert("nullable".into(), true.into());
        }
    }
    members.insert("properties".into(), properties.into());
    required.sort();
    required.dedup();
    members.insert("required".into(), required.into());
}

/// Whether typify would make it a `Vec` or a map that stands for its own absence.
fn is_collection(schema: &Value, named: &Map<String, Value>) -> bool {
    let schema = walk::referred(schema).and_then(|name| named.get(name)).unwrap_or(schema);
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => true,
        Some("object") => schema.get("properties").and_then(Value::as_object).is_none_or(Map::is_empty),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schema: Value, expected: Value) {
        let mut schema = schema;
        mend(&mut schema, &Map::new());
        assert_eq!(schema, expected);
    }

    #[test]
    fn what_is_required_is_declared() {
        check(
            json!({"type": "object", "required": ["b", "a"], "properties": {"a": {"type": "string"}}, "additionalProperties": false}),
            json!({"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}, "b": {}}}),
        );
    }

    #[test]
    fn what_goes_one_way_is_not_required() {
        check(
            json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "readOnly": true}}}),
            json!({"type": "object", "required": [], "properties": {"id": {"type": "string", "readOnly": true}}}),
        );
    }

    #[test]
    fn absent_is_not_empty() {
        check(
            json!({"type": "object", "properties": {"tags": {"type": "array"}}}),
            json!({"type": "object", "properties": {"tags": {"type": "array", "nullable": true}}, "required": []}),
        );
    }

    #[test]
    fn an_object_without_properties_is_a_map() {
        check(json!({"type": "object"}), json!({"type": "object", "additionalProperties": {}}));
        check(
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
        );
        check(json!({"type": "array"}), json!({"type": "array", "items": {}}));
    }
}
