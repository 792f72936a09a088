//! `oneOf` and `anyOf`, kept where a reader can tell the variants apart.
//!
//! Serde takes the first variant that fits, and a looser one fits what belongs to a stricter one: fields would be lost
//! in silence, on their way in and out. So a union of objects stays one only if no value of a later variant passes for
//! an earlier one. Otherwise it becomes the one object that has the properties of all, required where all require them.
//! Lists and scalars of one kind are joined in the same way; a union with `{}` in it is anything.

mod objects;

use super::{compositions, walk};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Variants of variants, counted together; beyond it a union is anything.
const MOST_VARIANTS: usize = 64;

/// Mends every schema of `document`.
pub(super) fn lower(document: &mut Value) {
    let named = walk::named(document);
    walk::each_schema(document, &mut |schema| {
        if schema.get("oneOf").is_some() || schema.get("anyOf").is_some() {
            let union = lower_union(schema, &named);
            walk::replace(schema, union);
        }
    });
}

fn lower_union(schema: &Value, named: &Map<String, Value>) -> Value {
    let anything = || Value::from(Map::new());
    let mut base = schema.as_object().cloned().unwrap_or_default();
    let exclusive = base.contains_key("oneOf");
    let (one_of, any_of) = (base.remove("oneOf"), base.remove("anyOf"));
    base.retain(|key, _| !matches!(key.as_str(), "description" | "nullable" | "readOnly" | "writeOnly"));
    let variants = match (one_of, any_of) {
        (Some(Value::Array(variants)), None) | (None, Some(Value::Array(variants))) => variants,
        // Both at once: no type says that. What the base has stays readable.
        _ => vec![Map::new().into()],
    };
    if variants.iter().all(is_constraint) {
        return base.into();
    }
    let mut members = Vec::new();
    if splice(variants, named, &mut members, &mut BTreeSet::new()).is_none() {
        return anything();
    }
    let nullable = members.iter_mut().filter_map(Value::as_object_mut).any(|m| m.remove("nullable").is_some());
    if base.contains_key("properties") {
        members = members
            .into_iter()
            .map(|variant| {
                let mut whole = base.clone();
                compositions::merge(&mut whole, &variant, named, &mut Vec::new());
                whole.into()
            })
            .collect();
    }
    let mut union = join(members, named, exclusive).unwrap_or_else(anything);
    if let Some(union) = union.as_object_mut().filter(|_| nullable) {
        union.insert("nullable".into(), true.into());
    }
    union
}

/// Whether a variant says nothing of the shape: `{required: [a]}` beside `{required: [b]}`.
fn is_constraint(variant: &Value) -> bool {
    let silent = |key: &String| matches!(key.as_str(), "required" | "not" | "description");
    variant.as_object().is_some_and(|members| members.contains_key("required") && members.keys().all(silent))
}

/// Puts the variants of variants beside their own kind. `None` if there are too many, or one that is anything.
fn splice(
    variants: Vec<Value>,
    named: &Map<String, Value>,
    into: &mut Vec<Value>,
    seen: &mut BTreeSet<String>,
) -> Option<()> {
    for variant in variants {
        let target = resolved(&variant, named);
        let nested = target.get("oneOf").or_else(|| target.get("anyOf")).and_then(Value::as_array);
        if let Some(nested) = nested {
            let fresh = walk::referred(&variant).is_none_or(|name| seen.insert(name.to_owned()));
            if target.get("properties").is_some() {
                return None;
            }
            if fresh {
                splice(nested.clone(), named, into, seen)?;
            }
        } else {
            kind(target)?;
            if !into.contains(&variant) {
                into.push(variant);
            }
        }
        if into.len() > MOST_VARIANTS || seen.len() > MOST_VARIANTS {
            return None;
        }
    }
    Some(())
}

fn resolved<'s>(schema: &'s Value, named: &'s Map<String, Value>) -> &'s Value {
    walk::referred(schema).and_then(|name| named.get(name)).unwrap_or(schema)
}

/// The JSON type of a schema that has one.
fn kind(schema: &Value) -> Option<&str> {
    match schema.get("type").and_then(Value::as_str) {
        Some(kind) => Some(kind),
        None if schema.get("properties").is_some() => Some("object"),
        None if schema.get("enum").and_then(Value::as_array).is_some_and(|v| v.iter().all(Value::is_string)) => {
            Some("string")
        }
        None => None,
    }
}

fn join(members: Vec<Value>, named: &Map<String, Value>, exclusive: bool) -> Option<Value> {
    let mut groups: Vec<(&str, Vec<Value>)> =
        ["object", "array", "boolean", "integer", "number", "string"].map(|kind| (kind, Vec::new())).into();
    for member in members {
        let kind = kind(resolved(&member, named))?.to_owned();
        let (_, group) = groups.iter_mut().find(|(name, _)| *name == kind)?;
        group.push(member);
    }
    // Every integer is a number.
    let numbers = groups.iter().any(|(name, group)| *name == "number" && !group.is_empty());
    let mut variants = Vec::new();
    for (name, group) in groups.into_iter().filter(|(_, group)| !group.is_empty()) {
        match name {
            "object" => variants.extend(objects::joined(group, named, exclusive)),
            "array" => variants.push(one_of_a_kind(group, |group| lists(group, named))),
            "integer" if numbers => {}
            "string" => variants.push(one_of_a_kind(group, |group| texts(group, named))),
            other => variants.push(one_of_a_kind(group, |_| json!({"type": other}))),
        }
    }
    match variants.len() {
        0 => None,
        1 => variants.pop(),
        _ => Some(json!({"oneOf": variants})),
    }
}

fn one_of_a_kind(mut group: Vec<Value>, join: impl FnOnce(Vec<Value>) -> Value) -> Value {
    match group.len() {
        1 => group.swap_remove(0),
        _ => join(group),
    }
}

fn lists(group: Vec<Value>, named: &Map<String, Value>) -> Value {
    let mut items = group.iter().map(|list| resolved(list, named).get("items"));
    let first = items.next().flatten();
    let same = first.filter(|first| items.all(|items| items == Some(*first)));
    json!({"type": "array", "items": same.cloned().unwrap_or_else(|| Map::new().into())})
}

fn texts(group: Vec<Value>, named: &Map<String, Value>) -> Value {
    let mut values: Vec<Value> = Vec::new();
    for text in &group {
        let Some(more) = resolved(text, named).get("enum").and_then(Value::as_array) else {
            return json!({"type": "string"});
        };
        for value in more {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
    }
    json!({"type": "string", "enum": values})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schema: Value, expected: Value) {
        let named = json!({
            "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["cat"]}, "lives": {"type": "integer"}}},
            "Dog": {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["dog"]}, "lives": {"type": "number"}}},
            "Fish": {"type": "object", "properties": {"fins": {"type": "integer"}}},
        });
        let named = named.as_object().cloned().unwrap_or_default();
        let mut schema = schema;
        if let Value::Array(names) = &schema {
            let refs: Vec<_> = names
                .iter()
                .map(|n| json!({"$ref": format!("#/components/schemas/{}", n.as_str().unwrap())}))
                .collect();
            schema = json!({"oneOf": refs});
        }
        assert_eq!(lower_union(&schema, &named), expected);
    }

    #[test]
    fn tagged_objects_stay_apart() {
        check(
            json!(["Cat", "Dog"]),
            json!({"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]}),
        );
    }

    #[test]
    fn a_required_property_of_one_tells_them_apart() {
        check(
            json!(["Fish", "Cat"]),
            json!({"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Fish"}]}),
        );
    }

    #[test]
    fn objects_that_pass_for_each_other_become_one() {
        check(
            json!({"oneOf": [
                {"$ref": "#/components/schemas/Fish"},
                {"type": "object", "properties": {"legs": {"type": "integer"}, "fins": {"type": "number"}}},
            ]}),
            json!({
                "type": "object",
                "properties": {"fins": {"type": "number"}, "legs": {"type": "integer"}},
                "required": [],
            }),
        );
    }

    #[test]
    fn scalars_join() {
        check(json!({"oneOf": [{"type": "integer"}, {"type": "number"}]}), json!({"type": "number"}));
        check(json!({"anyOf": [{"type": "string"}, {"enum": ["a"]}]}), json!({"type": "string"}));
        check(
            json!({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
            json!({"oneOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]}),
        );
        check(json!({"oneOf": [{"type": "string"}, {}]}), json!({}));
    }

    #[test]
    fn constraints_are_no_variants() {
        check(
            json!({"type": "object", "properties": {"a": {}, "b": {}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}),
            json!({"type": "object", "properties": {"a": {}, "b": {}}}),
        );
    }
}
