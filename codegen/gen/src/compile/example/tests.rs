//! Made values and their schemas.

use super::{Judge, Synth, Wish};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A value made for a caller, and one made for an answer; both must fit.
#[track_caller]
fn check(schema: Value, argument: Value, answer: Value) {
    let tree = json!({"type": "object", "required": ["kids"], "properties": {
        "kids": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}, "name": {"type": "string"}}});
    let named = BTreeMap::from([("Tree".to_owned(), tree)]);
    for (wishes, expected) in [(Wish::ARGUMENT, argument), (Wish::ANSWER, answer)] {
        let value = Synth::new(&named, wishes[0]).value(&schema);
        assert_eq!(value, expected);
        assert!(Judge::new(&named).accepts(&schema, &value), "{value}");
    }
}

#[test]
fn a_caller_passes_little_and_an_answer_shows_much() {
    let schema = json!({"type": "object", "required": ["a"], "properties": {
        "a": {"type": "integer", "examples": [7]}, "b": {"type": "string", "default": "x"}}});
    check(schema, json!({"a": 7}), json!({"a": 7, "b": "x"}));
}

#[test]
fn recursion_ends() {
    let leaf = json!({"kids": []});
    let inner = json!({"kids": [leaf], "name": "example"});
    check(
        json!({"$ref": "#/$defs/Tree"}),
        json!({"kids": [{"kids": [leaf]}]}),
        json!({"kids": [inner], "name": "example"}),
    );
}

#[test]
fn lists_hold_what_they_must() {
    let three = json!({"type": "array", "minItems": 3, "uniqueItems": true, "items": {"enum": ["a", "b", "c"]}});
    check(three, json!(["a", "b", "c"]), json!(["a", "b", "c"]));
    check(json!({"type": "array", "maxItems": 0}), json!([]), json!([]));
    check(
        json!({"minProperties": 1, "additionalProperties": {"type": "boolean"}}),
        json!({"key1": true}),
        json!({"key1": true}),
    );
}

#[test]
fn an_example_of_the_wrong_type_is_not_used() {
    check(json!({"type": "integer", "examples": ["7"], "minimum": 3}), json!(3), json!(3));
}
