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
const MAPS: [&str; 4] = ["$defs", "dependentSchemas", "patternProperties", "properties"];

/// Whether a keyword judges nothing.
pub(super) fn is_annotation(keyword: &str) -> bool {
    keyword.starts_with("x-") || ANNOTATIONS.contains(&keyword)
}

/// A schema as text.
pub(super) fn schema(value: &Value) -> String {
    strip(value).to_string()
}

/// What stands under a keyword, as text.
pub(super) fn under(keyword: &str, value: &Value) -> String {
    inner(keyword, value).to_string()
}

fn strip(schema: &Value) -> Value {
    match schema {
        Value::Object(object) => {
            let said = object.iter().filter(|(keyword, _)| !is_annotation(keyword));
            let mut said: Vec<_> = said.map(|(keyword, value)| (keyword.clone(), inner(keyword, value))).collect();
            said.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(said.into_iter().collect())
        }
        Value::Array(schemas) => schemas.iter().map(strip).collect(),
        other => other.clone(),
    }
}

fn inner(keyword: &str, value: &Value) -> Value {
    match (keyword, value) {
        // Names of properties, whatever they are.
        ("const" | "dependentRequired", _) => value.clone(),
        (_, Value::Object(members)) if MAPS.contains(&keyword) => {
            let stripped: Map<String, Value> =
                members.iter().map(|(name, schema)| (name.clone(), strip(schema))).collect();
            Value::Object(stripped)
        }
        // The order of these means nothing.
        ("enum" | "required" | "type", Value::Array(names)) => {
            let mut names = names.clone();
            names.sort_by_key(ToString::to_string);
            names.into()
        }
        _ => strip(value),
    }
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
}
