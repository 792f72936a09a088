//! ## What it does
//!
//! Reports a path parameter whose name stands in no braces of the path.
//!
//! ## Why
//!
//! A caller must pass a value that goes nowhere. Mostly path and parameter are spelt differently.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get:
//!       operationId: list_rides
//!       parameters:
//!         - { name: city, in: path, required: true, schema: { type: string } }
//!       responses:
//!         "200": { description: Rides }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /cities/{city}/rides:
//!     get:
//!       operationId: list_rides
//!       parameters:
//!         - { name: city, in: path, required: true, schema: { type: string } }
//!       responses:
//!         "200": { description: Rides }
//! ```

use super::path_template::variables;
use crate::context::{Context, title};
use crate::rule::rule;
use uaps_model::nearest;
use uaps_spec::Diagnostic;

rule!(Error "UAPS203" "path-parameter-unused" in "path_parameter_unused.rs": "a path parameter does not stand in its path");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for op in &context.operations {
        let Ok(names) = variables(op.path) else { continue };
        for parameter in context.document.parameters(op) {
            let Some(name) = parameter.get("name").filter(|_| parameter.str_at("in") == Some("path")) else { continue };
            let Some(text) = name.as_str().filter(|text| !names.contains(text)) else { continue };
            let finding = RULE
                .at(name.span, format!("`{{{text}}}` does not stand in the path of {}", title(op)))
                .related(op.path_span, "the path");
            findings.push(finding.help(match nearest(text, names.iter().copied()).first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => "put it into the path, make it `in: query`, or remove it".to_owned(),
            }));
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
    fn unused() {
        assert_snapshot!(check(&RULE, "paths:\n  /rides/{id}:\n    get:\n      parameters:\n        - {name: idd, in: path}\n"), @"
        error[UAPS203 path-parameter-unused]: `{idd}` does not stand in the path of GET /rides/{id}
         --> openapi.yaml:5:18
          |
        5 |         - {name: idd, in: path}
          |                  ^^^
         ::: openapi.yaml:2:3
          |
        2 |   /rides/{id}:
          |   ----------- the path
          |
          = help: did you mean `id`?
        ");
        assert_snapshot!(check(&RULE, "paths: {/a: {parameters: [{name: x, in: path}], get: {}}}\n"), @"
        error[UAPS203 path-parameter-unused]: `{x}` does not stand in the path of GET /a
         --> openapi.yaml:1:34
          |
        1 | paths: {/a: {parameters: [{name: x, in: path}], get: {}}}
          |                                  ^
         ::: openapi.yaml:1:9
          |
        1 | paths: {/a: {parameters: [{name: x, in: path}], get: {}}}
          |         -- the path
          |
          = help: put it into the path, make it `in: query`, or remove it
        ");
    }
}
