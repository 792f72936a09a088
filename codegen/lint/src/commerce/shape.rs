//! Composed schemas, taken apart: every way a value may look.

use uaps_spec::{Document, Node, RefError, Span};

/// One way a value may look: plain schemas that hold for it together.
pub(crate) type Alternative<'d> = Vec<&'d Node>;

/// Why a schema can't be taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ShapeError {
    /// A reference leads nowhere.
    Broken(Span, RefError),
    /// It is composed of itself, or of more parts than can be looked at.
    Endless(Span),
}

/// Compositions within compositions.
const MAX_DEPTH: usize = 32;
/// Ways a value may look.
const MAX_ALTERNATIVES: usize = 64;
/// Schemas looked at for one value.
const MAX_STEPS: usize = 5_000;

/// Every way a value of `schema` may look, with references followed and `allOf`, `oneOf` and `anyOf` dissolved. Never
/// empty: a `oneOf` without branches is no `oneOf`.
pub(crate) fn alternatives<'d>(document: &'d Document, schema: &'d Node) -> Result<Vec<Alternative<'d>>, ShapeError> {
    Taker { document, steps: MAX_STEPS }.take(schema, 0)
}

/// The ways in which all of `schemas` hold together.
pub(crate) fn together<'d>(document: &'d Document, schemas: &[&'d Node]) -> Result<Vec<Alternative<'d>>, ShapeError> {
    let mut taker = Taker { document, steps: MAX_STEPS };
    let mut ways = vec![Vec::new()];
    for schema in schemas {
        ways = combine(&ways, &taker.take(schema, 0)?, schema.span)?;
    }
    Ok(ways)
}

/// The place of the reference that leads nowhere, behind however many that do not: where its own rule reports it.
pub(crate) fn broken(document: &Document, node: &Node) -> Span {
    let mut at = node;
    for _ in 0..uaps_spec::limits::MAX_REF_HOPS {
        let Some(next) = at.str_at("$ref").and_then(|reference| document.target(reference).ok()) else { break };
        at = next;
    }
    at.get("$ref").map_or(node.span, |reference| reference.span)
}

struct Taker<'d> {
    document: &'d Document,
    steps: usize,
}

impl<'d> Taker<'d> {
    fn take(&mut self, schema: &'d Node, depth: usize) -> Result<Vec<Alternative<'d>>, ShapeError> {
        self.steps = self.steps.checked_sub(1).ok_or(ShapeError::Endless(schema.span))?;
        if depth > MAX_DEPTH {
            return Err(ShapeError::Endless(schema.span));
        }
        let document = self.document;
        let plain = document.resolve(schema).map_err(|error| ShapeError::Broken(broken(document, schema), error))?;
        let mut ways = vec![vec![plain]];
        for part in plain.get("allOf").map(Node::items).unwrap_or_default() {
            ways = combine(&ways, &self.take(part, depth + 1)?, part.span)?;
        }
        for choice in ["oneOf", "anyOf"] {
            let Some(list) = plain.get(choice).filter(|list| !list.items().is_empty()) else { continue };
            let mut branches = Vec::new();
            for branch in list.items() {
                branches.extend(self.take(branch, depth + 1)?);
                if branches.len() > MAX_ALTERNATIVES {
                    return Err(ShapeError::Endless(list.span));
                }
            }
            ways = combine(&ways, &branches, list.span)?;
        }
        Ok(ways)
    }
}

/// Each of `left` with each of `right`.
fn combine<'d>(
    left: &[Alternative<'d>],
    right: &[Alternative<'d>],
    span: Span,
) -> Result<Vec<Alternative<'d>>, ShapeError> {
    if left.len().saturating_mul(right.len()) > MAX_ALTERNATIVES {
        return Err(ShapeError::Endless(span));
    }
    Ok(left.iter().flat_map(|l| right.iter().map(move |r| l.iter().chain(r).copied().collect())).collect())
}
