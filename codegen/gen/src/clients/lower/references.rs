//! Schemas that are reached, under names that Rust keeps apart.
//!
//! Every `$ref` ends at `#/components/schemas/<name>`, where the name is a Rust type's, none equal to another in other
//! casing and none a name of the prelude. A pointer into the depths of the document gets a name of its own, and a
//! pointer that leads nowhere means anything.

use super::{
    pointer::{resolve, tokens},
    walk,
};
use crate::clients::ident::TypeNames;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Brings the schemas that `document` reaches in `source` along.
pub(in crate::clients) fn lower(document: &mut Value, source: &Value) {
    let version = source.get("openapi").and_then(Value::as_str).unwrap_or_default();
    let siblings = version.starts_with("3.1") || version.starts_with("3.2");
    let mut names = Found { siblings, names: TypeNames::default(), known: BTreeMap::new(), fresh: Vec::new() };
    // Documents that name two schemas alike get the same names whatever is reached first.
    if let Some(Value::Object(schemas)) = source.pointer("/components/schemas") {
        let reached = reached(document, source);
        let named = schemas.iter().filter(|(name, schema)| reached.contains(*name) && schema.get("$ref").is_none());
        for (name, _) in named {
            names.name(&format!("#/components/schemas/{}", name.replace('~', "~0").replace('/', "~1")), name);
        }
    }
    walk::each_schema(document, &mut |schema| names.visit(schema, source));
    let mut schemas = Map::new();
    while let Some((name, pointer)) = names.fresh.pop() {
        let mut schema = resolve(source, &pointer).cloned().unwrap_or_default();
        let mut holder = serde_json::json!({"operations": {}, "components": {"schemas": {&name: schema.take()}}});
        walk::each_schema(&mut holder, &mut |schema| names.visit(schema, source));
        schemas.extend(walk::named(&holder));
    }
    schemas.sort_keys();
    if let Some(components) = document.pointer_mut("/components/schemas") {
        *components = schemas.into();
    }
}

/// Keywords that give a value another shape when they stand beside a reference.
const SHAPING: [&str; 9] =
    ["type", "properties", "required", "additionalProperties", "items", "enum", "allOf", "oneOf", "anyOf"];

struct Found {
    /// What stands beside a `$ref` holds too: since 3.1.
    siblings: bool,
    names: TypeNames,
    /// Canonical pointer to name.
    known: BTreeMap<Vec<String>, String>,
    /// Names that are referred to and not yet brought along.
    fresh: Vec<(String, String)>,
}

impl Found {
    fn name(&mut self, pointer: &str, wanted: &str) -> String {
        let key = tokens(pointer).unwrap_or_default();
        if let Some(name) = self.known.get(&key) {
            return name.clone();
        }
        let name = self.names.claim(wanted);
        self.known.insert(key, name.clone());
        self.fresh.push((name.clone(), pointer.to_owned()));
        name
    }

    fn visit(&mut self, schema: &mut Value, source: &Value) {
        if let Some(members) = schema.as_object_mut() {
            super::shapes::maps(members);
        }
        let Some(pointer) = schema.get("$ref").and_then(Value::as_str).map(str::to_owned) else { return };
        let target = resolve(source, &pointer).filter(|target| target.is_object());
        let new = match target {
            // A named schema that is nothing but another's name would be a type that is nothing but another.
            Some(target) if target.get("$ref").is_some() && !self.siblings => {
                match super::pointer::follow(source, target) {
                    Some(_) => {
                        let mut next = target.clone();
                        self.visit(&mut next, source);
                        next.get("$ref").cloned()
                    }
                    None => None,
                }
            }
            Some(_) => Some(walk::reference(&self.name(&pointer, &wanted(&pointer)))),
            None => None,
        };
        let Some(members) = schema.as_object_mut() else { return };
        members.remove("$ref");
        let mut beside = std::mem::take(members);
        // In 3.0 the siblings of a reference mean nothing, though these are meant all the same.
        beside.retain(|key, value| match key.as_str() {
            "description" | "nullable" | "readOnly" | "writeOnly" => {
                members.insert(key.clone(), value.clone());
                false
            }
            _ => self.siblings && SHAPING.contains(&key.as_str()),
        });
        match (new, beside.is_empty()) {
            (Some(reference), true) => drop(members.insert("$ref".into(), reference)),
            // Both hold, which is what `allOf` says.
            (Some(reference), false) => {
                let parts = vec![serde_json::json!({"$ref": reference}), beside.into()];
                members.insert("allOf".into(), parts.into());
            }
            (None, _) => members.extend(beside),
        }
    }
}

/// `#/components/schemas/Pet` wants `Pet`; `#/paths/~1pets/get/responses/200/content/application~1json/schema/items`
/// wants what its last steps that are words say.
fn wanted(pointer: &str) -> String {
    let steps = tokens(pointer).unwrap_or_default();
    match steps.as_slice() {
        [_, _, name] => name.clone(),
        [first, second, name, rest @ ..] if first == "components" && second == "schemas" => {
            let rest = rest.iter().filter(|step| *step != "properties").map(String::as_str);
            std::iter::once(name.as_str()).chain(rest).collect::<Vec<_>>().join(" ")
        }
        steps => {
            let structural =
                ["paths", "components", "content", "schema", "properties", "responses", "application/json"];
            let words: Vec<_> = steps.iter().map(String::as_str).filter(|step| !structural.contains(step)).collect();
            words.join(" ")
        }
    }
}

/// The names under `components/schemas` that `document` refers to, directly or through others.
fn reached(document: &Value, source: &Value) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut todo = vec![document];
    while let Some(value) = todo.pop() {
        match value {
            Value::Object(members) => {
                if let Some(pointer) = members.get("$ref").and_then(Value::as_str)
                    && let Some([first, second, name]) = tokens(pointer).as_deref()
                    && first == "components"
                    && second == "schemas"
                    && let Some(schema) = source.pointer("/components/schemas").and_then(|schemas| schemas.get(name))
                    && schema.is_object()
                    && reached.insert(name.clone())
                {
                    todo.push(schema);
                }
                todo.extend(members.values());
            }
            Value::Array(items) => todo.extend(items),
            _ => {}
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(schema: Value, source: Value) -> String {
        let mut document = json!({
            "operations": {"a": {"typeName": "A", "requestBody": {"content": {"application/json": {"schema": schema}}}}},
            "components": {"schemas": {}},
        });
        lower(&mut document, &source);
        let schema = document.pointer("/operations/a/requestBody/content/application~1json/schema").unwrap();
        let named = document.pointer("/components/schemas").unwrap();
        format!("{schema}\n{}", serde_json::to_string_pretty(named).unwrap())
    }

    #[test]
    fn what_is_reached_comes_along_under_names_that_rust_keeps_apart() {
        insta::assert_snapshot!(
            check(
                json!({"oneOf": [{"$ref": "#/components/schemas/pet_type"}, {"$ref": "#/components/schemas/PetType"}]}),
                json!({"components": {"schemas": {
                    "pet_type": {"items": {"$ref": "#/components/schemas/Error"}},
                    "PetType": {"properties": {"$ref": {"$ref": "#/components/schemas/PetType"}}},
                    "Error": {"$ref": "#/components/schemas/Problem"},
                    "Problem": {"type": "string"},
                    "Unused": {},
                }}}),
            ),
            @r##"
            {"oneOf":[{"$ref":"#/components/schemas/PetTypeN2"},{"$ref":"#/components/schemas/PetType"}]}
            {
              "PetType": {
                "properties": {
                  "$ref": {
                    "$ref": "#/components/schemas/PetType"
                  }
                }
              },
              "PetTypeN2": {
                "items": {
                  "$ref": "#/components/schemas/Problem"
                }
              },
              "Problem": {
                "type": "string"
              }
            }
            "##
        );
    }

    #[test]
    fn what_stands_behind_a_pattern_is_reached_too() {
        insta::assert_snapshot!(
            check(
                json!({"type": "object", "patternProperties": {"^x": {"$ref": "#/components/schemas/FooBar"}}}),
                json!({"components": {"schemas": {"Foo-Bar": {"type": "string"}, "FooBar": {"type": "integer"}}}}),
            ),
            @r##"
            {"additionalProperties":{"$ref":"#/components/schemas/FooBar"},"patternProperties":{"^x":{"$ref":"#/components/schemas/FooBar"}},"type":"object"}
            {
              "FooBar": {
                "type": "integer"
              }
            }
            "##
        );
    }

    #[test]
    fn deep_pointers_get_names_and_dangling_ones_mean_anything() {
        insta::assert_snapshot!(
            check(
                json!({"properties": {
                    "deep": {"$ref": "#/components/schemas/Pet/properties/owner%20name"},
                    "lost": {"$ref": "#/components/schemas/Gone", "description": "lost"},
                    "far": {"$ref": "other.yaml#/Pet"},
                }}),
                json!({"components": {"schemas": {"Pet": {"properties": {"owner name": {"type": "string"}}}}}}),
            ),
            @r##"
            {"properties":{"deep":{"$ref":"#/components/schemas/PetOwnerName"},"far":{},"lost":{"description":"lost"}}}
            {
              "PetOwnerName": {
                "type": "string"
              }
            }
            "##
        );
    }
}
