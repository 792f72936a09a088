//! ## What it does
//!
//! Reports ids that differ only in case, `-` and `_`: `list_rides` and `listRides`.
//!
//! ## Why
//!
//! A typed client turns both into the same method. A model that reads one calls the other sooner or later.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get: { operationId: list_rides, responses: { "200": { description: Rides } } }
//!   /v2/rides:
//!     get: { operationId: listRides, responses: { "200": { description: Rides } } }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get: { operationId: list_rides, responses: { "200": { description: Rides } } }
//!   /v2/rides:
//!     get: { operationId: list_rides_v2, responses: { "200": { description: Rides } } }
//! ```

use crate::context::Context;
use crate::rule::rule;
use std::collections::HashMap;
use uaps_spec::Diagnostic;

rule!(Error "UAPS104" "operation-id-confusable" in "operation_id_confusable.rs": "two operation ids differ only in case, `-` and `_`");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut first = HashMap::new();
    let mut findings = Vec::new();
    for op in &context.operations {
        let Some(node) = op.node.get("operationId") else { continue };
        let Some(id) = node.as_str().filter(|id| !id.is_empty()) else { continue };
        let plain = id.replace(['-', '_'], "").to_lowercase();
        match first.get(&plain) {
            None => drop(first.insert(plain, (id, node.span))),
            // The same id twice is the business of another rule.
            Some((other, _)) if *other == id => {}
            Some((other, span)) => {
                let message = format!("the ids `{other}` and `{id}` are too much alike");
                let finding = RULE.at(node.span, message).related(*span, "the first one");
                findings.push(context.advise(finding, op, "operationId: <a name that differs in a word>"));
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
    fn alike() {
        let text = "paths:\n  /a: {get: {operationId: list-rides}}\n  /b: {get: {operationId: listRides}}\n  /c: {get: {operationId: list_ride}}\n";
        assert_snapshot!(check(&RULE, text), @"
        error[UAPS104 operation-id-confusable]: the ids `list-rides` and `listRides` are too much alike
         --> openapi.yaml:3:27
          |
        3 |   /b: {get: {operationId: listRides}}
          |                           ^^^^^^^^^
         ::: openapi.yaml:2:27
          |
        2 |   /a: {get: {operationId: list-rides}}
          |                           ---------- the first one
          |
          = help: write `operationId: <a name that differs in a word>` in this operation
        ");
    }
}
