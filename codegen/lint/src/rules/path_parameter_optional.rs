//! ## What it does
//!
//! Reports a path parameter without `required: true`.
//!
//! ## Why
//!
//! A path with a hole in it is another path. OpenAPI wants the field, and tools refuse documents without it.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides/{ride_id}:
//!     get:
//!       operationId: get_ride
//!       parameters:
//!         - { name: ride_id, in: path, schema: { type: string } }
//!       responses:
//!         "200": { description: A ride }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /rides/{ride_id}:
//!     get:
//!       operationId: get_ride
//!       parameters:
//!         - { name: ride_id, in: path, required: true, schema: { type: string } }
//!       responses:
//!         "200": { description: A ride }
//! ```

use crate::context::Context;
use crate::edit::add_member;
use crate::rule::rule;
use uaps_spec::Diagnostic;

rule!(Error "UAPS204" "path-parameter-optional" in "path_parameter_optional.rs": "a path parameter is not `required: true`");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let optional =
        context.parameters().into_iter().filter(|p| p.str_at("in") == Some("path") && !p.is_true("required"));
    optional
        .map(|parameter| {
            let name = parameter.str_at("name").unwrap_or_default();
            let at = parameter.get("name").map_or(parameter.span, |node| node.span);
            let finding = RULE.at(at, format!("the path parameter `{name}` is not `required: true`"));
            match parameter.get("required") {
                Some(node) => finding.fix("set `required: true`", node.span, "true"),
                None => add_member(finding, parameter, "required", "true"),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn optional() {
        let text = "paths:\n  /rides/{id}:\n    get:\n      parameters:\n        - name: id\n          in: path\n";
        assert_snapshot!(check(&RULE, text), @"
        error[UAPS204 path-parameter-optional]: the path parameter `id` is not `required: true`
         --> openapi.yaml:5:17
          |
        5 |         - name: id
          |                 ^^
          |
        fix: add `required: true`
          |
        5 ~         - required: true
        6 ~           name: id
          |
        ");
        assert_snapshot!(check(&RULE, "components: {parameters: {Id: {name: id, in: path, required: false}}}\n"), @"
        error[UAPS204 path-parameter-optional]: the path parameter `id` is not `required: true`
         --> openapi.yaml:1:38
          |
        1 | components: {parameters: {Id: {name: id, in: path, required: false}}}
          |                                      ^^
          |
        fix: set `required: true`
          |
        1 - components: {parameters: {Id: {name: id, in: path, required: false}}}
        1 + components: {parameters: {Id: {name: id, in: path, required: true}}}
          |
        ");
        assert_snapshot!(check(&RULE, "components: {parameters: {Id: {name: id, in: query}}}\n"), @"");
    }
}
