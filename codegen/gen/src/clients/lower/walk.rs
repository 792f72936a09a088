//! Visits schemas where they stand, and nothing that merely looks like one (a property called `$ref`, an example).

use crate::clients::ident::pascal;
use serde_json::{Map, Value};

/// Schemas nested deeper than this become `{}`: nobody writes them, and the passes recurse.
const DEEPEST: usize = 64;

/// The media type under which lowered bodies and answers with a schema stand.
pub(in crate::clients) const JSON: &str = "application/json";

/// Calls `visit` on every schema: the outer one first, then what it has become on the inside.
pub(super) fn each_schema(document: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    each_root(document, &mut |_, schema| outer_first(schema, visit, DEEPEST));
}

/// Calls `visit` on `schema` and everything in it.
fn outer_first(schema: &mut Value, visit: &mut dyn FnMut(&mut Value), left: usize) {
    if left == 0 {
        *schema = Map::new().into();
        return;
    }
    visit(schema);
    each_child(schema, &mut |_, child| outer_first(child, visit, left - 1));
}

/// Calls `visit` on each schema directly under `schema`, with a hint for its name.
pub(super) fn each_child(schema: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    let Some(schema) = schema.as_object_mut() else { return };
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (name, property) in properties {
            visit(name, property);
        }
    }
    for (key, hint) in [("items", "Item"), ("additionalProperties", "Value"), ("not", "Not")] {
        if let Some(child) = schema.get_mut(key).filter(|child| key != "additionalProperties" || child.is_object()) {
            visit(hint, child);
        }
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        if let Some(Value::Array(members)) = schema.get_mut(key) {
            for (at, member) in members.iter_mut().enumerate() {
                visit(&format!("Variant{}", at + 1), member);
            }
        }
    }
}

/// Calls `visit` on each outermost schema: first the named ones with their names, then those of each operation, with
/// the name they would have.
pub(super) fn each_root(document: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        for (name, schema) in schemas {
            visit(name, schema);
        }
    }
    let Some(Value::Object(operations)) = document.get_mut("operations") else { return };
    for operation in operations.values_mut() {
        let prefix = operation.get("typeName").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(Value::Array(params)) = operation.get_mut("parameters") {
            for param in params {
                let name = format!("{prefix}{}", pascal(param.get("name").and_then(Value::as_str).unwrap_or_default()));
                if let Some(schema) = param.get_mut("schema") {
                    visit(&name, schema);
                }
            }
        }
        if let Some(schema) = operation.get_mut("requestBody").and_then(json_schema) {
            visit(&format!("{prefix}Body"), schema);
        }
        if let Some(Value::Object(responses)) = operation.get_mut("responses") {
            for (status, response) in responses {
                let hint = if status.starts_with('2') { "Answer" } else { "Failure" };
                if let Some(schema) = json_schema(response) {
                    visit(&format!("{prefix}{hint}"), schema);
                }
            }
        }
    }
}

fn json_schema(holder: &mut Value) -> Option<&mut Value> {
    holder.get_mut("content")?.get_mut(JSON)?.get_mut("schema")
}

/// The named schemas as they are now.
pub(super) fn named(document: &Value) -> Map<String, Value> {
    document.pointer("/components/schemas").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// The name in `#/components/schemas/<name>`.
pub(super) fn referred(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(REFERENCE)
}

/// A reference to a named schema.
pub(super) fn reference(name: &str) -> Value {
    Value::String(format!("{REFERENCE}{name}"))
}

/// What references to named schemas start with.
const REFERENCE: &str = "#/components/schemas/";

/// Whether `schema` says `nullable: true`.
pub(super) fn is_nullable(schema: &Value) -> bool {
    schema.get("nullable") == Some(&Value::Bool(true))
}

/// Replaces `schema` by `new`, keeping its description and whether it is nullable.
pub(super) fn replace(schema: &mut Value, new: Value) {
    let old = std::mem::replace(schema, new);
    let Some(schema) = schema.as_object_mut() else { return };
    if is_nullable(&old) {
        schema.insert("nullable".into(), true.into());
    }
    for key in ["description", "readOnly", "writeOnly"] {
        if let Some(value) = old.get(key) {
            schema.insert(key.into(), value.clone());
        }
    }
}
