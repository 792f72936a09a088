//! ## What it does
//!
//! Reports operations whose `responses` are empty.
//!
//! ## Why
//!
//! Nothing is known of the answer: no output schema for the tool, no return type for the client, nothing for the sandbox
//! to answer.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get: { operationId: list_rides, responses: {} }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get:
//!       operationId: list_rides
//!       responses:
//!         "200": { description: The rides }
//! ```

use crate::context::{Context, title};
use crate::rule::rule;
use uaps_spec::Diagnostic;

rule!(Warning "UAPS107" "responses-empty" in "responses_empty.rs": "an operation announces no answer");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for op in &context.operations {
        let Some(node) = op.node.get("responses") else { continue };
        if node.is_object() && node.members().is_empty() {
            let finding = RULE.at(node.span, format!("{} announces no answer", title(op)));
            findings.push(context.advise(finding, op, "responses: { \"200\": { description: <what it answers> } }"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_vendored};
    use insta::assert_snapshot;

    #[test]
    fn empty() {
        assert_snapshot!(check(&RULE, "paths: {/a: {get: {responses: {}}, put: {}}}\n"), @r#"
        warning[UAPS107 responses-empty]: GET /a announces no answer
         --> openapi.yaml:1:31
          |
        1 | paths: {/a: {get: {responses: {}}, put: {}}}
          |                               ^^
          |
          = help: write `responses: { "200": { description: <what it answers> } }` in this operation
        "#);
        assert_snapshot!(check_vendored(&RULE, "paths: {\"/it's\": {get: {responses: {}}}}\n"), @r#"
        warning[UAPS107 responses-empty]: GET /it's announces no answer
         --> openapi.yaml:1:36
          |
        1 | paths: {"/it's": {get: {responses: {}}}}
          |                                    ^^
          |
          = help: add to overlay.yaml: `- { target: "$.paths['/it\\'s'].get", update: { responses: { "200": { description: <what it answers> } } } }`
        "#);
    }
}
