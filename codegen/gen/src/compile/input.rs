//! The input schema of a tool: one object with everything that a caller passes.

use super::body;
use super::params::{BODY, Declared};
use super::text;
use serde_json::{Map, Value, json};
use uaps_model::IDEMPOTENCY_KEY;
use uaps_spec::Node;

/// Each parameter under its key, the body under `body`, and the idempotency key of a purchase.
pub(super) fn input(params: &[Declared<'_>], body: Option<&body::Declared<'_>>, purchase: bool) -> Value {
    let mut properties = Map::new();
    let mut required: Vec<&str> = Vec::new();
    for Declared { param, node } in params {
        properties.insert(param.key.clone(), property(&param.schema, *node));
        if param.required {
            required.push(&param.key);
        }
    }
    if let Some(body::Declared { body, node, .. }) = body
        && let Some(media) = body.preferred()
    {
        properties.insert(BODY.into(), property(&media.schema, Some(*node)));
        if body.required {
            required.push(BODY);
        }
    }
    if purchase {
        properties.insert(IDEMPOTENCY_KEY.into(), idempotency_key());
        required.push(IDEMPOTENCY_KEY);
    }
    let mut input = Map::new();
    input.insert("type".into(), "object".into());
    input.insert("properties".into(), properties.into());
    if !required.is_empty() {
        input.insert("required".into(), json!(required));
    }
    input.insert("additionalProperties".into(), false.into());
    input.into()
}

/// A parameter's schema with the words and the example that stand beside it.
fn property(schema: &Value, node: Option<&Node>) -> Value {
    let mut property = schema.as_object().cloned().unwrap_or_default();
    let description = text::description(node.and_then(|node| node.str_at("description")).unwrap_or_default());
    if !description.is_empty() {
        property.insert("description".into(), description.into());
    }
    if node.is_some_and(|node| node.is_true("deprecated")) {
        property.insert("deprecated".into(), true.into());
    }
    property.into()
}

/// Shows the values that the document itself gives for parameters, once they are known to fit.
pub(super) fn add_examples(input: &mut Value, params: &[Declared<'_>], arguments: &Value) {
    for Declared { param, node } in params {
        let given = node.is_some_and(|node| node.get("example").is_some() || node.get("examples").is_some());
        let property = input.get_mut("properties").and_then(|properties| properties.get_mut(&param.key));
        if let (true, Some(value), Some(Value::Object(property))) = (given, arguments.get(&param.key), property) {
            property.entry("examples").or_insert_with(|| json!([value]));
        }
    }
}

fn idempotency_key() -> Value {
    json!({
        "type": "string",
        "minLength": 1,
        "maxLength": 255,
        "pattern": "^[!-~]+$",
        "description": "A value of your choice that names this purchase, such as a fresh UUID. The same value with the \
            same arguments never buys twice: it answers the first purchase again.",
    })
}
