//! ## What it does
//!
//! Reports operations by methods that only OpenAPI 3.2 knows: `query`, and those under `additionalOperations`.
//!
//! ## Why
//!
//! The gateway doesn't send them, so that they are left out of the catalogue: whoever looks for them should know why.
//!
//! ## Example
//!
//! ```yaml
//! openapi: 3.2.0
//! paths:
//!   /rides:
//!     query: { operationId: search_rides, responses: { "200": { description: Rides } } }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! openapi: 3.2.0
//! paths:
//!   /rides/search:
//!     post: { operationId: search_rides, responses: { "200": { description: Rides } } }
//! ```

use crate::context::Context;
use crate::rule::rule;
use uaps_spec::{Diagnostic, Member, Node};

rule!(Warning "UAPS108" "method-unknown" in "method_unknown.rs": "an operation has a method that is not sent");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for path in context.paths() {
        let item = context.document.resolve(&path.value).unwrap_or(&path.value);
        let left_out = |member: &Member, method: &str| {
            let message = format!("{} {} is left out: its method is not sent", method.to_ascii_uppercase(), path.key);
            RULE.at(member.key_span, message).help("if the provider has another method for it, add that by overlay")
        };
        for member in item.members() {
            match member.key.as_str() {
                "query" if member.value.is_object() => findings.push(left_out(member, "query")),
                "additionalOperations" => {
                    let more = member.value.members().iter().filter(|more| Node::is_object(&more.value));
                    findings.extend(more.map(|more| left_out(more, &more.key)));
                }
                _ => {}
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
    fn methods_of_3_2() {
        assert_snapshot!(check(&RULE, "openapi: 3.2.0\npaths: {/a: {get: {}, query: {}, additionalOperations: {LINK: {}}}}\n"), @"
        warning[UAPS108 method-unknown]: QUERY /a is left out: its method is not sent
         --> openapi.yaml:2:23
          |
        2 | paths: {/a: {get: {}, query: {}, additionalOperations: {LINK: {}}}}
          |                       ^^^^^
          |
          = help: if the provider has another method for it, add that by overlay

        warning[UAPS108 method-unknown]: LINK /a is left out: its method is not sent
         --> openapi.yaml:2:57
          |
        2 | paths: {/a: {get: {}, query: {}, additionalOperations: {LINK: {}}}}
          |                                                         ^^^^
          |
          = help: if the provider has another method for it, add that by overlay
        ");
    }
}
