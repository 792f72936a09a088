//! ## What it does
//!
//! Reports an `operationId` that two operations share.
//!
//! ## Why
//!
//! A call by that name could mean either. OpenAPI wants ids to be unique, so that other tools refuse such a document too.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get: { operationId: rides, responses: { "200": { description: Rides } } }
//!     post: { operationId: rides, responses: { "201": { description: A ride } } }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get: { operationId: list_rides, responses: { "200": { description: Rides } } }
//!     post: { operationId: create_ride, responses: { "201": { description: A ride } } }
//! ```

use crate::context::{Context, title};
use crate::rule::rule;
use std::collections::HashMap;
use uaps_spec::Diagnostic;

rule!(Error "UAPS102" "operation-id-duplicate" in "operation_id_duplicate.rs": "two operations have the same `operationId`");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut first = HashMap::new();
    let mut findings = Vec::new();
    for op in &context.operations {
        let Some(node) = op.node.get("operationId") else { continue };
        let Some(id) = node.as_str().filter(|id| !id.is_empty()) else { continue };
        match first.get(id) {
            None => drop(first.insert(id, (op, node.span))),
            Some((other, span)) => {
                let message = format!("{} and {} are both called `{id}`", title(other), title(op));
                let finding = RULE.at(node.span, message).related(*span, "the first one");
                findings.push(context.advise(finding, op, "operationId: <a name of its own>"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn duplicates() {
        let text = "paths:\n  /a:\n    get: {operationId: list}\n  /b:\n    get: {operationId: list}\n    put: {operationId: put}\n";
        assert_snapshot!(check(&RULE, text), @"
        error[UAPS102 operation-id-duplicate]: GET /a and GET /b are both called `list`
         --> openapi.yaml:5:24
          |
        5 |     get: {operationId: list}
          |                        ^^^^
         ::: openapi.yaml:3:24
          |
        3 |     get: {operationId: list}
          |                        ---- the first one
          |
          = help: write `operationId: <a name of its own>` in this operation
        ");
    }
}
