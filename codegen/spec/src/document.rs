//! An OpenAPI document as a tree, with the questions that rules and emitters ask of it.

use crate::{Member, Node, limits};
use uaps_model::Method;

/// A document after its overlay.
#[derive(Debug, Clone)]
pub struct Document {
    /// The whole tree.
    pub root: Node,
}

/// One operation in its place.
#[derive(Debug, Clone, Copy)]
pub struct OperationRef<'d> {
    /// The path template, as written.
    pub path: &'d str,
    /// The path's key.
    pub path_span: crate::Span,
    /// The path item that holds it.
    pub item: &'d Node,
    /// Its method.
    pub method: Method,
    /// The method's key.
    pub method_span: crate::Span,
    /// The operation object.
    pub node: &'d Node,
}

/// Why a `$ref` leads nowhere. The text completes the sentence "this reference …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefError {
    /// It points outside the document.
    External,
    /// Nothing is there.
    Dangling,
    /// It leads back to itself.
    Cycle,
}

impl std::fmt::Display for RefError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            RefError::External => "points outside the document",
            RefError::Dangling => "points to nothing",
            RefError::Cycle => "leads back to itself without ever reaching a value",
        })
    }
}

impl std::error::Error for RefError {}

impl Document {
    /// Whether its schemas are JSON Schema 2020-12, in which what stands beside a `$ref` holds too.
    pub fn is_2020_12(&self) -> bool {
        self.root.str_at("openapi").is_some_and(|version| version.starts_with("3.1") || version.starts_with("3.2"))
    }

    /// Every operation, in the document's order.
    pub fn operations(&self) -> impl Iterator<Item = OperationRef<'_>> {
        self.root.get("paths").into_iter().flat_map(Node::members).flat_map(move |path| {
            let own = &path.value;
            let shared = own.get("$ref").and_then(|_| self.resolve(own).ok());
            // What an item has beside its reference comes first, where both say something.
            let first = own.members().iter().filter_map(move |member| Some((own, method(member)?, member)));
            let second = shared.into_iter().flat_map(Node::members);
            let second = second.filter(move |member| own.get(&member.key).is_none());
            let second = second.filter_map(move |member| Some((shared?, method(member)?, member)));
            first.chain(second).map(move |(item, method, member)| OperationRef {
                path: &path.key,
                path_span: path.key_span,
                item,
                method,
                method_span: member.key_span,
                node: &member.value,
            })
        })
    }

    /// Follows `$ref`s until a value is reached. A node without one is its own value.
    pub fn resolve<'d>(&'d self, node: &'d Node) -> Result<&'d Node, RefError> {
        let mut node = node;
        for _ in 0..limits::MAX_REF_HOPS {
            let Some(reference) = node.str_at("$ref") else { return Ok(node) };
            node = self.target(reference)?;
        }
        Err(RefError::Cycle)
    }

    /// The node a reference points to, itself perhaps a reference.
    pub fn target(&self, reference: &str) -> Result<&Node, RefError> {
        let pointer = reference.strip_prefix('#').ok_or(RefError::External)?;
        self.root.pointer(pointer).ok_or(RefError::Dangling)
    }

    /// The parameters that hold for an operation: its own, and those of its path that it does not override by name and
    /// place. Resolved; broken references are left out, a rule reports them.
    pub fn parameters<'d>(&'d self, operation: &OperationRef<'d>) -> Vec<&'d Node> {
        let own = self.parameter_list(operation.node);
        let id = |p: &Node| (p.str_at("name").map(str::to_owned), p.str_at("in").map(str::to_owned));
        let inherited = self.parameter_list(operation.item);
        let inherited = inherited.into_iter().filter(|p| !own.iter().any(|o| id(o) == id(p)));
        inherited.chain(own.iter().copied()).collect()
    }

    fn parameter_list<'d>(&'d self, holder: &'d Node) -> Vec<&'d Node> {
        let list = holder.get("parameters").into_iter().flat_map(Node::items);
        list.filter_map(|p| self.resolve(p).ok()).collect()
    }

    /// The operation of `method` on `path`, as written.
    pub fn operation_at(&self, path: &str, method: Method) -> Option<OperationRef<'_>> {
        self.operations().find(|op| op.path == path && op.method == method)
    }

    /// The schema of the first successful JSON answer.
    pub fn success_schema<'d>(&'d self, operation: &OperationRef<'d>) -> Option<&'d Node> {
        let responses = operation.node.get("responses")?.members();
        let mut successes: Vec<_> = responses.iter().filter(|m| m.key.starts_with('2')).collect();
        successes.sort_by(|a, b| a.key.cmp(&b.key));
        let default = responses.iter().filter(|m| m.key == "default" && successes.is_empty());
        successes.iter().copied().chain(default).find_map(|response| {
            let content = self.resolve(&response.value).ok()?.get("content")?;
            let json =
                content.members().iter().find(|m| uaps_model::BodyKind::of(&m.key) == uaps_model::BodyKind::Json)?;
            json.value.get("schema")
        })
    }
}

/// The method that a key of a path item names: in lower case, as OpenAPI writes it.
fn method(member: &Member) -> Option<Method> {
    Method::parse(&member.key).filter(|_| member.key.chars().all(|c| c.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FileId;

    #[test]
    fn a_path_may_be_written_elsewhere() {
        let text = "paths: {/a: {$ref: '#/components/pathItems/A', get: {x: 1}}, /b: {$ref: '#/nowhere', put: {}}, /c: {$ref: '#/paths/~1a', GET: {}}}\ncomponents: {pathItems: {A: {get: {}, post: {}}}}\n";
        let document = Document { root: crate::yaml::parse(text, FileId(0)).0.unwrap() };
        let found: Vec<_> =
            document.operations().map(|op| format!("{} {} {}", op.method, op.path, op.node.to_json())).collect();
        assert_eq!(found, [r#"GET /a {"x":1}"#, "POST /a {}", "PUT /b {}", "GET /c {}", "POST /c {}"]);
    }
}
