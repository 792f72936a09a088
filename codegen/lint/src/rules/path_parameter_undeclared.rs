//! ## What it does
//!
//! Reports a `{variable}` of a path for which an operation declares no path parameter.
//!
//! ## Why
//!
//! Nobody could pass its value, so that no request could ever be built.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides/{ride_id}:
//!     get: { operationId: get_ride, responses: { "200": { description: A ride } } }
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

use super::path_template::variables;
use crate::context::{Context, title};
use crate::rule::rule;
use uaps_model::nearest;
use uaps_spec::Diagnostic;

rule!(Error "UAPS202" "path-parameter-undeclared" in "path_parameter_undeclared.rs": "a variable of a path has no parameter");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for op in &context.operations {
        let Ok(names) = variables(op.path) else { continue };
        let parameters = context.document.parameters(op);
        let declared: Vec<_> = parameters.iter().filter(|p| p.str_at("in") == Some("path")).collect();
        for name in names.iter().filter(|name| !declared.iter().any(|p| p.str_at("name") == Some(name))) {
            let finding = RULE
                .at(op.path_span, format!("{} declares no path parameter `{name}`", title(op)))
                .related(op.method_span, "this operation");
            // Only what matches no variable can be a misspelling of this one.
            let idle = declared.iter().filter_map(|p| p.str_at("name")).filter(|other| !names.contains(other));
            let near = nearest(name, idle)
                .first()
                .map(|near| format!("did you mean `{{{near}}}`, as the parameter is called?"));
            let elsewhere = parameters.iter().find(|p| p.str_at("name") == Some(name));
            findings.push(match (near, elsewhere.and_then(|p| p.str_at("in"))) {
                (Some(near), _) => finding.help(near),
                (None, Some(place)) => {
                    finding.help(format!("the parameter `{name}` is declared `in: {place}`; make it `in: path`"))
                }
                (None, None) => {
                    let parameter = format!("{{ name: {name}, in: path, required: true, schema: {{ type: string }} }}");
                    context.advise(finding, op, &format!("parameters: [{parameter}]"))
                }
            });
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
    fn undeclared() {
        assert_snapshot!(check(&RULE, "paths:\n  /rides/{id}:\n    get: {operationId: get_ride}\n"), @"
        error[UAPS202 path-parameter-undeclared]: GET /rides/{id} declares no path parameter `id`
         --> openapi.yaml:2:3
          |
        2 |   /rides/{id}:
          |   ^^^^^^^^^^^
         ::: openapi.yaml:3:5
          |
        3 |     get: {operationId: get_ride}
          |     --- this operation
          |
          = help: write `parameters: [{ name: id, in: path, required: true, schema: { type: string } }]` in this operation
        ");
        assert_snapshot!(check(&RULE, "paths:\n  /rides/{ride_id}:\n    get: {parameters: [{name: rideId, in: path}]}\n"), @"
        error[UAPS202 path-parameter-undeclared]: GET /rides/{ride_id} declares no path parameter `ride_id`
         --> openapi.yaml:2:3
          |
        2 |   /rides/{ride_id}:
          |   ^^^^^^^^^^^^^^^^
         ::: openapi.yaml:3:5
          |
        3 |     get: {parameters: [{name: rideId, in: path}]}
          |     --- this operation
          |
          = help: did you mean `{rideId}`, as the parameter is called?
        ");
        assert_snapshot!(check(&RULE, "paths:\n  /rides/{id}:\n    get: {parameters: [{name: id, in: query}]}\n"), @"
        error[UAPS202 path-parameter-undeclared]: GET /rides/{id} declares no path parameter `id`
         --> openapi.yaml:2:3
          |
        2 |   /rides/{id}:
          |   ^^^^^^^^^^^
         ::: openapi.yaml:3:5
          |
        3 |     get: {parameters: [{name: id, in: query}]}
          |     --- this operation
          |
          = help: the parameter `id` is declared `in: query`; make it `in: path`
        ");
    }

    #[test]
    fn a_path_declares_for_all_its_operations() {
        assert_snapshot!(check(&RULE, "paths: {'/a/{id}': {parameters: [{name: id, in: path}], get: {}}}\n"), @"");
    }
}
