//! Schemas raised to JSON Schema 2020-12, from OpenAPI 3.0's dialect or from 3.1, which is that but for what a careless
//! writer makes of it.
//!
//! Inline schemas are translated where they stand. Every `$ref` becomes `#/$defs/<name>`, and the schema it points to is
//! put on a queue, so that only what is reached is kept and recursion stays a reference.

mod branches;
mod cycles;
mod discriminator;
mod keywords;
mod marks;
mod modern;
mod names;
mod nullable;
mod numbers;
mod view;

pub(crate) use keywords::plain;
pub(crate) use view::{View, shown};

use marks::Marks;
use names::Names;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use uaps_spec::{Document, Node, unescape};

/// JSON levels that a raised schema may have. With what the catalogue wraps around it this stays below the 128 levels
/// that JSON readers accept.
const MAX_LEVELS: usize = 90;

/// The schemas of one document on their way to the catalogue.
pub(crate) struct Schemas<'d> {
    document: &'d Document,
    /// What stands beside a `$ref` holds too.
    siblings: bool,
    marks: Marks<'d>,
    names: Names,
    queue: Vec<(String, &'d Node, View)>,
    patterns: HashMap<&'d str, bool>,
}

impl<'d> Schemas<'d> {
    pub(crate) fn new(document: &'d Document) -> Self {
        Schemas {
            document,
            siblings: document.is_2020_12(),
            marks: Marks::new(document),
            names: Names::default(),
            queue: Vec::new(),
            patterns: HashMap::new(),
        }
    }

    /// A schema of an operation. `true`, which accepts all, where there is none.
    pub(crate) fn raise(&mut self, schema: Option<&'d Node>, view: View) -> Value {
        schema.map_or(Value::Bool(true), |node| self.schema(node, view, 0))
    }

    /// Every schema that was referred to, by name.
    pub(crate) fn finish(mut self) -> BTreeMap<String, Value> {
        let mut named = BTreeMap::new();
        while let Some((name, node, view)) = self.queue.pop() {
            let schema = self.schema(node, view, 0);
            named.insert(name, schema);
        }
        cycles::cut(&mut named);
        named
    }

    /// The name under `$defs` of a reference's target. `None` where it leads nowhere: a rule reports that, and a schema
    /// that can't be known accepts all.
    fn named(&mut self, reference: &'d str, view: View) -> Option<String> {
        let target = self.document.target(reference).ok()?;
        self.document.resolve(target).ok()?;
        let tokens: Vec<String> = reference.split('/').skip(1).map(unescape).collect();
        Some(self.at(tokens, target, view))
    }

    fn at(&mut self, tokens: Vec<String>, target: &'d Node, view: View) -> String {
        let view = if self.marks.differ_by_view(&tokens, target) { view } else { View::Output };
        let (name, new) = self.names.of(tokens, view);
        if new {
            self.queue.push((name.clone(), target, view));
        }
        name
    }

    /// The name under `$defs` that a discriminator's mapping means: a reference, or the bare name of a component.
    fn mapped(&mut self, target: &'d str, view: View) -> Option<String> {
        if target.starts_with('#') {
            return self.named(target, view);
        }
        let component = self.document.root.get("components")?.get("schemas")?.member(target)?;
        let tokens = vec!["components".to_owned(), "schemas".to_owned(), component.key.clone()];
        Some(self.at(tokens, &component.value, view))
    }

    /// Whether the validator's engine can run a pattern. A schema with one that it can't would be refused as a whole.
    fn pattern_works(&mut self, pattern: &'d str) -> bool {
        *self
            .patterns
            .entry(pattern)
            .or_insert_with(|| jsonschema::draft202012::new(&serde_json::json!({"pattern": pattern})).is_ok())
    }
}

#[cfg(test)]
mod tests;
