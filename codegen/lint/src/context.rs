//! What every rule may look at, gathered once.

use crate::commerce::{self, Role};
use crate::walk::{Tree, walk};
use uaps_spec::{Diagnostic, Document, Node, OperationRef, Provider};

/// A provider with what several rules need of it.
#[derive(Debug)]
pub(crate) struct Context<'p> {
    /// The provider.
    pub provider: &'p Provider,
    /// Its document.
    pub document: &'p Document,
    /// Every operation, in the document's order.
    pub operations: Vec<OperationRef<'p>>,
    /// References and schemas.
    pub(crate) tree: Tree<'p>,
}

impl<'p> Context<'p> {
    /// Gathers what the rules need.
    pub fn new(provider: &'p Provider) -> Self {
        let document = &provider.document;
        Context { provider, document, operations: document.operations().collect(), tree: walk(document) }
    }

    /// The members of `paths` that are paths, not extensions.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &'p uaps_spec::Member> {
        let paths = self.document.root.get("paths").map(Node::members).unwrap_or_default();
        paths.iter().filter(|member| !member.key.starts_with("x-"))
    }

    /// The operations that spend money.
    pub(crate) fn purchases(&self) -> impl Iterator<Item = &OperationRef<'p>> {
        self.operations.iter().filter(|op| commerce::role(op) == Some(Role::Purchase))
    }

    /// Every list of parameters: of each path, and of each operation. A list is an array node.
    pub(crate) fn parameter_lists(&self) -> Vec<&'p Node> {
        let items = self.paths().map(|path| self.document.resolve(&path.value).unwrap_or(&path.value));
        let operations = self.operations.iter().map(|op| op.node);
        items.chain(operations).filter_map(|holder| holder.get("parameters")).collect()
    }

    /// Every parameter object, each once: the document's named ones, and those written in place.
    pub(crate) fn parameters(&self) -> Vec<&'p Node> {
        let named = self.document.root.get("components").and_then(|c| c.get("parameters"));
        let named = named.map(Node::members).unwrap_or_default().iter().map(|member| &member.value);
        let listed = self.parameter_lists().into_iter().flat_map(Node::items);
        named.chain(listed).filter(|node| node.get("$ref").is_none()).collect()
    }

    /// A finding without an edit of the vendor's document: what mends that goes into the overlay.
    pub(crate) fn keep_vendored(&self, mut finding: Diagnostic) -> Diagnostic {
        let is_vendors = |span: uaps_spec::Span| self.is_vendored() && span.file == self.document.root.span.file;
        if let Some(fix) = finding.fix.take_if(|fix| is_vendors(fix.span))
            && finding.help.is_none()
        {
            finding.help =
                Some(format!("{}, by an action of overlay.yaml: the vendor's document stays as it came", fix.title));
        }
        finding
    }

    /// Whether the document came from a vendor and stays as it came; what mends it goes into the overlay.
    pub(crate) fn is_vendored(&self) -> bool {
        self.provider.manifest_node.get("source").is_some()
    }

    /// Adds the advice to write `line` in an operation; for a vendor's document, in its overlay. A fix says it already
    /// where the document is ours.
    pub(crate) fn advise(&self, finding: Diagnostic, operation: &OperationRef<'_>, line: &str) -> Diagnostic {
        if !self.is_vendored() {
            let said = finding.fix.is_some();
            return if said { finding } else { finding.help(format!("write `{line}` in this operation")) };
        }
        let path = operation.path.replace('\\', "\\\\").replace('\'', "\\'");
        let method = operation.method.as_str().to_ascii_lowercase();
        // JSON's quotes are YAML's double quotes.
        let target = serde_json::Value::from(format!("$.paths['{path}'].{method}"));
        finding.help(format!("add to overlay.yaml: `- {{ target: {target}, update: {{ {line} }} }}`"))
    }
}

/// What a message calls an operation: `GET /rides/{id}`.
pub(crate) fn title(operation: &OperationRef<'_>) -> String {
    format!("{} {}", operation.method, operation.path)
}
