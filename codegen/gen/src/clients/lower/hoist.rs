//! Inline schemas that become a Rust item get a name of their own, so that typify has none left to guess.
//!
//! It guesses the same name for schemas that differ, and then makes one type of them in silence.

use super::walk;
use crate::clients::ident::{TypeNames, pascal};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Names every object, enumeration and union of `document`: `PetOwner` for the property `owner` of `Pet`.
pub(super) fn lower(document: &mut Value) {
    let mut names = TypeNames::default();
    let mut named = match document.pointer_mut("/components/schemas") {
        Some(Value::Object(schemas)) => std::mem::take(schemas),
        _ => Map::new(),
    };
    for name in named.keys() {
        names.claim(name);
    }
    let mut hoisted = Map::new();
    // A named schema is where it should be; what an operation says inline is not.
    for (name, schema) in &mut named {
        inside(name, schema, &mut names, &mut hoisted);
    }
    // The failures of an operation share one schema and have to share its name.
    let mut done: BTreeMap<(String, String), Value> = BTreeMap::new();
    walk::each_root(document, &mut |hint, schema| {
        let key = (hint.to_owned(), schema.to_string());
        match done.get(&key) {
            Some(known) => *schema = known.clone(),
            None => {
                child(hint, schema, &mut names, &mut hoisted);
                done.insert(key, schema.clone());
            }
        }
    });
    named.extend(hoisted);
    named.sort_keys();
    if let Some(schemas) = document.pointer_mut("/components/schemas") {
        *schemas = named.into();
    }
}

fn inside(prefix: &str, schema: &mut Value, names: &mut TypeNames, hoisted: &mut Map<String, Value>) {
    walk::each_child(schema, &mut |hint, inner| child(&format!("{prefix}{}", pascal(hint)), inner, names, hoisted));
}

fn child(wanted: &str, schema: &mut Value, names: &mut TypeNames, hoisted: &mut Map<String, Value>) {
    if !needs_name(schema) {
        return inside(wanted, schema, names, hoisted);
    }
    let name = names.claim(wanted);
    let mut place = Map::new();
    place.insert("$ref".into(), walk::reference(&name));
    if walk::is_nullable(schema) {
        place.insert("nullable".into(), true.into());
    }
    if let Some(description) = schema.get("description") {
        place.insert("description".into(), description.clone());
    }
    let mut item = std::mem::replace(schema, place.into());
    if let Some(members) = item.as_object_mut() {
        members.remove("nullable");
    }
    inside(&name, &mut item, names, hoisted);
    hoisted.insert(name, item);
}

fn needs_name(schema: &Value) -> bool {
    schema.get("enum").is_some() || schema.get("oneOf").is_some() || schema.get("properties").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::lower::on_schemas;
    use serde_json::json;

    #[test]
    fn inline_schemas_get_names() {
        insta::assert_snapshot!(
            on_schemas(lower, json!({
                "Pet": {"properties": {
                    "owner": {"properties": {"kind": {"enum": ["a"], "type": "string"}}, "nullable": true},
                    "tags": {"type": "array", "items": {"properties": {}}},
                }},
                "PetOwner": {"type": "string"},
            })),
            @r##"
            {
              "Pet": {
                "properties": {
                  "owner": {
                    "$ref": "#/components/schemas/PetOwnerN2",
                    "nullable": true
                  },
                  "tags": {
                    "items": {
                      "$ref": "#/components/schemas/PetTagsItem"
                    },
                    "type": "array"
                  }
                }
              },
              "PetOwner": {
                "type": "string"
              },
              "PetOwnerN2": {
                "properties": {
                  "kind": {
                    "$ref": "#/components/schemas/PetOwnerN2Kind"
                  }
                }
              },
              "PetOwnerN2Kind": {
                "enum": [
                  "a"
                ],
                "type": "string"
              },
              "PetTagsItem": {
                "properties": {}
              }
            }
            "##
        );
    }
}
