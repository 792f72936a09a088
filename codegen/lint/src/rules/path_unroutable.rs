//! ## What it does
//!
//! Reports paths that hold a query or a fragment.
//!
//! ## Why
//!
//! A request's path ends before its query, and no server gets to see a fragment. Such an operation can be called as a
//! tool, but no request to the gateway's own paths ever matches it. Vendors write a fragment where two operations share
//! path and method.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides?active=true:
//!     get: { operationId: list_active_rides, responses: { "200": { description: Rides } } }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get:
//!       operationId: list_rides
//!       parameters:
//!         - { name: active, in: query, schema: { type: boolean } }
//!       responses:
//!         "200": { description: Rides }
//! ```

use crate::context::Context;
use crate::rule::rule;
use uaps_spec::Diagnostic;

rule!(Warning "UAPS209" "path-unroutable" in "path_unroutable.rs": "a path holds a query or a fragment");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for path in context.paths() {
        let Some(mark) = path.key.chars().find(|c| matches!(c, '?' | '#')) else { continue };
        let (what, help) = match mark {
            '?' => ("a query", "describe it as parameters `in: query`"),
            _ => ("a fragment", "remove the path by overlay where another one does the same"),
        };
        let message = format!("the path `{}` holds {what}, so that no request can match it", path.key);
        findings.push(RULE.at(path.key_span, message).help(help));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn unroutable() {
        assert_snapshot!(check(&RULE, "paths: {'/a#b': {}, '/a?b=c#d': {}, '/a/{b}': {}}\n"), @"
        warning[UAPS209 path-unroutable]: the path `/a#b` holds a fragment, so that no request can match it
         --> openapi.yaml:1:9
          |
        1 | paths: {'/a#b': {}, '/a?b=c#d': {}, '/a/{b}': {}}
          |         ^^^^^^
          |
          = help: remove the path by overlay where another one does the same

        warning[UAPS209 path-unroutable]: the path `/a?b=c#d` holds a query, so that no request can match it
         --> openapi.yaml:1:21
          |
        1 | paths: {'/a#b': {}, '/a?b=c#d': {}, '/a/{b}': {}}
          |                     ^^^^^^^^^^
          |
          = help: describe it as parameters `in: query`
        ");
    }
}
