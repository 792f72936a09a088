//! `allOf`: the parts of an object become one object.
//!
//! Typify merges compositions too, but panics on some and gives others no values at all. Here a property that two parts
//! define is what the later part says, unless one of the two says nothing.

use super::walk;
use serde_json::{Map, Value};

/// Parts of parts beyond this depth add nothing.
const DEEPEST: usize = 32;

/// Mends every schema of `document`.
pub(super) fn lower(document: &mut Value) {
    let named = walk::named(document);
    walk::each_schema(document, &mut |schema| {
        if schema.get("allOf").is_some() {
            let whole = flatten(schema, &named, &mut Vec::new());
            *schema = whole;
        }
    });
}

/// `schema` without `allOf`. References among its parts are replaced by what they lead to; a part that is `schema`
/// itself adds nothing.
fn flatten(schema: &Value, named: &Map<String, Value>, path: &mut Vec<String>) -> Value {
    let Some(members) = schema.as_object() else { return schema.clone() };
    let Some(Value::Array(parts)) = members.get("allOf") else { return schema.clone() };
    let mut own = members.clone();
    own.remove("allOf");
    let says_nothing =
        own.keys().all(|key| matches!(key.as_str(), "description" | "nullable" | "readOnly" | "writeOnly"));
    if let ([part], true) = (parts.as_slice(), says_nothing) {
        // A reference in brackets, so that it can have a description or be nullable.
        let mut part = if part.get("$ref").is_some() { part.clone() } else { flatten(part, named, path) };
        if let Some(members) = part.as_object_mut() {
            members.extend(own);
        }
        return part;
    }
    let mut whole = Map::new();
    for part in parts {
        match walk::referred(part) {
            Some(name) if path.len() >= DEEPEST || path.iter().any(|known| known == name) => {}
            Some(name) => {
                path.push(name.to_owned());
                let target = named.get(name).map(|target| flatten(target, named, path)).unwrap_or_default();
                path.pop();
                merge(&mut whole, &target, named, path);
            }
            None => {
                let part = flatten(part, named, path);
                merge(&mut whole, &part, named, path);
            }
        }
    }
    // One part may be null only if all of them may; which no document means. What the whole says counts.
    whole.remove("nullable");
    merge(&mut whole, &own.clone().into(), named, path);
    for key in ["nullable", "description"] {
        if let Some(value) = own.remove(key) {
            whole.insert(key.into(), value);
        }
    }
    whole.into()
}

/// Adds what `part` says to `whole`.
pub(super) fn merge(whole: &mut Map<String, Value>, part: &Value, named: &Map<String, Value>, path: &mut Vec<String>) {
    // A part that is a reference in brackets was left as one.
    let resolved = match walk::referred(part) {
        Some(name) if path.len() < DEEPEST && !path.iter().any(|known| known == name) => {
            path.push(name.to_owned());
            let target = named.get(name).map(|target| flatten(target, named, path));
            path.pop();
            target
        }
        // A circle, or too deep.
        Some(_) => return,
        None => None,
    };
    let Some(part) = resolved.as_ref().unwrap_or(part).as_object() else { return };
    for (key, value) in part {
        match (key.as_str(), whole.get_mut(key)) {
            ("properties", Some(Value::Object(known))) => {
                for (name, property) in value.as_object().into_iter().flatten() {
                    let both = known.get(name).map(|first| refine(first, property, named, path));
                    known.insert(name.clone(), both.unwrap_or_else(|| property.clone()));
                }
            }
            ("required", Some(Value::Array(known))) => {
                let new: Vec<_> =
                    value.as_array().into_iter().flatten().filter(|n| !known.contains(n)).cloned().collect();
                known.extend(new);
            }
            ("enum", Some(Value::Array(known))) => {
                if let Some(values) = value.as_array() {
                    known.retain(|v| values.contains(v));
                }
            }
            ("oneOf" | "anyOf", Some(known)) if known != value => {
                // Two unions at once: what satisfies both is nothing a type can say. Their properties stay readable.
                whole.insert("additionalProperties".into(), true.into());
                whole.remove(key);
            }
            ("type", Some(known)) if known != value => {
                // A contradiction; the object, if one of them is, carries what there is to read.
                if *value == "object" {
                    *known = value.clone();
                }
            }
            ("additionalProperties", Some(known)) if known.is_object() && value.is_boolean() => {}
            _ => drop(whole.insert(key.clone(), value.clone())),
        }
    }
}

/// A property that two parts define.
fn refine(first: &Value, second: &Value, named: &Map<String, Value>, path: &mut Vec<String>) -> Value {
    let empty =
        |schema: &Value| schema.as_object().is_none_or(|s| s.keys().all(|k| k == "description" || k == "nullable"));
    let is_inline = |schema: &Value| schema.get("$ref").is_none();
    let has_members = |schema: &Value| schema.get("properties").is_some();
    // An object that only asks for members: those are the first part's.
    let asks = second.as_object().is_some_and(|s| {
        s.contains_key("required")
            && s.keys().all(|k| matches!(k.as_str(), "type" | "required" | "description" | "nullable"))
    });
    if empty(second) || asks && !is_inline(first) {
        return first.clone();
    }
    if is_inline(first) && is_inline(second) && has_members(first) && (has_members(second) || asks) {
        let mut both = first.as_object().cloned().unwrap_or_default();
        merge(&mut both, second, named, path);
        return both.into();
    }
    second.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::lower::on_schemas;
    use serde_json::json;

    #[test]
    fn parts_become_one_object() {
        insta::assert_snapshot!(
            on_schemas(lower, json!({
                "Pet": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
                "Cat": {"allOf": [
                    {"$ref": "#/components/schemas/Pet"},
                    {"properties": {"name": {"description": "of a cat"}, "mother": {"$ref": "#/components/schemas/Cat"}},
                     "required": ["mother"]},
                ]},
            })),
            @r##"
            {
              "Cat": {
                "properties": {
                  "mother": {
                    "$ref": "#/components/schemas/Cat"
                  },
                  "name": {
                    "type": "string"
                  }
                },
                "required": [
                  "name",
                  "mother"
                ],
                "type": "object"
              },
              "Pet": {
                "properties": {
                  "name": {
                    "type": "string"
                  }
                },
                "required": [
                  "name"
                ],
                "type": "object"
              }
            }
            "##
        );
    }

    #[test]
    fn a_part_that_only_asks_for_members_keeps_them() {
        insta::assert_snapshot!(
            on_schemas(lower, json!({
                "Mail": {"properties": {"from": {"type": "object", "properties": {"name": {"type": "string"}}},
                    "to": {"$ref": "#/components/schemas/Mail"}}},
                "New": {"allOf": [
                    {"$ref": "#/components/schemas/Mail"},
                    {"properties": {"from": {"type": "object", "required": ["name"]}, "to": {"type": "object", "required": ["from"]}}},
                ]},
            })),
            @r##"
            {
              "Mail": {
                "properties": {
                  "from": {
                    "properties": {
                      "name": {
                        "type": "string"
                      }
                    },
                    "type": "object"
                  },
                  "to": {
                    "$ref": "#/components/schemas/Mail"
                  }
                }
              },
              "New": {
                "properties": {
                  "from": {
                    "properties": {
                      "name": {
                        "type": "string"
                      }
                    },
                    "required": [
                      "name"
                    ],
                    "type": "object"
                  },
                  "to": {
                    "$ref": "#/components/schemas/Mail"
                  }
                }
              }
            }
            "##
        );
    }

    #[test]
    fn a_bracketed_reference_stays_one() {
        insta::assert_snapshot!(
            on_schemas(lower, json!({
                "Page": {"properties": {"next": {"allOf": [{"$ref": "#/components/schemas/Page"}], "nullable": true}}},
                "Circle": {"allOf": [{"$ref": "#/components/schemas/Circle"}, {"type": "object"}]},
            })),
            @r##"
            {
              "Circle": {
                "type": "object"
              },
              "Page": {
                "properties": {
                  "next": {
                    "$ref": "#/components/schemas/Page",
                    "nullable": true
                  }
                }
              }
            }
            "##
        );
    }
}
