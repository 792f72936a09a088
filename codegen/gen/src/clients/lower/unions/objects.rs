//! Objects of one union: kept apart where a reader can do so, else one object.

use super::{kind, lists, resolved, texts};
use crate::clients::lower::walk;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The objects as they are, strictest first, if they can be told apart; else as one.
pub(super) fn joined(mut group: Vec<Value>, named: &Map<String, Value>, exclusive: bool) -> Vec<Value> {
    let strictness = |schema: &Value| required(resolved(schema, named)).count();
    group.sort_by_key(|schema| std::cmp::Reverse(strictness(schema)));
    let apart = group.iter().enumerate().all(|(at, first)| {
        group
            .iter()
            .skip(at + 1)
            .all(|second| told_apart(resolved(first, named), resolved(second, named), named, exclusive))
    });
    if apart { group } else { vec![widest(&group, named)] }
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn property<'s>(schema: &'s Value, name: &str, named: &'s Map<String, Value>) -> Option<&'s Value> {
    schema.get("properties")?.get(name).map(|property| resolved(property, named))
}

/// Whether no value of `second` passes for a `first`.
fn told_apart(first: &Value, second: &Value, named: &Map<String, Value>, exclusive: bool) -> bool {
    required(first).any(|name| {
        let Some(here) = property(first, name, named) else { return false };
        match property(second, name, named) {
            // A value of `second` may have the property all the same, unless it is for one of them only.
            None => exclusive && second.get("additionalProperties").is_none_or(|more| *more == Value::Bool(false)),
            Some(there) => match (here.get("enum"), there.get("enum")) {
                (Some(Value::Array(here)), Some(Value::Array(there))) => here.iter().all(|tag| !there.contains(tag)),
                _ => false,
            },
        }
    })
}

/// The object that has the properties of all.
fn widest(group: &[Value], named: &Map<String, Value>) -> Value {
    let mut properties: Map<String, Value> = Map::new();
    let mut everywhere: Option<BTreeSet<&str>> = None;
    let mut open = false;
    for schema in group.iter().map(|schema| resolved(schema, named)) {
        let own = schema.get("properties").and_then(Value::as_object);
        if own.is_none_or(Map::is_empty) {
            // A map among them: any member may be there, of any type.
            return json!({"type": "object"});
        }
        open |= schema.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false));
        for (name, property) in own.into_iter().flatten() {
            match properties.get_mut(name) {
                Some(known) => widen(known, property, named),
                None => drop(properties.insert(name.clone(), property.clone())),
            }
        }
        let here: BTreeSet<&str> = required(schema).collect();
        everywhere = Some(match everywhere {
            Some(before) => before.intersection(&here).copied().collect(),
            None => here,
        });
    }
    let required: Vec<&str> = everywhere.into_iter().flatten().collect();
    let mut whole = json!({"type": "object", "properties": properties, "required": required});
    if let Some(whole) = whole.as_object_mut().filter(|_| open) {
        whole.insert("additionalProperties".into(), true.into());
    }
    whole
}

/// What both schemas allow, and more where that is no type.
fn widen(known: &mut Value, other: &Value, named: &Map<String, Value>) {
    let bare = |schema: &Value| {
        let mut schema = schema.clone();
        if let Some(members) = schema.as_object_mut() {
            members.retain(|key, _| key != "description" && key != "nullable");
        }
        schema
    };
    let nullable = walk::is_nullable(known) || walk::is_nullable(other);
    if bare(known) != bare(other) {
        let (a, b) = (resolved(known, named), resolved(other, named));
        *known = match (kind(a), kind(b)) {
            (Some("string"), Some("string")) => texts(vec![known.clone(), other.clone()], named),
            (Some("integer" | "number"), Some("integer" | "number")) if kind(a) != kind(b) => json!({"type": "number"}),
            (Some(same @ ("integer" | "number" | "boolean")), Some(other)) if same == other => json!({"type": same}),
            (Some("array"), Some("array")) => lists(vec![known.clone(), other.clone()], named),
            _ => Map::new().into(),
        };
    }
    if let Some(members) = known.as_object_mut().filter(|_| nullable) {
        members.insert("nullable".into(), true.into());
    }
}
