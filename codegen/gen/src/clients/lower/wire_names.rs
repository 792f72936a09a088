//! Properties and enumeration values that earn the same Rust name.
//!
//! The later one is lowered to a placeholder with a name of its own in Rust. The placeholder's text, which holds
//! characters that no document has, is turned back into the wire's name in the generated code.

use super::walk;
use crate::clients::ident::{Names, folded, pascal, snake};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Mends every named schema of `document`; answers the placeholders with what they stand for.
pub(super) fn lower(document: &mut Value) -> BTreeMap<String, String> {
    let mut placeholders = Placeholders::default();
    walk::each_schema(document, &mut |schema| {
        if let Some(members) = schema.as_object_mut() {
            properties(members, &mut placeholders);
            values(members, &mut placeholders);
        }
    });
    placeholders.0
}

#[derive(Default)]
struct Placeholders(BTreeMap<String, String>);

impl Placeholders {
    /// Text that reads as `ident` in Rust and can't be confused with any other text of the document.
    fn add(&mut self, ident: &str, wire: &str) -> String {
        // The count in binary, written with two control characters: casing drops them.
        let count: String = format!("{:b}", self.0.len()).replace('0', "\u{2}").replace('1', "\u{3}");
        let text = format!("\u{2}{ident}\u{2}{count}");
        self.0.insert(text.clone(), wire.to_owned());
        text
    }
}

fn properties(members: &mut Map<String, Value>, placeholders: &mut Placeholders) {
    // Typify calls the map of all other members `extra`.
    let reserved: &[&str] = if members.contains_key("additionalProperties") { &["extra"] } else { &[] };
    let Some(Value::Object(properties)) = members.get_mut("properties") else { return };
    let mut names = Names::with_reserved(reserved);
    let mut renamed = BTreeMap::new();
    for wire in properties.keys() {
        let wanted = snake(wire);
        let claimed = names.claim(wanted.clone(), "_v");
        if claimed != wanted || folded(wire) != folded(&wanted) {
            renamed.insert(wire.clone(), placeholders.add(&claimed, wire));
        }
    }
    if renamed.is_empty() {
        return;
    }
    let old = std::mem::take(properties);
    properties.extend(old.into_iter().map(|(wire, schema)| (renamed.get(&wire).cloned().unwrap_or(wire), schema)));
    if let Some(Value::Array(required)) = members.get_mut("required") {
        for name in required {
            if let Some(new) = name.as_str().and_then(|wire| renamed.get(wire)) {
                *name = new.as_str().into();
            }
        }
    }
}

fn values(members: &mut Map<String, Value>, placeholders: &mut Placeholders) {
    let Some(Value::Array(values)) = members.get_mut("enum") else { return };
    let mut names = Names::default();
    for value in values {
        let Some(wire) = value.as_str() else { continue };
        let readable = folded(wire).chars().any(|c| c.is_ascii_alphabetic());
        let wanted = if readable { pascal(wire) } else { pascal(&format!("value {}", spelled(wire))) };
        let claimed = names.claim(wanted.clone(), "V");
        if claimed != wanted || !readable || !wire.is_ascii() {
            let placeholder = placeholders.add(&claimed, wire);
            *value = placeholder.into();
        }
    }
}

/// A value without letters, in words as far as there are any: `>=` is `gt eq`.
fn spelled(text: &str) -> String {
    let word = |c: char| match c {
        '<' => " lt ".to_owned(),
        '>' => " gt ".to_owned(),
        '=' => " eq ".to_owned(),
        '+' => " plus ".to_owned(),
        '-' => " minus ".to_owned(),
        '*' => " star ".to_owned(),
        '!' => " not ".to_owned(),
        '.' => " point ".to_owned(),
        c if c.is_ascii_alphanumeric() => c.to_string(),
        _ => " ".to_owned(),
    };
    text.chars().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(schema: Value, expected: &[(&str, &str)]) {
        let mut document = json!({"operations": {}, "components": {"schemas": {"A": schema}}});
        let found = lower(&mut document);
        let readable = |text: &str| text.replace(['\u{2}', '\u{3}'], "");
        let mut found: Vec<_> = found.iter().map(|(text, wire)| (readable(text), wire.as_str())).collect();
        found.sort();
        let found: Vec<_> = found.iter().map(|(text, wire)| (text.as_str(), *wire)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn names_that_are_one_in_rust_stay_two_on_the_wire() {
        check(json!({"properties": {"fooBar": {}, "foo_bar": {}, "x": {}}}), &[("foo_bar_v2", "foo_bar")]);
        check(json!({"properties": {"extra": {}}, "additionalProperties": {}}), &[("extra_v2", "extra")]);
        check(json!({"enum": ["asc", "ASC", "desc"]}), &[("AscV2", "ASC")]);
        check(json!({"enum": [">=", "", "1.5"]}), &[("Value", ""), ("Value1Point5", "1.5"), ("ValueGtEq", ">=")]);
        check(json!({"properties": {"a": {}, "b": {}}, "enum": ["a", "b"]}), &[]);
    }
}
