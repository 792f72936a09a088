//! ## What it does
//!
//! Reports two parameters with the same name and place in one list. Header names are compared without regard to case.
//!
//! ## Why
//!
//! Only one of them can be sent, and the compiler takes the first. An operation may override a parameter of its path; within
//! one list there is no order.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get:
//!       operationId: list_rides
//!       parameters:
//!         - { name: city, in: query, schema: { type: string } }
//!         - { name: city, in: query, schema: { type: integer } }
//!       responses:
//!         "200": { description: Rides }
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
//!         - { name: city, in: query, schema: { type: string } }
//!         - { name: city_id, in: query, schema: { type: integer } }
//!       responses:
//!         "200": { description: Rides }
//! ```

use crate::context::Context;
use crate::rule::rule;
use std::collections::HashMap;
use uaps_spec::Diagnostic;

rule!(Warning "UAPS207" "parameter-duplicate" in "parameter_duplicate.rs": "two parameters have the same name and place");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for list in context.parameter_lists() {
        let mut first = HashMap::new();
        for item in list.items() {
            let Ok(parameter) = context.document.resolve(item) else { continue };
            let (Some(name), Some(place)) = (parameter.str_at("name"), parameter.str_at("in")) else { continue };
            let key = (if place == "header" { name.to_ascii_lowercase() } else { name.to_owned() }, place);
            let at = item.members().first().map_or(item.span, |member| member.value.span);
            match first.get(&key) {
                None => drop(first.insert(key, at)),
                Some(other) => findings.push(
                    RULE.at(at, format!("the {place} parameter `{name}` is declared twice"))
                        .related(*other, "the first one")
                        .help("the first one counts; remove or rename one of the two"),
                ),
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
        let text = "paths:\n  /a:\n    get:\n      parameters:\n        - {name: X-A, in: header}\n        - {$ref: '#/components/parameters/A'}\n        - {name: x-a, in: query}\ncomponents: {parameters: {A: {name: x-a, in: header}}}\n";
        assert_snapshot!(check(&RULE, text), @"
        warning[UAPS207 parameter-duplicate]: the header parameter `x-a` is declared twice
         --> openapi.yaml:6:18
          |
        6 |         - {$ref: '#/components/parameters/A'}
          |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^
         ::: openapi.yaml:5:18
          |
        5 |         - {name: X-A, in: header}
          |                  --- the first one
          |
          = help: the first one counts; remove or rename one of the two
        ");
    }

    #[test]
    fn an_operation_may_override_its_path() {
        assert_snapshot!(check(&RULE, "paths: {/a: {parameters: [{name: x, in: query}], get: {parameters: [{name: x, in: query}]}}}\n"), @"");
    }
}
