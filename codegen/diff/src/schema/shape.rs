//! What the schemas of one side say together, keyword by keyword.

use super::bounds::{Bounds, divisor};
use super::canonical::is_annotation;
use super::opaque::Whole;
use super::side::{Side, is_null, target};
use super::types::Types;
use super::variance::Variance;
use super::{ANYTHING, Named};
use serde_json::{Map, Number, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Schemas that are taken together at most; more than any document has in one `allOf`.
const MAX_PARTS: usize = 1000;

/// Alternatives within alternatives that are looked at for null; deeper ones are taken to accept it.
const MAX_UNIONS: usize = 3;

/// Properties without a name of their own.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Other<'s> {
    /// Anything.
    #[default]
    Open,
    /// None.
    Closed,
    /// What fits.
    Schemas(Vec<&'s Value>),
}

/// What `allOf` and references come to.
pub(super) struct Shape<'s> {
    pub(super) types: Types,
    /// Null is let through besides.
    null: bool,
    /// Values by their JSON text, without null; `None` where all are good.
    pub(super) values: Option<BTreeMap<String, &'s Value>>,
    pub(super) formats: BTreeSet<&'s str>,
    pub(super) patterns: BTreeSet<&'s str>,
    pub(super) bounds: Bounds<'s>,
    pub(super) divisors: Vec<&'s Number>,
    pub(super) unique: bool,
    pub(super) properties: BTreeMap<&'s str, Vec<&'s Value>>,
    pub(super) required: BTreeSet<&'s str>,
    pub(super) other: Other<'s>,
    pub(super) items: Vec<&'s Value>,
    pub(super) prefix: BTreeMap<usize, Vec<&'s Value>>,
    /// Lists of alternatives, each of at least two.
    pub(super) unions: Vec<Vec<&'s Value>>,
    /// Keywords that are only compared as a whole.
    pub(super) opaque: BTreeMap<&'s str, Vec<Whole<'s>>>,
    /// Whether anything but alternatives is said.
    pub(super) says_more: bool,
}

impl<'s> Shape<'s> {
    /// Gathers what the parts of a side say.
    pub(super) fn of(side: &Side<'s>, named: &'s Named) -> Self {
        Shape::within(side, named, MAX_UNIONS)
    }

    /// Looks at alternatives of alternatives as often as `depth` says.
    fn within(side: &Side<'s>, named: &'s Named, depth: usize) -> Self {
        let mut shape = Shape {
            types: Types::ALL,
            null: side.null,
            values: None,
            formats: BTreeSet::new(),
            patterns: BTreeSet::new(),
            bounds: Bounds::default(),
            divisors: Vec::new(),
            unique: false,
            properties: BTreeMap::new(),
            required: BTreeSet::new(),
            other: Other::Open,
            items: Vec::new(),
            prefix: BTreeMap::new(),
            unions: Vec::new(),
            opaque: BTreeMap::new(),
            says_more: false,
        };
        let mut todo: Vec<&'s Value> = side.parts.iter().rev().copied().collect();
        let mut followed: BTreeSet<&str> = BTreeSet::new();
        for _ in 0..MAX_PARTS {
            match todo.pop() {
                None => break,
                Some(Value::Bool(false)) => {
                    shape.types = Types::NONE;
                    shape.says_more = true;
                }
                Some(Value::Object(object)) => {
                    if let Some((name, target)) = target(object, named)
                        && followed.insert(name)
                    {
                        todo.push(target);
                    }
                    for (keyword, value) in object {
                        shape.keyword(keyword, value, object, &mut todo);
                    }
                }
                Some(_) => {}
            }
        }
        shape.imply();
        shape.settle_null(named, depth);
        shape
    }

    fn keyword(
        &mut self,
        keyword: &'s str,
        value: &'s Value,
        object: &'s Map<String, Value>,
        todo: &mut Vec<&'s Value>,
    ) {
        match (keyword, value) {
            ("$ref", _) => return,
            ("allOf", Value::Array(parts)) => return todo.extend(parts.iter().rev()),
            ("anyOf" | "oneOf", Value::Array(branches)) => {
                let rest: Vec<&'s Value> = branches.iter().filter(|branch| !is_null(branch)).collect();
                self.null |= rest.len() < branches.len();
                match rest.as_slice() {
                    [] => self.types = self.types.and(Types::read(&"null".into())),
                    [one] => todo.push(one),
                    _ => self.unions.push(rest),
                }
                return;
            }
            ("type", _) => self.types = self.types.and(Types::read(value)),
            ("enum", Value::Array(values)) => self.choose(values.iter()),
            ("const", _) => self.choose(std::iter::once(value)),
            ("format", Value::String(format)) => drop(self.formats.insert(format)),
            ("pattern", Value::String(pattern)) => drop(self.patterns.insert(pattern)),
            ("uniqueItems", Value::Bool(unique)) => self.unique |= unique,
            ("multipleOf", Value::Number(number)) => self.divisors.extend(divisor(number)),
            (_, Value::Number(number)) if self.bounds.add(keyword, number) => {}
            ("properties", Value::Object(properties)) => {
                for (name, schema) in properties {
                    self.properties.entry(name).or_default().push(schema);
                }
            }
            ("required", Value::Array(names)) => self.required.extend(names.iter().filter_map(Value::as_str)),
            ("additionalProperties", _) => self.others(value),
            // Beside `additionalProperties` there is nothing left to evaluate.
            ("unevaluatedProperties", _) if !object.contains_key("additionalProperties") => self.others(value),
            ("items", _) => self.items.push(value),
            ("prefixItems", Value::Array(schemas)) => {
                for (at, schema) in schemas.iter().enumerate() {
                    self.prefix.entry(at).or_default().push(schema);
                }
            }
            _ if is_annotation(keyword) => return,
            _ => {
                let variance = Variance::Same.under(keyword, object);
                self.opaque.entry(keyword).or_default().push(Whole { value, variance });
            }
        }
        self.says_more = true;
    }

    fn choose(&mut self, values: impl Iterator<Item = &'s Value>) {
        let mut new: BTreeMap<String, &'s Value> = values.map(|value| (value.to_string(), value)).collect();
        if let Some(old) = &self.values {
            new.retain(|text, _| old.contains_key(text));
        }
        self.values = Some(new);
    }

    fn others(&mut self, value: &'s Value) {
        match (value, &mut self.other) {
            (Value::Bool(false), other) => *other = Other::Closed,
            (Value::Object(schema), other) if !schema.is_empty() => match other {
                Other::Open => *other = Other::Schemas(vec![value]),
                Other::Schemas(schemas) => schemas.push(value),
                Other::Closed => {}
            },
            _ => {}
        }
    }

    /// Draws what the keywords imply for the types.
    fn imply(&mut self) {
        if let Some(values) = &mut self.values {
            let kinds = values.values().fold(Types::NONE, |kinds, value| kinds.or(Types::of(value)));
            self.types = self.types.and(kinds);
            values.remove("null");
        } else if self.types == Types::ALL {
            // Nobody who writes `properties` means that a number is good as well.
            if !self.properties.is_empty() {
                self.types = Types::OBJECT;
            } else if !self.items.is_empty() {
                self.types = Types::ARRAY;
            }
        }
    }

    /// Alternatives of which none takes null leave none.
    fn settle_null(&mut self, named: &'s Named, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let takes_null = |branch: &&'s Value| {
            let side = Side::peel(std::slice::from_ref(branch));
            side.null || Shape::within(&side, named, depth).accepts_null()
        };
        if self.types.has_null() && self.unions.iter().any(|branches| !branches.iter().any(takes_null)) {
            self.types = self.types.without_null();
        }
    }

    /// Whether null is accepted.
    pub(super) fn accepts_null(&self) -> bool {
        self.null || self.types.has_null()
    }

    /// What an element of a list is judged by.
    pub(super) fn element(&self) -> Vec<&'s Value> {
        if self.items.is_empty() { vec![&ANYTHING] } else { self.items.clone() }
    }
}
