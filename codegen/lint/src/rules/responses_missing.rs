//! ## What it does
//!
//! Reports operations without an object of `responses`.
//!
//! ## Why
//!
//! OpenAPI wants it, and readers refuse a document in which it is missing.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get: { operationId: list_rides }
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

rule!(Error "UAPS105" "responses-missing" in "responses_missing.rs": "an operation has no `responses`");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for op in context.operations.iter().filter(|op| op.node.is_object()) {
        let finding = match op.node.get("responses") {
            None => RULE.at(op.method_span, format!("{} has no `responses`", title(op))),
            Some(node) if !node.is_object() => {
                RULE.at(node.span, format!("`responses` must be an object by status, not {}", node.describe()))
            }
            Some(_) => continue,
        };
        findings.push(context.advise(finding, op, "responses: { \"200\": { description: <what it answers> } }"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn silence() {
        assert_snapshot!(check(&RULE, "paths: {/a: {get: {operationId: a}}}\n"), @r#"
        error[UAPS105 responses-missing]: GET /a has no `responses`
         --> openapi.yaml:1:14
          |
        1 | paths: {/a: {get: {operationId: a}}}
          |              ^^^
          |
          = help: write `responses: { "200": { description: <what it answers> } }` in this operation
        "#);
        assert_snapshot!(check(&RULE, "paths: {/a: {get: {responses: {}}, put: {responses: [200]}}}\n"), @r#"
        error[UAPS105 responses-missing]: `responses` must be an object by status, not a list
         --> openapi.yaml:1:53
          |
        1 | paths: {/a: {get: {responses: {}}, put: {responses: [200]}}}
          |                                                     ^^^^^
          |
          = help: write `responses: { "200": { description: <what it answers> } }` in this operation
        "#);
        assert_snapshot!(check(&RULE, "paths: {/a: {get: {responses: {default: {description: d}}}}}\n"), @"");
    }
}
