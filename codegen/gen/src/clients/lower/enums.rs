//! Enumerations: distinct strings, or no enumeration.

use super::walk;
use serde_json::Value;

/// Mends every schema of `document`.
pub(super) fn lower(document: &mut Value) {
    walk::each_schema(document, &mut mend);
}

/// An enumeration of numbers is a number, of truth values a truth value; one that mixes them says nothing of the type.
fn mend(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    let Some(values) = members.remove("enum") else { return };
    let mut values = values.as_array().cloned().unwrap_or_default();
    let kind = members.get("type").and_then(Value::as_str);
    let all = |test: fn(&Value) -> bool| !values.is_empty() && values.iter().all(test);
    match kind {
        None | Some("string") if all(Value::is_string) => {
            let mut seen = std::collections::BTreeSet::new();
            values.retain(|value| value.as_str().is_some_and(|text| seen.insert(text.to_owned())));
            members.insert("type".into(), "string".into());
            members.insert("enum".into(), values.into());
        }
        None if all(|v| v.is_i64() || v.is_u64()) => drop(members.insert("type".into(), "integer".into())),
        None if all(Value::is_number) => drop(members.insert("type".into(), "number".into())),
        None if all(Value::is_boolean) => drop(members.insert("type".into(), "boolean".into())),
        _ => {}
    }
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
    fn only_strings_are_enumerated() {
        check(json!({"enum": ["b", "a", "b"]}), json!({"type": "string", "enum": ["b", "a"]}));
        check(json!({"type": "integer", "enum": [1, 2]}), json!({"type": "integer"}));
        check(json!({"enum": [1, 2]}), json!({"type": "integer"}));
        check(json!({"type": "boolean", "enum": [true]}), json!({"type": "boolean"}));
        check(json!({"type": "string", "enum": [1]}), json!({"type": "string"}));
        check(json!({"type": "object", "enum": [{}]}), json!({"type": "object"}));
        check(json!({"enum": ["a", 1]}), json!({}));
        check(json!({"enum": []}), json!({}));
    }
}
