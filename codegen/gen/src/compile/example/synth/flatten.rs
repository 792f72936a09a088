//! One schema object out of references and compositions: what a value must satisfy all at once.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How many references and compositions are followed into one another.
const MAX_DEPTH: usize = 32;

/// Merges `schema` with what it refers to and extends; of alternatives the `branch`th is taken.
pub(crate) fn flatten(schema: &Value, named: &BTreeMap<String, Value>, branch: usize) -> Map<String, Value> {
    let mut out = Map::new();
    let mut fuel = 256;
    add(&mut out, schema, named, branch, MAX_DEPTH, &mut fuel);
    out
}

fn add(
    out: &mut Map<String, Value>,
    schema: &Value,
    named: &BTreeMap<String, Value>,
    branch: usize,
    depth: usize,
    fuel: &mut usize,
) {
    let Some(schema) = schema.as_object() else { return };
    if depth == 0 || *fuel == 0 {
        return;
    }
    *fuel -= 1;
    let own: Map<String, Value> =
        schema.iter().filter(|(k, _)| !is_composition(k)).map(|(k, v)| (k.clone(), v.clone())).collect();
    merge(out, own);
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|r| named.get(r.strip_prefix("#/$defs/")?));
    if let Some(target) = target {
        add(out, target, named, branch, depth - 1, fuel);
    }
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        add(out, part, named, branch, depth - 1, fuel);
    }
    for keyword in ["anyOf", "oneOf"] {
        let parts = schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
        // `null` is an answer to everything and shows nothing.
        let (nulls, parts): (Vec<&Value>, Vec<&Value>) =
            parts.partition(|part| part.get("type") == Some(&json!("null")));
        let chosen = branch.checked_rem(parts.len()).and_then(|nth| parts.get(nth)).or(nulls.first());
        if let Some(part) = chosen {
            add(out, part, named, branch, depth - 1, fuel);
        }
    }
}

fn is_composition(keyword: &str) -> bool {
    matches!(keyword, "$ref" | "allOf" | "anyOf" | "oneOf" | "not")
}

/// Adds the keywords of one schema to those of another, so that a value must satisfy both.
fn merge(out: &mut Map<String, Value>, from: Map<String, Value>) {
    for (keyword, value) in from {
        let Some(have) = out.get_mut(&keyword) else {
            out.insert(keyword, value);
            continue;
        };
        match (keyword.as_str(), have, value) {
            ("properties", Value::Object(have), Value::Object(more)) => {
                for (name, schema) in more {
                    let both = match have.remove(&name) {
                        Some(first) if first != schema => json!({"allOf": [first, schema]}),
                        _ => schema,
                    };
                    have.insert(name, both);
                }
            }
            ("required", Value::Array(have), Value::Array(more)) => {
                have.extend(more.into_iter().filter(|name| !have.contains(name)).collect::<Vec<_>>());
            }
            ("type" | "enum", have, value) => {
                let both: Vec<Value> = list(have).iter().filter(|v| list(&value).contains(v)).cloned().collect();
                if !both.is_empty() {
                    *have = Value::Array(both);
                }
            }
            ("items", have, value) => *have = json!({"allOf": [have.clone(), value]}),
            ("additionalProperties", have, Value::Bool(false)) => *have = Value::Bool(false),
            (
                "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties",
                have @ Value::Number(_),
                value,
            ) if value.as_f64() > have.as_f64() => *have = value,
            (
                "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties",
                have @ Value::Number(_),
                value,
            ) if value.as_f64() < have.as_f64() => *have = value,
            _ => {}
        }
    }
}

fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schema: Value, branch: usize, expected: Value) {
        let named = BTreeMap::from([("A".to_owned(), json!({"type": "object", "required": ["a"]}))]);
        assert_eq!(Value::Object(flatten(&schema, &named, branch)), expected);
    }

    #[test]
    fn all_hold_at_once() {
        check(
            json!({"allOf": [{"$ref": "#/$defs/A"}, {"required": ["b", "a"], "minProperties": 1}], "minProperties": 2}),
            0,
            json!({"type": "object", "required": ["a", "b"], "minProperties": 2}),
        );
        check(
            json!({"properties": {"x": {"type": "string"}}, "allOf": [{"properties": {"x": {"minLength": 1}}}]}),
            0,
            json!({"properties": {"x": {"allOf": [{"type": "string"}, {"minLength": 1}]}}}),
        );
        check(json!({"enum": [1, 2], "allOf": [{"enum": [2, 3]}]}), 0, json!({"enum": [2]}));
    }

    #[test]
    fn one_alternative_is_taken() {
        let either = json!({"oneOf": [{"type": "null"}, {"type": "string"}, {"type": "integer"}]});
        check(either.clone(), 0, json!({"type": "string"}));
        check(either, 1, json!({"type": "integer"}));
        check(json!({"anyOf": [{"type": "null"}]}), 3, json!({"type": "null"}));
    }
}
