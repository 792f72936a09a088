//! A value without what its schema doesn't declare.
//!
//! Schemas are mostly open: what they don't name may be there. Some documents show such members in their own examples. The
//! executor sends them; a typed client has no place for them, and says so.

use crate::compile::example::synth::flatten::flatten;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How deep a value is looked at.
const MAX_DEPTH: usize = 32;

/// Branches of a union that are looked at.
const MAX_BRANCHES: usize = 64;

/// `value` with the members that `schema` declares, in whichever branch. An object of which nothing is declared, or whose
/// schema says what other members are, stays as it is.
pub(super) fn declared(schema: &Value, value: &Value, named: &BTreeMap<String, Value>) -> Value {
    within(schema, value, named, MAX_DEPTH)
}

fn within(schema: &Value, value: &Value, named: &BTreeMap<String, Value>, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return value.clone() };
    match value {
        Value::Array(items) => {
            let of = schemas(schema, named, |schema| schema.get("items").cloned());
            items.iter().map(|item| within(&of, item, named, depth)).collect()
        }
        Value::Object(members) => {
            let open = |schema: &Map<String, Value>| match schema.get("additionalProperties") {
                Some(more) => *more != Value::Bool(false),
                None => !schema.contains_key("properties"),
            };
            let branches = branches(schema, named);
            if branches.iter().any(open) {
                return value.clone();
            }
            let known = |name: &String| {
                let of = |branch: &Map<String, Value>| branch.get("properties")?.get(name).cloned();
                let found: Vec<Value> = branches.iter().filter_map(of).collect();
                // A member that is asked for is declared, if with no word about its value.
                let asked = |branch: &Map<String, Value>| {
                    branch
                        .get("required")
                        .and_then(Value::as_array)
                        .is_some_and(|names| names.iter().any(|n| n == name))
                };
                match found.is_empty() {
                    true => branches.iter().any(asked).then_some(Value::Bool(true)),
                    false => Some(json!({"anyOf": found})),
                }
            };
            let kept = members
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), within(&known(name)?, value, named, depth))));
            Value::Object(kept.collect())
        }
        scalar => scalar.clone(),
    }
}

fn schemas(
    schema: &Value,
    named: &BTreeMap<String, Value>,
    of: impl Fn(&Map<String, Value>) -> Option<Value>,
) -> Value {
    let found: Vec<Value> = branches(schema, named).iter().filter_map(of).collect();
    if found.is_empty() { Value::Bool(true) } else { json!({"anyOf": found}) }
}

/// The schema once for each branch of its unions; different ones only.
fn branches(schema: &Value, named: &BTreeMap<String, Value>) -> Vec<Map<String, Value>> {
    let mut all: Vec<Map<String, Value>> = Vec::new();
    for nth in 0..MAX_BRANCHES {
        let branch = flatten(schema, named, nth);
        // Branches are taken round and round.
        if all.first() == Some(&branch) && nth > 1 {
            break;
        }
        if !all.contains(&branch) {
            all.push(branch);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schema: Value, value: Value, expected: Value) {
        let named = BTreeMap::from([(
            "A".to_owned(),
            json!({"properties": {"a": {}, "kids": {"items": {"$ref": "#/$defs/A"}}}}),
        )]);
        assert_eq!(declared(&schema, &value, &named), expected);
    }

    #[test]
    fn only_what_is_declared_stays() {
        let a = json!({"$ref": "#/$defs/A"});
        check(a.clone(), json!({"a": {"x": 1}, "b": 2, "kids": [{"c": 1}]}), json!({"a": {"x": 1}, "kids": [{}]}));
        check(
            json!({"oneOf": [a.clone(), {"properties": {"b": {}}}]}),
            json!({"a": 1, "b": 2, "c": 3}),
            json!({"a": 1, "b": 2}),
        );
        check(json!({"allOf": [a, {"additionalProperties": true}]}), json!({"b": 2}), json!({"b": 2}));
        check(json!({"properties": {}, "required": ["b"]}), json!({"b": {"x": 1}, "c": 2}), json!({"b": {"x": 1}}));
        check(json!({"type": "object"}), json!({"b": 2}), json!({"b": 2}));
        check(json!(true), json!({"b": 2}), json!({"b": 2}));
    }
}
