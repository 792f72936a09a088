//! Definitions that lead back to themselves without ever stepping into a value.
//!
//! `A: {allOf: [{$ref: A}]}` means nothing, and a validator that follows it never comes back. Such a reference is cut: what is
//! left accepts what the rest accepts. Recursion through properties and items is left alone.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};

const DEFS: &str = "#/$defs/";

/// Keywords with subschemas that judge the same value: in a list, alone, by name.
const LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const SINGLE: [&str; 4] = ["not", "if", "then", "else"];
const BY_NAME: &str = "dependentSchemas";

/// Cuts every reference that closes such a circle.
pub(super) fn cut(named: &mut BTreeMap<String, Value>) {
    let edges: BTreeMap<String, BTreeSet<String>> = named
        .iter()
        .map(|(name, schema)| {
            let mut targets = BTreeSet::new();
            collect(schema, &mut targets);
            (name.clone(), targets)
        })
        .collect();
    for (from, to) in closing(&edges) {
        if let Some(schema) = named.get_mut(&from) {
            remove(schema, &to);
        }
    }
}

/// The edges that lead back to where a depth-first walk came from.
fn closing(edges: &BTreeMap<String, BTreeSet<String>>) -> Vec<(String, String)> {
    let mut closing = Vec::new();
    let mut done: HashSet<&str> = HashSet::new();
    for start in edges.keys() {
        let mut path: Vec<&str> = Vec::new();
        let mut on_path: HashSet<&str> = HashSet::new();
        // A step in, or out again: a walk without recursion, because the graph is the document's.
        let mut todo = vec![(start.as_str(), false)];
        while let Some((name, leaving)) = todo.pop() {
            if leaving {
                path.pop();
                on_path.remove(name);
                done.insert(name);
                continue;
            }
            if done.contains(name) || on_path.contains(name) {
                continue;
            }
            path.push(name);
            on_path.insert(name);
            todo.push((name, true));
            for target in edges.get(name).into_iter().flatten() {
                if on_path.contains(target.as_str()) {
                    closing.push((name.to_owned(), target.clone()));
                } else if !done.contains(target.as_str()) {
                    todo.push((target, false));
                }
            }
        }
    }
    closing
}

/// The subschemas that judge the same value.
fn in_place(schema: &Value) -> impl Iterator<Item = &Value> {
    let lists = LISTS.into_iter().filter_map(|k| schema.get(k)?.as_array()).flatten();
    let named = schema.get(BY_NAME).and_then(Value::as_object).into_iter().flat_map(|named| named.values());
    lists.chain(SINGLE.into_iter().filter_map(|k| schema.get(k))).chain(named)
}

fn collect(schema: &Value, targets: &mut BTreeSet<String>) {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix(DEFS)) {
        targets.insert(name.to_owned());
    }
    for part in in_place(schema) {
        collect(part, targets);
    }
}

fn remove(schema: &mut Value, target: &str) {
    let Some(object) = schema.as_object_mut() else { return };
    if object.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix(DEFS)) == Some(target) {
        object.remove("$ref");
    }
    for keyword in LISTS {
        for part in object.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten() {
            remove(part, target);
        }
    }
    for keyword in SINGLE {
        if let Some(part) = object.get_mut(keyword) {
            remove(part, target);
        }
    }
    for (_, part) in object.get_mut(BY_NAME).and_then(Value::as_object_mut).into_iter().flatten() {
        remove(part, target);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(named: Value, expected: Value) {
        let mut named: BTreeMap<String, Value> = serde_json::from_value(named).unwrap();
        cut(&mut named);
        assert_eq!(serde_json::to_value(named).unwrap(), expected);
    }

    #[test]
    fn a_circle_is_cut_once() {
        check(json!({"A": {"allOf": [{"$ref": "#/$defs/A"}]}}), json!({"A": {"allOf": [{}]}}));
        check(
            json!({"A": {"anyOf": [{"$ref": "#/$defs/B"}]}, "B": {"oneOf": [{"type": "null"}, {"$ref": "#/$defs/A"}]}}),
            json!({"A": {"anyOf": [{"$ref": "#/$defs/B"}]}, "B": {"oneOf": [{"type": "null"}, {}]}}),
        );
    }

    #[test]
    fn a_tree_is_left_alone() {
        let tree = json!({"Tree": {"properties": {"kids": {"items": {"$ref": "#/$defs/Tree"}}}}});
        check(tree.clone(), tree);
        let diamond = json!({
            "A": {"allOf": [{"$ref": "#/$defs/B"}, {"$ref": "#/$defs/C"}]},
            "B": {"allOf": [{"$ref": "#/$defs/D"}]},
            "C": {"allOf": [{"$ref": "#/$defs/D"}]},
            "D": {},
        });
        check(diamond.clone(), diamond);
    }
}
