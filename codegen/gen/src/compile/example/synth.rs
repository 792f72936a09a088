//! Values made from schemas.

pub(crate) mod flatten;
pub(crate) mod number;

use super::text;
use flatten::flatten;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Nodes of one made value.
const FUEL: usize = 4000;

/// Where optional properties end.
const OPTIONAL_DEPTH: usize = 4;

/// Where everything ends: only a schema that no finite value satisfies goes so far.
const MAX_DEPTH: usize = 12;

/// Which of a schema's values to make.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// With optional properties.
    full: bool,
    /// With the examples and defaults that stand inside.
    words: bool,
    /// Which part of an `anyOf` or `oneOf`.
    branch: usize,
}

impl Wish {
    /// Little, because a caller passes little.
    pub(super) const ARGUMENT: &[Wish] = &[
        Wish { full: false, words: true, branch: 0 },
        Wish { full: false, words: false, branch: 0 },
        Wish { full: false, words: false, branch: 1 },
        Wish { full: false, words: false, branch: 2 },
        Wish { full: true, words: false, branch: 0 },
    ];

    /// Much, because an answer shows what there is.
    pub(super) const ANSWER: &[Wish] = &[
        Wish { full: true, words: true, branch: 0 },
        Wish { full: true, words: false, branch: 0 },
        Wish { full: true, words: false, branch: 1 },
        Wish { full: false, words: false, branch: 0 },
        Wish { full: false, words: false, branch: 1 },
        Wish { full: false, words: false, branch: 2 },
    ];
}

/// Makes one value.
pub(super) struct Synth<'s> {
    named: &'s BTreeMap<String, Value>,
    wish: Wish,
    fuel: usize,
}

impl<'s> Synth<'s> {
    pub(super) fn new(named: &'s BTreeMap<String, Value>, wish: Wish) -> Self {
        Synth { named, wish, fuel: FUEL }
    }

    /// A value that fits `schema`, as far as one can be found without searching.
    pub(super) fn value(&mut self, schema: &Value) -> Value {
        self.at(schema, 0, 0)
    }

    fn at(&mut self, schema: &Value, depth: usize, salt: usize) -> Value {
        if self.fuel == 0 || depth > MAX_DEPTH {
            return Value::Null;
        }
        self.fuel -= 1;
        let schema = flatten(schema, self.named, self.wish.branch);
        if self.wish.words
            && salt == 0
            && let Some(value) = words(&schema)
        {
            return value;
        }
        if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
            let choices: Vec<&Value> = choices.iter().filter(|choice| !choice.is_null()).collect();
            let choice = salt.checked_rem(choices.len()).and_then(|nth| choices.get(nth));
            return choice.map_or(Value::Null, |choice| (*choice).clone());
        }
        match kind(&schema) {
            "object" => self.object(&schema, depth),
            "array" => self.array(&schema, depth),
            "string" => text::text(&schema, salt).into(),
            "integer" => number::integer(&schema, salt),
            "number" => number::number(&schema, salt),
            "boolean" => salt.is_multiple_of(2).into(),
            _ => Value::Null,
        }
    }

    fn object(&mut self, schema: &Map<String, Value>, depth: usize) -> Value {
        let mut out = BTreeMap::new();
        let properties: BTreeMap<&String, &Value> =
            schema.get("properties").and_then(Value::as_object).into_iter().flatten().collect();
        let rest = schema.get("additionalProperties").filter(|rest| **rest != Value::Bool(false));
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        for name in &required {
            let property = properties.get(&(*name).to_owned()).copied().or(rest).unwrap_or(&Value::Bool(true));
            out.insert((*name).to_owned(), self.at(property, depth + 1, 0));
        }
        let least = schema.get("minProperties").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let most = schema.get("maxProperties").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let least = least.unwrap_or(0).min(FUEL);
        for (name, property) in properties {
            let wanted = self.wish.full && depth < OPTIONAL_DEPTH && self.fuel > FUEL / 2;
            let room = most.is_none_or(|most| out.len() < most);
            if room && (wanted || out.len() < least) && !out.contains_key(name) {
                out.insert(name.clone(), self.at(property, depth + 1, 0));
            }
        }
        let mut number = 1_usize;
        while out.len() < least && self.fuel > 0 {
            let value = self.at(rest.unwrap_or(&Value::Bool(true)), depth + 1, 0);
            out.insert(format!("key{number}"), value);
            number += 1;
        }
        Value::Object(out.into_iter().collect())
    }

    fn array(&mut self, schema: &Map<String, Value>, depth: usize) -> Value {
        let count = |keyword: &str| schema.get(keyword).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let usual = usize::from(depth < OPTIONAL_DEPTH);
        let length =
            count("minItems").unwrap_or(usual).max(usual).min(count("maxItems").unwrap_or(usize::MAX)).min(FUEL);
        let items = schema.get("items").unwrap_or(&Value::Bool(true));
        let unique = schema.contains_key("uniqueItems");
        (0..length).map(|nth| self.at(items, depth + 1, if unique { nth } else { 0 })).collect()
    }
}

/// The value that the schema itself shows, if it is at least of the right type.
fn words(schema: &Map<String, Value>) -> Option<Value> {
    let examples = schema.get("examples").and_then(Value::as_array).into_iter().flatten();
    let mut shown = examples.chain(schema.get("default")).filter(|value| !value.is_null());
    shown.find(|value| plausible(schema, value)).cloned()
}

fn plausible(schema: &Map<String, Value>, value: &Value) -> bool {
    let listed = schema.get("enum").and_then(Value::as_array).is_none_or(|choices| choices.contains(value));
    let typed = match schema.get("type") {
        Some(Value::String(kind)) => is_of(value, kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(|kind| is_of(value, kind)),
        _ => true,
    };
    listed && typed
}

fn is_of(value: &Value, kind: &str) -> bool {
    match value {
        Value::Null => kind == "null",
        Value::Bool(_) => kind == "boolean",
        Value::Number(number) => kind == "number" || kind == "integer" && !number.is_f64(),
        Value::String(_) => kind == "string",
        Value::Array(_) => kind == "array",
        Value::Object(_) => kind == "object",
    }
}

/// The type to make: the one that is named, else the one that the other keywords are about.
pub(crate) fn kind(schema: &Map<String, Value>) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => return kind,
        Some(Value::Array(kinds)) => {
            return kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null");
        }
        _ => {}
    }
    let has = |keywords: &[&str]| keywords.iter().any(|keyword| schema.contains_key(*keyword));
    if has(&["properties", "required", "additionalProperties", "minProperties"]) {
        "object"
    } else if has(&["items", "minItems", "uniqueItems"]) {
        "array"
    } else if has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) {
        "number"
    } else {
        "string"
    }
}
