//! Full values: every property, two elements to a list, one branch of each union.

use super::words::{self, Alphabet};
use crate::compile::example::{
    synth::{flatten::flatten, kind, number},
    text,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Nodes of one made value, about.
const BUDGET: usize = 3000;

/// Where optional properties end.
const OPTIONAL_DEPTH: usize = 8;

/// Where everything ends: only a schema that no finite value satisfies goes so far.
const MAX_DEPTH: usize = 12;

/// Which of a schema's values to make.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// What its texts may hold.
    pub(super) alphabet: Alphabet,
    /// Texts that need encoding and numbers out of the ordinary; else what a schema's example would have.
    pub(super) rich: bool,
    /// Which branches, texts and numbers.
    pub(super) nth: usize,
}

/// Makes one value.
pub(super) struct Make<'s> {
    named: &'s BTreeMap<String, Value>,
    wish: Wish,
    /// The most branches that a union had.
    pub(super) branches: usize,
}

impl<'s> Make<'s> {
    pub(super) fn new(named: &'s BTreeMap<String, Value>, wish: Wish) -> Self {
        Make { named, wish, branches: 0 }
    }

    /// A value that fits `schema`, as far as one can be found without searching.
    pub(super) fn value(&mut self, schema: &Value) -> Value {
        self.at(schema, 0, self.wish.nth, BUDGET)
    }

    /// `nth` is another number in each element of a list, so that elements differ. The budget is shared out among
    /// members, so that the last property is there as surely as the first.
    fn at(&mut self, schema: &Value, depth: usize, nth: usize, budget: usize) -> Value {
        if depth > MAX_DEPTH {
            return Value::Null;
        }
        self.count_branches(schema);
        let schema = flatten(schema, self.named, nth);
        if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
            let choices: Vec<&Value> = choices.iter().filter(|choice| !choice.is_null()).collect();
            let choice = nth.checked_rem(choices.len()).and_then(|nth| choices.get(nth));
            return choice.map_or(Value::Null, |choice| (*choice).clone());
        }
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        match kind(&schema) {
            "object" => self.object(&schema, depth, nth, budget),
            "array" => self.array(&schema, depth, nth, budget),
            "string" => self.text(&schema, nth).into(),
            "integer" => self.odd(words::integer, &schema, nth).unwrap_or_else(|| number::integer(&schema, nth % 2)),
            "number" => self.odd(words::number, &schema, nth).unwrap_or_else(|| number::number(&schema, nth % 2)),
            "boolean" => nth.is_multiple_of(2).into(),
            _ => Value::Null,
        }
    }

    fn odd(
        &self,
        make: fn(&Map<String, Value>, usize) -> Option<Value>,
        schema: &Map<String, Value>,
        nth: usize,
    ) -> Option<Value> {
        make(schema, nth).filter(|_| self.wish.rich)
    }

    fn text(&self, schema: &Map<String, Value>, nth: usize) -> String {
        let rich = words::rich(schema, self.wish.alphabet, nth).filter(|_| self.wish.rich);
        rich.unwrap_or_else(|| text::text(schema, nth))
    }

    fn object(&mut self, schema: &Map<String, Value>, depth: usize, nth: usize, budget: usize) -> Value {
        let properties: BTreeMap<&String, &Value> =
            schema.get("properties").and_then(Value::as_object).into_iter().flatten().collect();
        let rest = schema.get("additionalProperties").filter(|rest| **rest != Value::Bool(false));
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let count = |keyword: &str| schema.get(keyword).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let (least, most) = (count("minProperties").unwrap_or(0).min(BUDGET), count("maxProperties"));
        let share = budget / (properties.len() + 2);
        let mut out = BTreeMap::new();
        for name in &required {
            let property = properties.get(&(*name).to_owned()).copied().or(rest).unwrap_or(&Value::Bool(true));
            out.insert((*name).to_owned(), self.at(property, depth + 1, nth, share));
        }
        for (at, (name, property)) in properties.into_iter().enumerate() {
            let room = most.is_none_or(|most| out.len() < most) && depth < OPTIONAL_DEPTH && share > 0;
            if (room || out.len() < least) && !out.contains_key(name) {
                // Neighbours of one type differ, or a value that lands in the wrong place would not show.
                let value = self.at(property, depth + 1, nth + at, share);
                // A member that is null says no more than an absent one.
                if !value.is_null() {
                    out.insert(name.clone(), value);
                }
            }
        }
        // Members that no property names: where the schema says of what kind they are, or where nothing else is there.
        let free = rest.is_some_and(|rest| rest.as_object().is_some_and(|rest| !rest.is_empty())) || out.is_empty();
        let wanted =
            if free && schema.get("additionalProperties") != Some(&Value::Bool(false)) && share > 0 { 1 } else { 0 };
        let wanted = (out.len() + wanted).max(least).min(most.unwrap_or(usize::MAX));
        let mut number = 1_usize;
        while out.len() < wanted && number <= BUDGET {
            out.insert(format!("key{number}"), self.at(rest.unwrap_or(&Value::Bool(true)), depth + 1, nth, share));
            number += 1;
        }
        Value::Object(out.into_iter().collect())
    }

    fn array(&mut self, schema: &Map<String, Value>, depth: usize, nth: usize, budget: usize) -> Value {
        let count = |keyword: &str| schema.get(keyword).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let usual = match (depth < OPTIONAL_DEPTH, budget) {
            (false, _) | (_, 0) => 0,
            (true, 1..16) => 1,
            (true, _) => 2,
        };
        let length =
            count("minItems").unwrap_or(usual).max(usual).min(count("maxItems").unwrap_or(usize::MAX)).min(BUDGET);
        let share = budget.checked_div(length).unwrap_or(0);
        let rest = schema.get("items").unwrap_or(&Value::Bool(true));
        let first = schema.get("prefixItems").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        (0..length).map(|at| self.at(first.get(at).unwrap_or(rest), depth + 1, nth + at, share)).collect()
    }

    fn count_branches(&mut self, schema: &Value) {
        for keyword in ["anyOf", "oneOf"] {
            let parts = schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
            let parts = parts.filter(|part| part.get("type").is_none_or(|kind| kind != "null"));
            self.branches = self.branches.max(parts.count());
        }
        if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/$defs/"))
            && let Some(Value::Object(target)) = self.named.get(name)
            && !target.contains_key("$ref")
        {
            for keyword in ["anyOf", "oneOf"] {
                let parts = target.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
                self.branches = self.branches.max(parts);
            }
        }
    }
}
