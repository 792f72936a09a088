//! Self-contained schemas.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
const DEFS: &str = "#/$defs/";

/// Makes `schema` a document of its own: names the dialect and adds, under `$defs`, each of `named` that it reaches.
///
/// Recursion stays finite, because a definition is added once and referred to by name.
pub fn bundle(schema: &Value, named: &BTreeMap<String, Value>) -> Value {
    let mut reached = BTreeSet::new();
    let mut todo = vec![schema];
    while let Some(value) = todo.pop() {
        match value {
            Value::Object(object) => {
                if let Some(name) = object.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix(DEFS)) {
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
