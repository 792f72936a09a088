//! Every way to say "or null" becomes `nullable`, wherever the schema is used.
//!
//! `nullable` may stand beside `$ref` between the passes and after the last.

use super::walk;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Mends every schema of `document`. A named schema that may be null makes every reference to it nullable instead.
pub(super) fn lower(document: &mut Value) {
    walk::each_schema(document, &mut mend);
    let mut nullable = BTreeSet::new();
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        for (name, schema) in schemas {
            if walk::is_nullable(schema) && schema.as_object_mut().is_some_and(|s| s.remove("nullable").is_some()) {
                nullable.insert(name.clone());
            }
        }
    }
    if nullable.is_empty() {
        return;
    }
    walk::each_schema(document, &mut |schema| {
        if walk::referred(schema).is_some_and(|name| nullable.contains(name))
            && let Some(members) = schema.as_object_mut()
        {
            members.insert("nullable".into(), true.into());
        }
    });
}

fn mend(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    if let Some(only) = members.remove("const") {
        members.insert("enum".into(), vec![only].into());
    }
    let mut nullable = members.remove("nullable") == Some(Value::Bool(true));
    match members.remove("type") {
        Some(Value::Array(mut types)) => {
            nullable |= types.contains(&"null".into());
            types.retain(|kind| kind.is_string() && *kind != "null");
            match types.len() {
                0 => {}
                1 => drop(members.insert("type".into(), types.swap_remove(0))),
                _ => one_of_types(members, types),
            }
        }
        Some(kind) if kind == "null" => nullable = true,
        Some(kind) => drop(members.insert("type".into(), kind)),
        None => {}
    }
    if let Some(Value::Array(values)) = members.get_mut("enum") {
        let before = values.len();
        values.retain(|value| !value.is_null());
        nullable |= values.len() < before;
        if values.is_empty() {
            members.remove("enum");
        }
    }
    for key in ["oneOf", "anyOf"] {
        let Some(Value::Array(variants)) = members.get_mut(key) else { continue };
        let before = variants.len();
        variants.retain(|variant| !is_null(variant));
        nullable |= variants.len() < before;
        if variants.is_empty() {
            members.remove(key);
        }
    }
    if nullable {
        members.insert("nullable".into(), true.into());
    }
}

/// `type: [string, integer]` is a union; what else the schema says belongs to whichever it fits.
fn one_of_types(members: &mut Map<String, Value>, types: Vec<Value>) {
    let rest: Map<String, Value> = ["properties", "required", "additionalProperties", "items"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), members.remove(key)?)))
        .collect();
    let variants: Vec<Value> = types
        .into_iter()
        .map(|kind| {
            let mut variant = Map::new();
            match kind.as_str() {
                Some("object") => variant.extend(rest.clone().into_iter().filter(|(key, _)| key != "items")),
                Some("array") => variant.extend(rest.clone().into_iter().filter(|(key, _)| key == "items")),
                _ => {}
            }
            variant.insert("type".into(), kind);
            variant.into()
        })
        .collect();
    members.entry("oneOf").or_insert(variants.into());
}

fn is_null(schema: &Value) -> bool {
    let only_null = |values: &Value| values.as_array().is_some_and(|v| !v.is_empty() && v.iter().all(Value::is_null));
    schema.get("type") == Some(&"null".into())
        || schema.get("enum").is_some_and(only_null)
        || schema.get("const") == Some(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(schema: Value, expected: Value) {
        let mut schema = schema;
        mend(&mut schema);
        assert_eq!(schema, expected);
    }

    #[test]
    fn null_is_said_in_one_way() {
        let expected = json!({"type": "string", "nullable": true});
        check(json!({"type": ["string", "null"]}), expected.clone());
        check(json!({"type": "string", "nullable": true}), expected);
        check(json!({"enum": ["a", null]}), json!({"enum": ["a"], "nullable": true}));
        check(
            json!({"anyOf": [{"$ref": "#/x"}, {"type": "null"}]}),
            json!({"anyOf": [{"$ref": "#/x"}], "nullable": true}),
        );
        check(json!({"type": ["string", "integer"]}), json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}));
        check(json!({"const": 1}), json!({"enum": [1]}));
    }

    #[test]
    fn a_named_schema_passes_its_null_on() {
        insta::assert_snapshot!(
            crate::clients::lower::on_schemas(
                lower,
                json!({
                    "Note": {"type": "string", "nullable": true},
                    "Page": {"type": "object", "properties": {"note": {"$ref": "#/components/schemas/Note"}}},
                })
            ),
            @r##"
            {
              "Note": {
                "type": "string"
              },
              "Page": {
                "properties": {
                  "note": {
                    "$ref": "#/components/schemas/Note",
                    "nullable": true
                  }
                },
                "type": "object"
              }
            }
            "##
        );
    }
}
