//! Self-contained schemas.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
const DEFS: &str = "#/$defs/";

/// Makes `schema` a document of its own: names the dialect and adds, under `$defs`, each of `named` that it reaches.
///
/// Recursion stays finite, because a definition is added once and referred to by name.
pub fn bundle(schema: &Value, named: &BTreeMap<String, Value>) -> Value {
    let reached = reached(schema, named);
    let mut out = Map::new();
    out.insert("$schema".into(), DIALECT.into());
    match schema {
        Value::Object(object) => out.extend(object.clone()),
        // `true` is the empty schema; `false` refuses all.
        Value::Bool(false) => drop(out.insert("not".into(), Map::new().into())),
        _ => {}
    }
    if !reached.is_empty() {
        let defs: Map<String, Value> =
            reached.into_iter().filter_map(|name| Some((name.to_owned(), named.get(name)?.clone()))).collect();
        out.insert("$defs".into(), defs.into());
    }
    out.into()
}

/// The names of the schemas that `schema` reaches.
pub(crate) fn reached<'n>(schema: &Value, named: &'n BTreeMap<String, Value>) -> BTreeSet<&'n str> {
    let mut reached = BTreeSet::new();
    let mut todo = vec![schema];
    while let Some(value) = todo.pop() {
        match value {
            Value::Object(object) => {
                for name in references(object) {
                    let name = name.replace("~1", "/").replace("~0", "~");
                    if let Some((name, target)) = named.get_key_value(&name)
                        && reached.insert(name.as_str())
                    {
                        todo.push(target);
                    }
                }
                todo.extend(object.values());
            }
            Value::Array(items) => todo.extend(items),
            _ => {}
        }
    }
    reached
}

/// Bytes of a value as JSON text, about.
pub(crate) fn length(value: &Value) -> usize {
    match value {
        Value::Null => 4,
        Value::Bool(_) => 5,
        // Rarely more, and never much.
        Value::Number(_) => 8,
        Value::String(text) => text.len() + 2,
        Value::Array(items) => 2 + items.iter().map(|item| length(item) + 1).sum::<usize>(),
        Value::Object(members) => 2 + members.iter().map(|(name, value)| name.len() + length(value) + 4).sum::<usize>(),
    }
}

/// The names that a schema object refers to: by `$ref`, or as a form that its discriminator tells apart.
fn references(object: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let mapping = object.get("discriminator").and_then(|d| d.get("mapping")).and_then(Value::as_object);
    let targets = object.get("$ref").into_iter().chain(mapping.into_iter().flat_map(Map::values));
    targets.filter_map(Value::as_str).filter_map(|reference| reference.strip_prefix(DEFS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_reached_comes_along() {
        let named = BTreeMap::from([
            (
                "Tree".to_owned(),
                json!({"properties": {"kids": {"items": {"$ref": "#/$defs/Tree"}}, "leaf": {"$ref": "#/$defs/Leaf"}}}),
            ),
            ("Leaf".to_owned(), json!({"type": "string"})),
            ("Other".to_owned(), json!({})),
        ]);
        let bundled = bundle(&json!({"$ref": "#/$defs/Tree"}), &named);
        assert_eq!(bundled["$defs"].as_object().unwrap().keys().collect::<Vec<_>>(), ["Leaf", "Tree"]);
        assert_eq!(bundled["$ref"], "#/$defs/Tree");
    }
}
