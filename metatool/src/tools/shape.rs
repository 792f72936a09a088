//! A JSON Schema in a few words, for a reader: `{id: string, items?: [{name: string, price: number}]}`.
//!
//! An assistant needs to know what an answer looks like before it asks for it, and a provider's schema of an answer
//! may be a hundred times as long as what it says.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};

/// Levels of objects that are shown.
const MAX_DEPTH: usize = 5;
/// Members of an object that are shown.
const MAX_MEMBERS: usize = 24;
/// Values of an enumeration, or branches of a choice, that are shown.
const MAX_CHOICES: usize = 6;
/// Schemas that are written at one time, each within the one before. References and `allOf` lead on without a level more.
const MAX_OPEN: usize = 64;
/// Bytes after which nothing more is opened.
const MAX_BYTES: usize = 1600;

/// The shape of `schema`, whose references point to `named` as `#/$defs/<name>`.
pub(super) fn shape(schema: &Value, named: &BTreeMap<String, Value>) -> String {
    let mut writer = Writer { named, out: String::new(), open: Vec::new(), within: 0 };
    writer.value(schema, 0);
    writer.out
}

struct Writer<'s> {
    named: &'s BTreeMap<String, Value>,
    out: String,
    /// Named schemas that are being written, so that a recursion is shown as its name.
    open: Vec<&'s str>,
    /// Schemas that are being written.
    within: usize,
}

impl<'s> Writer<'s> {
    fn value(&mut self, schema: &'s Value, depth: usize) {
        let Some(object) = schema.as_object() else { return self.out.push_str("any") };
        if self.out.len() > MAX_BYTES || depth > MAX_DEPTH || self.within >= MAX_OPEN {
            return self.out.push('…');
        }
        self.within += 1;
        self.keywords(object, depth);
        self.within -= 1;
    }

    fn keywords(&mut self, object: &'s Map<String, Value>, depth: usize) {
        if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
            return self.reference(reference, depth);
        }
        if let Some(fixed) = object.get("const") {
            return self.out.push_str(&fixed.to_string());
        }
        if let Some(values) = object.get("enum").and_then(Value::as_array) {
            return self.choices(values.len(), values.iter(), |w, v| w.out.push_str(&v.to_string()));
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(branches) = object.get(key).and_then(Value::as_array)
                && !object.contains_key("properties")
            {
                return self.choices(branches.len(), branches.iter(), |w, b| w.value(b, depth + 1));
            }
        }
        if let Some(parts) = object.get("allOf").and_then(Value::as_array)
            && !object.contains_key("properties")
        {
            for (at, part) in parts.iter().take(MAX_CHOICES).enumerate() {
                self.out.push_str(if at > 0 { " & " } else { "" });
                self.value(part, depth);
            }
            return;
        }
        let types: Vec<&str> = match object.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ if object.contains_key("properties") => vec!["object"],
            _ if object.contains_key("items") => vec!["array"],
            _ => vec!["any"],
        };
        for (at, kind) in types.iter().enumerate() {
            self.out.push_str(if at > 0 { "|" } else { "" });
            match *kind {
                "object" => self.object(object, depth),
                "array" => {
                    self.out.push('[');
                    self.value(object.get("items").unwrap_or(&Value::Null), depth + 1);
                    self.out.push(']');
                }
                other => self.scalar(other, object.get("format").and_then(Value::as_str)),
            }
        }
    }

    fn scalar(&mut self, kind: &str, format: Option<&str>) {
        self.out.push_str(kind);
        // A date is written in a way that must be known; an int32 is a number.
        if let Some(format) = format.filter(|f| kind == "string" && f.len() < 20) {
            self.out.push_str(&format!("<{format}>"));
        }
    }

    fn reference(&mut self, reference: &'s str, depth: usize) {
        let name = reference.strip_prefix("#/$defs/").map(|n| n.replace("~1", "/").replace("~0", "~"));
        let found = name.as_ref().and_then(|name| self.named.get_key_value(name));
        match found {
            Some((name, target)) if !self.open.contains(&name.as_str()) => {
                self.open.push(name);
                self.value(target, depth);
                self.open.pop();
            }
            Some((name, _)) => self.out.push_str(name),
            None => self.out.push_str("any"),
        }
    }

    fn object(&mut self, schema: &'s Map<String, Value>, depth: usize) {
        let Some(members) = schema.get("properties").and_then(Value::as_object).filter(|m| !m.is_empty()) else {
            match schema.get("additionalProperties") {
                Some(values @ Value::Object(_)) => {
                    self.out.push_str("{*: ");
                    self.value(values, depth + 1);
                    self.out.push('}');
                }
                _ => self.out.push_str("object"),
            }
            return;
        };
        let required: HashSet<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        self.out.push('{');
        for (at, (name, member)) in members.iter().enumerate() {
            self.out.push_str(if at > 0 { ", " } else { "" });
            if at >= MAX_MEMBERS || self.out.len() > MAX_BYTES {
                self.out.push('…');
                break;
            }
            let mark = if required.contains(name.as_str()) { "" } else { "?" };
            self.out.push_str(&format!("{name}{mark}: "));
            self.value(member, depth + 1);
        }
        self.out.push('}');
    }

    fn choices<T>(&mut self, count: usize, all: impl Iterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        for (at, one) in all.take(MAX_CHOICES).enumerate() {
            self.out.push_str(if at > 0 { "|" } else { "" });
            write(self, one);
        }
        if count > MAX_CHOICES {
            self.out.push_str("|…");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(schema: Value, expected: &str) {
        let named = BTreeMap::from([
            ("Tree".to_owned(), json!({"properties": {"kids": {"items": {"$ref": "#/$defs/Tree"}}}})),
            (
                "Money".to_owned(),
                json!({"type": "object", "properties": {"cents": {"type": "integer"}}, "required": ["cents"]}),
            ),
        ]);
        assert_eq!(shape(&schema, &named), expected);
    }

    #[test]
    fn schemas_in_a_few_words() {
        check(json!(true), "any");
        check(json!({"type": ["string", "null"], "format": "date"}), "string<date>|null");
        check(json!({"enum": ["a", 1]}), r#""a"|1"#);
        check(json!({"type": "array", "items": {"$ref": "#/$defs/Money"}}), "[{cents: integer}]");
        check(json!({"$ref": "#/$defs/Tree"}), "{kids?: [Tree]}");
        check(json!({"$ref": "#/$defs/Nowhere"}), "any");
        check(json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}), "string|integer");
        check(json!({"additionalProperties": {"type": "number"}, "type": "object"}), "{*: number}");
    }

    #[test]
    fn a_giant_stays_short() {
        let wide: serde_json::Map<_, _> =
            (0..500).map(|i| (format!("member_{i}"), json!({"$ref": "#/$defs/Money"}))).collect();
        let deep = (0..200).fold(json!({"type": "string"}), |inner, _| json!({"properties": {"in": inner}}));
        for schema in [json!({"properties": wide}), deep] {
            assert!(shape(&schema, &BTreeMap::new()).len() < 2 * MAX_BYTES);
        }
    }

    #[test]
    fn a_chain_of_names_ends() {
        let to = |at: usize| json!({"$ref": format!("#/$defs/N{at}")});
        for link in [|next: Value| next, |next: Value| json!({"allOf": [next]})] {
            let named = (0..100_000).map(|at| (format!("N{at}"), link(to(at + 1)))).collect();
            assert_eq!(shape(&to(0), &named), "…");
        }
    }
}
