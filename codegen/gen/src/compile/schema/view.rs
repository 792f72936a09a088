//! The two sides of a schema with `readOnly` and `writeOnly` properties.

use super::Schemas;
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};
use uaps_spec::{Document, Node};

/// Parts of one schema that are looked at for hidden properties.
const MAX_PARTS: usize = 4096;

/// How deep the parts of a property are looked at for a mark.
const MAX_DEPTH: usize = 6;

/// Which way a value travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum View {
    /// To the provider: no `readOnly` properties.
    Input,
    /// From the provider: no `writeOnly` properties.
    Output,
}

impl View {
    fn hidden_by(self) -> &'static str {
        match self {
            View::Input => "readOnly",
            View::Output => "writeOnly",
        }
    }
}

impl<'d> Schemas<'d> {
    /// Whether a property isn't part of a view.
    pub(super) fn hides(&self, property: &'d Node, view: View) -> bool {
        self.marks.any() && is_hidden(self.document, property, view, MAX_DEPTH)
    }

    /// Names that nothing may ask for: of hidden properties of this schema and of what it extends.
    pub(super) fn hidden(&self, node: &'d Node, view: View) -> BTreeSet<&'d str> {
        if self.marks.any() { hidden(self.document, node, view) } else { BTreeSet::new() }
    }

    /// The target of a part that is a reference, if it asks for a name which only the whole hides. One with parts of its
    /// own can't stand where it is used, and stays a reference.
    pub(super) fn asks_for_hidden(&self, part: &'d Node, outer: &BTreeSet<&'d str>, view: View) -> Option<&'d Node> {
        part.str_at("$ref").filter(|_| !outer.is_empty())?;
        let target = self.document.resolve(part).ok()?;
        let composed = ["$ref", "allOf", "anyOf", "oneOf"].into_iter().any(|keyword| target.get(keyword).is_some());
        let mut required = target.get("required").into_iter().flat_map(Node::items).filter_map(Node::as_str);
        let own = hidden(self.document, target, view);
        (!composed && required.any(|name| outer.contains(name) && !own.contains(name))).then_some(target)
    }
}

/// A value of a schema as a view has it: an example without the properties that are hidden.
pub(crate) fn shown(document: &Document, schema: Option<&Node>, value: Value, view: View) -> Value {
    let Some(schema) = schema else { return value };
    match value {
        Value::Object(members) => {
            let hidden = hidden(document, schema, view);
            let parts = parts(document, schema);
            let property = |name: &str| parts.iter().find_map(|part| part.get("properties")?.get(name));
            let kept = members.into_iter().filter(|(name, _)| !hidden.contains(name.as_str()));
            kept.map(|(name, value)| {
                let value = shown(document, property(&name), value, view);
                (name, value)
            })
            .collect()
        }
        Value::Array(items) => {
            let schema = parts(document, schema).into_iter().find_map(|part| part.get("items"));
            items.into_iter().map(|item| shown(document, schema, item, view)).collect()
        }
        other => other,
    }
}

/// Whether a property is marked. Documents say so beside a `$ref`, behind it, and in what a property is composed of.
fn is_hidden(document: &Document, property: &Node, view: View, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    if property.is_true(view.hidden_by()) {
        return true;
    }
    let Ok(target) = document.resolve(property) else { return false };
    let marked = |part: &Node| is_hidden(document, part, view, depth);
    // Of alternatives, each must be: but for null, which is no value.
    let alternatives = |keyword: &str| {
        let of = target.get(keyword).map(Node::items).unwrap_or_default();
        let mut of = of.iter().filter(|part| part.str_at("type") != Some("null")).peekable();
        of.peek().is_some() && of.all(marked)
    };
    target.is_true(view.hidden_by())
        || target.get("allOf").map(Node::items).unwrap_or_default().iter().any(marked)
        || alternatives("anyOf")
        || alternatives("oneOf")
}

fn hidden<'d>(document: &'d Document, node: &'d Node, view: View) -> BTreeSet<&'d str> {
    let properties =
        parts(document, node).into_iter().filter_map(|part| part.get("properties")).flat_map(Node::members);
    let hidden = properties.filter(|property| is_hidden(document, &property.value, view, MAX_DEPTH));
    hidden.map(|property| property.key.as_str()).collect()
}

/// A schema and all that it extends, each once: parts may share parts, and a reference may lead back.
fn parts<'d>(document: &'d Document, node: &'d Node) -> Vec<&'d Node> {
    let (mut seen, mut found, mut open) = (HashSet::new(), Vec::new(), vec![node]);
    while let Some(node) = open.pop().filter(|_| seen.len() < MAX_PARTS) {
        if !seen.insert(std::ptr::from_ref(node)) {
            continue;
        }
        found.push(node);
        open.extend(document.resolve(node));
        open.extend(node.get("allOf").into_iter().flat_map(Node::items));
    }
    found
}
