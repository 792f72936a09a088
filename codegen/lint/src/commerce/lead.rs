//! A query of a document, parsed and followed through every answer that it is meant for.

use super::{Leaf, Miss, Parsed, answers, follow, parse_query};
use crate::context::title;
use crate::rule::Rule;
use uaps_model::Query;
use uaps_spec::{Diagnostic, Document, Node, OperationRef};

/// The query at `node`, and what stands at its end in each successful answer of `operation`. Every end must pass `fits`.
///
/// `what` names it in the findings of `rule`: "price". Answers without a schema are said by their own rule.
pub(crate) fn lead<'d>(
    document: &'d Document,
    rule: &Rule,
    node: &Node,
    operation: &OperationRef<'d>,
    what: &str,
    fits: fn(&Leaf<'_>) -> Result<(), Miss>,
) -> Parsed<(Query, Vec<Leaf<'d>>)> {
    let query = query(rule, node)?;
    let mut ends = Vec::new();
    let mut findings = Vec::new();
    for schema in answers(document, operation)? {
        let found = follow(document, schema, &query);
        match found.and_then(|leaves| leaves.iter().try_for_each(fits).map(|()| leaves)) {
            Ok(leaves) => ends.extend(leaves),
            Err(miss) => findings.push(missed(rule, node, operation, what, miss)),
        }
    }
    if findings.is_empty() { Ok((query, ends)) } else { Err(findings) }
}

/// The query at `node`.
pub(crate) fn query(rule: &Rule, node: &Node) -> Parsed<Query> {
    let Some(text) = node.as_str() else {
        let message = format!("a query must be text such as `$.order.id`, not {}", node.describe());
        return Err(vec![rule.at(node.span, message).help("write a singular query, such as `$.a.b[0]`")]);
    };
    parse_query(text).map_err(|reason| {
        let finding = rule.at(node.span, format!("`{text}` {reason}"));
        if text.starts_with('$') {
            return vec![finding.help("a singular query is needed, of names and indices only, such as `$.a.b[0]`")];
        }
        let rooted = format!("$.{}", text.trim_start_matches(['.', '/']));
        vec![finding.help(format!("a query starts at the answer itself: `{rooted}`"))]
    })
}

fn missed(rule: &Rule, node: &Node, operation: &OperationRef<'_>, what: &str, miss: Miss) -> Diagnostic {
    let text = node.as_str().unwrap_or_default();
    let message = format!("`{text}` need not lead to a {what} in the answer of {}", title(operation));
    let finding = rule.at(node.span, message).related(miss.span, miss.reason);
    Diagnostic { help: miss.help, ..finding }
}
