//! The two sides of a schema with `readOnly` and `writeOnly` properties.

use super::Schemas;
use std::collections::{BTreeSet, HashSet};
use uaps_spec::Node;

/// Parts of one schema that are looked at for hidden properties.
const MAX_PARTS: usize = 4096;

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
    /// Whether a property isn't part of a view. Documents say so beside a `$ref` as well as behind it.
    pub(super) fn hides(&self, property: &'d Node, view: View) -> bool {
        self.marks.any()
            && (property.is_true(view.hidden_by())
                || self.document.resolve(property).is_ok_and(|target| target.is_true(view.hidden_by())))
    }

    /// Names that `required` must not ask for: of hidden properties of this schema and of what it extends.
    pub(super) fn hidden(&self, node: &'d Node, view: View) -> BTreeSet<&'d str> {
        let mut hidden = BTreeSet::new();
        if !self.marks.any() {
            return hidden;
        }
        // Each part once: parts may share parts, and a reference may lead back.
        let mut seen = HashSet::new();
        let mut open = vec![node];
        while let Some(node) = open.pop().filter(|_| seen.len() < MAX_PARTS) {
            if !seen.insert(std::ptr::from_ref(node)) {
                continue;
            }
            open.extend(self.document.resolve(node));
            open.extend(node.get("allOf").into_iter().flat_map(Node::items));
            let properties = node.get("properties").into_iter().flat_map(Node::members);
            hidden.extend(properties.filter(|p| self.hides(&p.value, view)).map(|p| p.key.as_str()));
        }
        hidden
    }
}
