//! The gateway's own paths, which belong to no service: its catalogue, a key's account, and what Stripe calls.

use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// Written by hand, because nothing else says it. Security and the answer of a problem are the same everywhere and added here.
static OWN: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("own.json")).unwrap_or_default());

/// The path items. `catalog`, `v1` and `webhooks` are no service's ids, so they collide with nothing.
pub fn paths() -> Map<String, Value> {
    let mut paths = member(&OWN, "paths");
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        operation["responses"]["default"] = json!({"$ref": "#/components/responses/penumbra.Problem"});
        if let Some(operation) = operation.as_object_mut() {
            operation.entry("tags").or_insert_with(|| json!(["account"]));
            operation.entry("security").or_insert_with(|| json!([{"bearer": []}, {"apiKey": []}]));
        }
    }
    paths
}

/// What the paths refer to.
pub fn components() -> Map<String, Value> {
    member(&OWN, "components")
}

/// A schema that the answers of services refer to, too.
pub fn schema(name: &str) -> Value {
    OWN["components"]["schemas"][name].clone()
}

fn member(of: &Value, name: &str) -> Map<String, Value> {
    of.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
}
