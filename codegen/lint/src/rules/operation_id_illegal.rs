//! ## What it does
//!
//! Reports an `operationId` that can't be a tool's name: 1 to 64 letters, digits, `_` and `-`, starting with a letter.
//!
//! ## Why
//!
//! Model APIs and MCP clients refuse a list in which one tool has another name, and the whole service would be gone.
//! A silent repair would give the tool a name that stands in no document.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get: { operationId: rides/list, responses: { "200": { description: Rides } } }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get: { operationId: rides_list, responses: { "200": { description: Rides } } }
//! ```
//!
//! In a vendor's document, which stays as it came, rename it by overlay.

use crate::context::Context;
use crate::edit::same_quotes;
use crate::rule::rule;
use std::collections::HashSet;
use uaps_model::ToolName;
use uaps_spec::Diagnostic;

rule!(Error "UAPS103" "operation-id-illegal" in "operation_id_illegal.rs": "an `operationId` can't be a tool's name");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let ids = context.operations.iter().filter_map(|op| op.node.str_at("operationId"));
    let mut taken: HashSet<String> = ids.map(str::to_owned).collect();
    let mut findings = Vec::new();
    for op in &context.operations {
        let Some(node) = op.node.get("operationId") else { continue };
        let Some(id) = node.as_str().filter(|id| !id.is_empty()) else { continue };
        let Err(reason) = ToolName::new(id) else { continue };
        let finding = RULE.at(node.span, format!("the operationId `{id}` {reason}"));
        let name = snake_case(id);
        findings.push(if taken.insert(name.clone()) {
            let finding = finding.fix(format!("rename it `{name}`"), node.span, same_quotes(id, node.span, &name));
            context.advise(finding, op, &format!("operationId: {name}"))
        } else {
            context.advise(finding, op, "operationId: <another name>")
        });
    }
    findings
}

/// A legal name in snake case that is as near to `text` as can be: `getPets/byID` gives `get_pets_by_id`.
pub(super) fn snake_case(text: &str) -> String {
    let mut name = String::new();
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next_is_lower = chars.peek().is_some_and(char::is_ascii_lowercase);
        let starts_word = c.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && next_is_lower));
        if starts_word || !c.is_ascii_alphanumeric() {
            name.push('_');
        }
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    let words: Vec<_> = name.split('_').filter(|word| !word.is_empty()).collect();
    let mut name = words.join("_");
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name = format!("call_{name}").trim_end_matches('_').to_owned();
    }
    name.truncate(64);
    name.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{RULE, snake_case};
    use crate::testing::{check, check_vendored};
    use insta::assert_snapshot;
    use uaps_model::ToolName;

    #[test]
    fn illegal() {
        assert_snapshot!(check(&RULE, "paths: {/a: {get: {operationId: meta/root}}}\n"), @"
        error[UAPS103 operation-id-illegal]: the operationId `meta/root` may hold only letters, digits, `_` and `-` to serve as a tool name
         --> openapi.yaml:1:33
          |
        1 | paths: {/a: {get: {operationId: meta/root}}}
          |                                 ^^^^^^^^^
          |
        fix: rename it `meta_root`
          |
        1 - paths: {/a: {get: {operationId: meta/root}}}
        1 + paths: {/a: {get: {operationId: meta_root}}}
          |
        ");
        assert_snapshot!(check(&RULE, "paths: {/a: {get: {operationId: 'Get Things'}, put: {operationId: get_things}}}\n"), @"
        error[UAPS103 operation-id-illegal]: the operationId `Get Things` may hold only letters, digits, `_` and `-` to serve as a tool name
         --> openapi.yaml:1:33
          |
        1 | paths: {/a: {get: {operationId: 'Get Things'}, put: {operationId: get_things}}}
          |                                 ^^^^^^^^^^^^
          |
          = help: write `operationId: <another name>` in this operation
        ");
    }

    #[test]
    fn a_vendors_document_is_left_alone() {
        assert_snapshot!(check_vendored(&RULE, "paths: {/a: {get: {operationId: meta/root}}}\n"), @r#"
        error[UAPS103 operation-id-illegal]: the operationId `meta/root` may hold only letters, digits, `_` and `-` to serve as a tool name
         --> openapi.yaml:1:33
          |
        1 | paths: {/a: {get: {operationId: meta/root}}}
          |                                 ^^^^^^^^^
          |
          = help: add to overlay.yaml: `- { target: "$.paths['/a'].get", update: { operationId: meta_root } }`
        "#);
    }

    #[test]
    fn every_text_has_a_legal_name() {
        assert_eq!(snake_case("getPets/byID"), "get_pets_by_id");
        assert_eq!(snake_case("HTTPServer2Go"), "http_server2_go");
        for text in ["", "...", "9lives", "é", &"Ab".repeat(60), "_x_", "a b\nc"] {
            let name = snake_case(text);
            assert!(ToolName::new(name.as_str()).is_ok(), "{text:?} {name:?}");
        }
    }
}
