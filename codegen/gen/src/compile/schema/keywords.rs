//! One schema object, keyword by keyword.
//!
//! Only known keywords go through, each in the form that 2020-12's meta-schema asks for, so that a careless document can't
//! yield a schema that validators refuse. Those of 3.0 are here, those that came with 3.1 in `modern`; `xml`,
//! `externalDocs` and extensions stay behind.

use super::{MAX_LEVELS, Schemas, View, branches, discriminator, nullable, numbers, view::shown};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashSet};
use std::hash::Hash;
use uaps_spec::{Kind, Node};

const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

impl<'d> Schemas<'d> {
    /// Raises `node`, which stands `level` JSON levels deep in its schema.
    pub(super) fn schema(&mut self, node: &'d Node, view: View, level: usize) -> Value {
        self.schema_within(node, view, level, &BTreeSet::new())
    }

    /// Likewise for a part of a composition, whose whole may hide names that the part asks for.
    pub(super) fn schema_within(
        &mut self,
        node: &'d Node,
        view: View,
        level: usize,
        outer: &BTreeSet<&'d str>,
    ) -> Value {
        let hidden = &(&self.hidden(node, view) | outer);
        // A reference can't be told what is hidden where it is used, so what it means stands there itself.
        let node = self.asks_for_hidden(node, outer, view).unwrap_or(node);
        if !node.is_object() || level > MAX_LEVELS {
            return Value::Bool(node.as_bool() != Some(false));
        }
        let nullable = node.is_true("nullable");
        // What is wrapped to allow null stands two levels deeper.
        let level = if nullable && nullable::wraps(|k| node.get(k).is_some()) { level + 2 } else { level };
        let mut out = Map::new();
        self.annotations(node, view, level, &mut out);
        if let Some(name) = node.str_at("$ref").and_then(|reference| self.named(reference, view)) {
            out.insert("$ref".into(), format!("#/$defs/{name}").into());
        }
        // 3.0 ignores what stands beside a reference. Words and examples there do no harm and are meant.
        if self.siblings || node.str_at("$ref").is_none() {
            self.values(node, level, &mut out);
            numbers::raise(node, &mut out);
            self.object(node, view, level, hidden, &mut out);
            self.composed(node, view, level, hidden, &mut out);
            self.modern(node, view, level, hidden, &mut out);
            if let Some(items) = node.get("items").filter(|items| is_schema(items)) {
                out.insert("items".into(), self.schema(items, view, level + 1));
            }
            if let Some(node) = node.get("discriminator")
                && let Some(discriminator) = discriminator::raise(node, |name| self.mapped(name, view))
            {
                out.insert("discriminator".into(), discriminator);
            }
        }
        Value::Object(if nullable { nullable::allow_null(out) } else { out })
    }

    /// `type`, `enum`, and what is said of text and lists.
    fn values(&mut self, node: &'d Node, level: usize, out: &mut Map<String, Value>) {
        if let Some(kind) = node.get("type").and_then(types) {
            out.insert("type".into(), kind);
        }
        let choices = node.get("enum").map(Node::items).unwrap_or_default().iter();
        let choices: Vec<Value> = distinct(choices.filter_map(|choice| plain(choice, level + 1)));
        if !choices.is_empty() {
            // A list that names null means it, whatever `type` says.
            if choices.contains(&Value::Null)
                && let Some(kind) = out.get_mut("type")
            {
                nullable::add_null_type(kind);
            }
            out.insert("enum".into(), choices.into());
        }
        if let Some(format) = node.str_at("format").filter(|format| !format.is_empty()) {
            out.insert("format".into(), format.into());
        }
        if let Some(pattern) = node.str_at("pattern").filter(|pattern| self.pattern_works(pattern)) {
            out.insert("pattern".into(), pattern.into());
        }
        if node.is_true("uniqueItems") {
            out.insert("uniqueItems".into(), true.into());
        }
    }

    fn object(
        &mut self,
        node: &'d Node,
        view: View,
        level: usize,
        hidden: &BTreeSet<&'d str>,
        out: &mut Map<String, Value>,
    ) {
        let properties = node.get("properties").filter(|p| p.is_object());
        if let Some(properties) = properties {
            let shown = properties.members().iter().filter(|p| !self.hides(&p.value, view)).collect::<Vec<_>>();
            let raised: Map<String, Value> =
                shown.into_iter().map(|p| (p.key.clone(), self.schema(&p.value, view, level + 2))).collect();
            out.insert("properties".into(), raised.into());
        }
        let required = node.get("required").into_iter().flat_map(Node::items).filter_map(Node::as_str);
        let required = distinct(required.filter(|name| !hidden.contains(name)));
        if !required.is_empty() {
            out.insert("required".into(), json!(required));
        }
        match node.get("additionalProperties") {
            Some(Node { kind: Kind::Bool(allowed), .. }) => {
                out.insert("additionalProperties".into(), (*allowed).into());
            }
            Some(schema) if schema.is_object() => {
                out.insert("additionalProperties".into(), self.schema(schema, view, level + 1));
            }
            _ => {}
        }
    }

    fn composed(
        &mut self,
        node: &'d Node,
        view: View,
        level: usize,
        hidden: &BTreeSet<&'d str>,
        out: &mut Map<String, Value>,
    ) {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let parts = node.get(keyword).map(Node::items).unwrap_or_default();
            if parts.is_empty() {
                continue;
            }
            let raised: Vec<Value> =
                parts.iter().map(|part| self.schema_within(part, view, level + 2, hidden)).collect();
            let loose = keyword == "oneOf" && !out.contains_key("anyOf") && !branches::apart(self.document, parts);
            out.insert(if loose { "anyOf" } else { keyword }.into(), raised.into());
        }
        if let Some(not) = node.get("not").filter(|not| is_schema(not)) {
            out.insert("not".into(), self.schema(not, view, level + 1));
        }
    }

    fn annotations(&self, node: &'d Node, view: View, level: usize, out: &mut Map<String, Value>) {
        for keyword in ["title", "description"] {
            if let Some(text) = node.str_at(keyword).map(str::trim).filter(|text| !text.is_empty()) {
                out.insert(keyword.into(), text.into());
            }
        }
        let given = |given: &Node, level| {
            let value = plain(given, level)?;
            Some(if self.marks.any() { shown(self.document, Some(node), value, view) } else { value })
        };
        if let Some(default) = node.get("default").and_then(|default| given(default, level + 1)) {
            out.insert("default".into(), default);
        }
        if node.is_true("deprecated") {
            out.insert("deprecated".into(), true.into());
        }
        let listed = node.get("examples").map(Node::items).unwrap_or_default();
        let examples = node.get("example").into_iter().chain(listed);
        let examples: Vec<Value> = examples.filter_map(|example| given(example, level + 2)).collect();
        if !examples.is_empty() {
            out.insert("examples".into(), examples.into());
        }
    }
}

/// The first of each.
pub(super) fn distinct<T: Clone + Eq + Hash>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    items.filter(|item| seen.insert(item.clone())).collect()
}

/// Whether a node can be read as a schema at all.
pub(super) fn is_schema(node: &Node) -> bool {
    node.is_object() || node.as_bool().is_some()
}

/// The value of `type`, as far as it names types.
fn types(node: &Node) -> Option<Value> {
    let known = |node: &Node| match node.kind {
        // A plain YAML `null` is the word to whoever writes it.
        Kind::Null => Some("null".to_owned()),
        _ => node.as_str().filter(|kind| TYPES.contains(kind)).map(str::to_owned),
    };
    match &node.kind {
        Kind::Null => None,
        Kind::Array(items) => {
            let kinds: BTreeSet<String> = items.iter().filter_map(known).collect();
            (!kinds.is_empty()).then(|| json!(kinds))
        }
        _ => known(node).map(Value::String),
    }
}

/// A value of the document as JSON. `None` where it is nested too deeply for where it is to stand.
pub(crate) fn plain(node: &Node, level: usize) -> Option<Value> {
    let mut todo = vec![(node, level)];
    while let Some((node, level)) = todo.pop() {
        if level > MAX_LEVELS {
            return None;
        }
        match &node.kind {
            Kind::Object(members) => todo.extend(members.iter().map(|member| (&member.value, level + 1))),
            Kind::Array(items) => todo.extend(items.iter().map(|item| (item, level + 1))),
            _ => {}
        }
    }
    Some(node.to_json())
}
