//! The two sides of a schema with `readOnly` and `writeOnly` properties.

use super::Schemas;
use std::collections::BTreeSet;
use uaps_spec::Node;

/// How deep `allOf` is followed when hidden properties are gathered.
const MAX_ALL_OF: usize = 16;

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
        if self.marks.any() {
            self.collect_hidden(node, view, MAX_ALL_OF, &mut hidden);
        }
        hidden
    }

    fn collect_hidden(&self, node: &'d Node, view: View, depth: usize, hidden: &mut BTreeSet<&'d str>) {
        if node.get("$ref").is_some()
            && let Ok(target) = self.document.resolve(node)
        {
            self.collect_hidden(target, view, depth, hidden);
        }
        for property in node.get("properties").into_iter().flat_map(Node::members) {
            if self.hides(&property.value, view) {
                hidden.insert(&property.key);
            }
        }
        if let Some(depth) = depth.checked_sub(1) {
            for part in node.get("allOf").into_iter().flat_map(Node::items) {
                self.collect_hidden(part, view, depth, hidden);
            }
        }
    }
}
