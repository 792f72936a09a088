//! Examples that the document gives.

use crate::compile::{
    body::content,
    schema::{View, plain, shown},
};
use serde_json::Value;
use std::collections::BTreeMap;
use uaps_spec::{Document, Node};

/// Bytes of JSON that an example in the catalogue may have.
const MAX_BYTES: usize = 16 * 1024;
/// References in a row that are followed.
const MAX_REFERENCES: usize = 16;

/// Examples of a parameter or a media type, best first: its own, then those of its schema. What is hidden from the view is
/// left out of each.
pub(super) fn values<'d>(document: &'d Document, holder: &'d Node, view: View) -> Vec<Value> {
    let content = content(document, holder).first().map(|media| &media.value);
    let holders = || [Some(holder), content].into_iter().flatten();
    let mut found: Vec<&Node> = holders().filter_map(|holder| holder.get("example")).collect();
    for member in holders().filter_map(|holder| holder.get("examples")).flat_map(Node::members) {
        found.extend(document.resolve(&member.value).ok().and_then(|example| example.get("value")));
    }
    for schema in holders().filter_map(|holder| holder.get("schema")) {
        found.extend(schema.get("example"));
        found.extend(document.resolve(schema).ok().and_then(|schema| schema.get("example")));
    }
    let schema = holders().find_map(|holder| holder.get("schema"));
    found.into_iter().filter_map(|node| plain(node, 0)).map(|value| shown(document, schema, value, view)).collect()
}

/// A value, and what it may have been meant to be: documents write lists as `a,b` and numbers in quotes.
pub(super) fn readings(value: Value, schema: &Value) -> Vec<Value> {
    let mut readings = vec![value];
    if let Some(Value::String(text)) = readings.first().cloned() {
        if let Ok(parsed) = serde_json::from_str(&text) {
            readings.push(parsed);
        }
        if schema.get("type").is_some_and(|kind| kind == "array") {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            readings.push(items.clone().map(Value::from).collect());
            readings.push(items.map(|item| serde_json::from_str(item).unwrap_or(Value::from(item))).collect());
        }
    } else if let Some(number) = readings.first().filter(|value| value.is_number() || value.is_boolean()).cloned() {
        readings.push(number.to_string().into());
    }
    readings
}

/// A value of JSON, or what its text was meant to be: some documents write `"{ \"a\": 1 }"`. The text itself counts only
/// where the schema names texts, because it fits every schema that forgets its `type`.
pub(super) fn structure(value: Value, schema: &Value, named: &BTreeMap<String, Value>) -> Value {
    let parsed = value.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let parsed = parsed.filter(|parsed| parsed.is_object() || parsed.is_array());
    parsed.filter(|_| !is_text(schema, named)).unwrap_or(value)
}

/// Whether a schema's `type` names texts.
fn is_text(schema: &Value, named: &BTreeMap<String, Value>) -> bool {
    let mut schema = schema;
    for _ in 0..MAX_REFERENCES {
        let name = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix("#/$defs/"));
        match name.and_then(|name| named.get(name)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    match schema.get("type") {
        Some(Value::Array(types)) => types.iter().any(|kind| kind == "string"),
        kind => kind.is_some_and(|kind| kind == "string"),
    }
}

/// A value as it is, and with its lists cut to one element; only what isn't too large.
pub(super) fn small(value: Value) -> Vec<Value> {
    let fits = |value: &Value| value.to_string().len() <= MAX_BYTES;
    if fits(&value) {
        return vec![value];
    }
    let mut cut = value;
    cut_lists(&mut cut);
    if fits(&cut) { vec![cut] } else { Vec::new() }
}

fn cut_lists(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.truncate(1);
            items.iter_mut().for_each(cut_lists);
        }
        Value::Object(members) => members.values_mut().for_each(cut_lists),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_are_read_as_what_they_were_meant_to_be() {
        let numbers = json!({"type": "array", "items": {"type": "integer"}});
        assert!(readings(json!("1, 2"), &numbers).contains(&json!([1, 2])));
        assert!(readings(json!("1, 2"), &numbers).contains(&json!(["1", "2"])));
        assert!(readings(json!("7"), &json!({"type": "integer"})).contains(&json!(7)));
        assert!(readings(json!(7), &json!({"type": "string"})).contains(&json!("7")));
    }

    #[test]
    fn a_text_that_is_an_object_is_read_as_one() {
        let named = BTreeMap::from([("Text".to_owned(), json!({"type": ["string", "null"]}))]);
        let check = |value: Value, schema: Value, expected: Value| {
            assert_eq!(structure(value, &schema, &named), expected, "{schema}");
        };
        check(json!("{ \"a\": [1] }"), json!({"properties": {}}), json!({"a": [1]}));
        check(json!("{ \"a\": [1] }"), json!({"$ref": "#/$defs/Text"}), json!("{ \"a\": [1] }"));
        check(json!("17"), json!({}), json!("17"));
        check(json!({"a": 1}), json!({"type": "string"}), json!({"a": 1}));
    }

    #[test]
    fn large_lists_are_cut() {
        let long = json!({"a": vec!["x".repeat(100); 1000]});
        assert_eq!(small(long), [json!({"a": ["x".repeat(100)]})]);
        assert_eq!(small(json!("x".repeat(20_000))), [Value::Null; 0]);
    }
}
