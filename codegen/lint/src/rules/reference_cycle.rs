//! ## What it does
//!
//! Reports references that lead back to themselves without ever reaching a value, and schemas that are composed of
//! themselves by `allOf`.
//!
//! ## Why
//!
//! Such a thing is never defined. A schema that *contains* itself (a tree of categories) is another matter and welcome.
//!
//! ## Example
//!
//! ```yaml
//! components:
//!   schemas:
//!     Ride: { $ref: "#/components/schemas/Trip" }
//!     Trip: { $ref: "#/components/schemas/Ride" }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! components:
//!   schemas:
//!     Ride: { $ref: "#/components/schemas/Trip" }
//!     Trip:
//!       type: object
//!       properties:
//!         return_trip: { $ref: "#/components/schemas/Trip" }
//! ```

use crate::context::Context;
use crate::rule::rule;
use std::collections::HashSet;
use uaps_spec::{Diagnostic, Node, RefError};

rule!(Error "UAPS303" "reference-cycle" in "reference_cycle.rs": "a reference leads back to itself");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for member in &context.tree.references {
        let Some(reference) = member.value.as_str() else { continue };
        let Ok(target) = context.document.target(reference) else { continue };
        if context.document.resolve(target) == Err(RefError::Cycle) {
            let message = format!("the reference `{reference}` {}", RefError::Cycle);
            let finding = RULE.at(member.value.span, message).related(target.span, "it points here");
            findings.push(finding.help("put a value where the circle can end"));
        }
    }
    for schema in &context.tree.schemas {
        let Some(parts) = schema.member("allOf") else { continue };
        if contains_itself(context, schema) {
            let finding = RULE.at(parts.key_span, "this schema is composed of itself");
            findings.push(finding.help("remove the part of `allOf` that leads back here"));
        }
    }
    findings
}

/// Whether the parts of `schema`, and theirs, lead back to it.
fn contains_itself(context: &Context<'_>, schema: &Node) -> bool {
    let mut seen: HashSet<*const Node> = HashSet::new();
    let mut todo = vec![schema];
    while let Some(node) = todo.pop() {
        for part in node.get("allOf").map(Node::items).unwrap_or_default() {
            let Ok(part) = context.document.resolve(part) else { continue };
            if std::ptr::eq(part, schema) {
                return true;
            }
            if seen.insert(part) {
                todo.push(part);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn cycles() {
        let text = "components:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n    C:\n      allOf: [{$ref: '#/components/schemas/D'}]\n    D:\n      allOf: [{type: object}, {$ref: '#/components/schemas/C'}]\n";
        assert_snapshot!(check(&RULE, text), @"
        error[UAPS303 reference-cycle]: the reference `#/components/schemas/B` leads back to itself without ever reaching a value
         --> openapi.yaml:3:15
          |
        3 |     A: {$ref: '#/components/schemas/B'}
          |               ^^^^^^^^^^^^^^^^^^^^^^^^
         ::: openapi.yaml:4:8
          |
        4 |     B: {$ref: '#/components/schemas/A'}
          |        -------------------------------- it points here
          |
          = help: put a value where the circle can end

        error[UAPS303 reference-cycle]: the reference `#/components/schemas/A` leads back to itself without ever reaching a value
         --> openapi.yaml:4:15
          |
        4 |     B: {$ref: '#/components/schemas/A'}
          |               ^^^^^^^^^^^^^^^^^^^^^^^^
         ::: openapi.yaml:3:8
          |
        3 |     A: {$ref: '#/components/schemas/B'}
          |        -------------------------------- it points here
          |
          = help: put a value where the circle can end

        error[UAPS303 reference-cycle]: this schema is composed of itself
         --> openapi.yaml:6:7
          |
        6 |       allOf: [{$ref: '#/components/schemas/D'}]
          |       ^^^^^
          |
          = help: remove the part of `allOf` that leads back here

        error[UAPS303 reference-cycle]: this schema is composed of itself
         --> openapi.yaml:8:7
          |
        8 |       allOf: [{type: object}, {$ref: '#/components/schemas/C'}]
          |       ^^^^^
          |
          = help: remove the part of `allOf` that leads back here
        ");
    }

    #[test]
    fn containing_itself_is_no_cycle() {
        assert_snapshot!(check(&RULE, "components: {schemas: {A: {properties: {a: {$ref: '#/components/schemas/A'}}}}}\n"), @"");
    }
}
