//! Schemas as text in which only what judges is left, so that equal text means the same schema.

use serde_json::{Map, Value};

/// Keywords that judge nothing. `default` and `deprecated` are compared by themselves.
const ANNOTATIONS: [&str; 18] = [
    "$anchor",
    "$comment",
    "$id",
    "$schema",
    "default",
    "deprecated",
    "description",
    "discriminator",
    "example",
    "examples",
    "externalDocs",
    "markdownDescription",
    "nullable",
    "readOnly",
    "summary",
    "title",
    "writeOnly",
    "xml",
];

/// Keywords whose members are schemas with names that somebody chose.
pub(super) const MAPS: [&str; 4] = ["$defs", "dependentSchemas", "patternProperties", "properties"];

/// Whether a keyword judges nothing.
pub(super) fn is_annotation(keyword: &str) -> bool {
    keyword.starts_with("x-") || ANNOTATIONS.contains(&keyword)
}

/// Whether the order of schemas that are all taken together, or of which any is taken, is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// As it was written.
    Kept,
    /// One and the same, however it was written.
    Any,
}

/// A schema as text.
pub(super) fn schema(value: &Value) -> String {
    strip(value, Order::Kept).to_string()
}

/// A schema as text in which the order of parts and of alternatives means nothing either.
pub(super) fn content(value: &Value) -> String {
    strip(value, Order::Any).to_string()
}

/// What stands under a keyword.
pub(super) fn under(keyword: &str, value: &Value) -> Value {
    in_order(keyword, value, Order::Kept)
}

/// What stands under a keyword, in an order.
pub(super) fn in_order(keyword: &str, value: &Value, order: Order) -> Value {
    match (keyword, value) {
        // Names of properties, whatever they are.
        ("const" | "dependentRequired", _) => value.clone(),
        (_, Value::Object(members)) if MAPS.contains(&keyword) => {
            let stripped: Map<String, Value> =
                members.iter().map(|(name, schema)| (name.clone(), strip(schema, order))).collect();
            Value::Object(stripped)
        }
        // The order of these means nothing.
        ("enum" | "required" | "type", Value::Array(names)) => sorted(names.clone()),
        ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) if order == Order::Any => {
            sorted(schemas.iter().map(|schema| strip(schema, order)).collect())
        }
        _ => strip(value, order),
    }
}

fn strip(schema: &Value, order: Order) -> Value {
    match schema {
        Value::Object(object) => {
            let said = object.iter().filter(|(keyword, _)| !is_annotation(keyword));
            let mut said: Vec<_> =
                said.map(|(keyword, value)| (keyword.clone(), in_order(keyword, value, order))).collect();
            said.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(said.into_iter().collect())
        }
        Value::Array(schemas) => schemas.iter().map(|schema| strip(schema, order)).collect(),
        other => other.clone(),
    }
}

fn sorted(mut values: Vec<Value>) -> Value {
    values.sort_by_cached_key(ToString::to_string);
    values.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn only_what_judges_is_left() {
        let schema = json!({
            "title": "A", "x-b": 1, "type": ["string", "null"],
            "properties": {"title": {"description": "", "const": {"title": 1}}},
        });
        let expected = r#"{"properties":{"title":{"const":{"title":1}}},"type":["null","string"]}"#;
        assert_eq!(super::schema(&schema), expected);
    }

    #[test]
    fn content_has_no_order() {
        let schema = |a: &str, b: &str| json!({"anyOf": [{"type": a}, {"allOf": [{"type": b}, {"minimum": 1}]}]});
        let turned = json!({"anyOf": [{"allOf": [{"minimum": 1}, {"type": "b"}]}, {"type": "a"}]});
        assert_eq!(super::content(&schema("a", "b")), super::content(&turned));
        assert_ne!(super::content(&schema("b", "a")), super::content(&turned));
        assert_ne!(super::schema(&schema("a", "b")), super::schema(&turned));
    }
}
