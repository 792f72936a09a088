//! One side of a comparison: schemas that all judge the same value.

use super::Named;
use super::canonical::is_annotation;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const DEFS: &str = "#/$defs/";

/// Wrappers that are taken off one schema at most.
const MAX_WRAPPERS: usize = 16;

/// Schemas without the wrappers that say nothing, and whether one of those let null through.
pub(super) struct Side<'s> {
    pub(super) parts: Vec<&'s Value>,
    pub(super) null: bool,
}

impl<'s> Side<'s> {
    /// Takes off `allOf` around one schema, and `anyOf` around one schema and null.
    pub(super) fn peel(parts: &[&'s Value]) -> Self {
        let mut side = Side { parts: parts.to_vec(), null: false };
        for _ in 0..MAX_WRAPPERS {
            let [Value::Object(object)] = side.parts.as_slice() else { break };
            let mut said = object.iter().filter(|(keyword, _)| !is_annotation(keyword));
            let (Some((keyword, Value::Array(branches))), None) = (said.next(), said.next()) else { break };
            let inner: Vec<&'s Value> = match keyword.as_str() {
                "allOf" => branches.iter().collect(),
                "anyOf" | "oneOf" => branches.iter().filter(|branch| !is_null(branch)).collect(),
                _ => break,
            };
            let [inner] = inner.as_slice() else { break };
            side.null |= keyword != "allOf" && branches.len() > 1;
            side.parts = vec![inner];
        }
        side
    }

    /// The name, where this is a reference to a named schema and nothing else.
    pub(super) fn name(&self, named: &'s Named) -> Option<&'s str> {
        let [Value::Object(object)] = self.parts.as_slice() else { return None };
        let alone = object.keys().all(|keyword| keyword == "$ref" || is_annotation(keyword));
        let name = target(object, named)?.0;
        alone.then_some(name)
    }
}

/// The named schema that a `$ref` leads to.
pub(super) fn target<'s>(object: &Map<String, Value>, named: &'s Named) -> Option<(&'s str, &'s Value)> {
    lead(object.get("$ref")?.as_str()?, named)
}

/// The named schema that a reference leads to.
pub(super) fn lead<'s>(reference: &str, named: &'s Named) -> Option<(&'s str, &'s Value)> {
    let name = reference.strip_prefix(DEFS)?.replace("~1", "/").replace("~0", "~");
    named.get_key_value(&name).map(|(name, schema)| (name.as_str(), schema))
}

/// Whether a schema accepts null alone.
pub(super) fn is_null(schema: &Value) -> bool {
    let kind = schema.get("type");
    let only =
        |value: &Value| value == "null" || value.as_array().is_some_and(|kinds| kinds.iter().all(|k| k == "null"));
    let alone = || schema.as_object().is_some_and(|object| object.keys().all(|k| k == "type" || is_annotation(k)));
    kind.is_some_and(only) && alone()
}

/// A keyword that describes, of the first schema that has it: a whole comes before what it refers to, and that before the
/// parts it is made of. Through references where `named` is given.
pub(super) fn said<'s>(parts: &[&'s Value], keyword: &str, named: Option<&'s Named>) -> Option<&'s Value> {
    let mut todo: Vec<&'s Value> = parts.iter().rev().copied().collect();
    let mut followed = BTreeSet::new();
    while let Some(part) = todo.pop() {
        let Value::Object(object) = part else { continue };
        if let Some(value) = object.get(keyword) {
            return Some(value);
        }
        if let Some(Value::Array(parts)) = object.get("allOf") {
            todo.extend(parts.iter().rev());
        }
        if let Some((name, target)) = named.and_then(|named| target(object, named))
            && followed.insert(name)
        {
            todo.push(target);
        }
    }
    None
}
