//! ## What it does
//!
//! Reports parameters with neither `schema` nor `content`, or with both.
//!
//! ## Why
//!
//! Nothing says how a value is checked and written. In Swagger 2.0 `type` stood in the parameter itself; in OpenAPI 3.0
//! it is ignored there.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get:
//!       operationId: list_rides
//!       parameters:
//!         - { name: city, in: query, type: string }
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
//!       responses:
//!         "200": { description: Rides }
//! ```

use crate::context::Context;
use crate::rule::rule;
use uaps_spec::Diagnostic;

rule!(Error "UAPS208" "parameter-untyped" in "parameter_untyped.rs": "a parameter has neither `schema` nor `content`, or both");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for parameter in context.parameters() {
        let (Some(node), Some(name)) = (parameter.get("name"), parameter.str_at("name")) else { continue };
        let finding = match (parameter.get("schema"), parameter.member("content")) {
            (None, None) => RULE
                .at(node.span, format!("the parameter `{name}` has neither `schema` nor `content`"))
                .help(match parameter.str_at("type") {
                    Some(kind) => format!("write `schema: {{ type: {kind} }}` instead of `type: {kind}`"),
                    None => "add `schema: { type: string }`, or the type that it has".to_owned(),
                }),
            (Some(schema), Some(content)) => RULE
                .at(content.key_span, format!("the parameter `{name}` has both `schema` and `content`"))
                .related(schema.span, "the schema")
                .help("keep the one that says how it is written"),
            (None, Some(content)) if content.value.members().len() != 1 => RULE
                .at(content.key_span, format!("the `content` of the parameter `{name}` must name one media type"))
                .help("keep the one that is sent, for example `application/json`"),
            _ => continue,
        };
        findings.push(finding);
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn untyped() {
        assert_snapshot!(check(&RULE, "components: {parameters: {A: {name: a, in: query}, B: {name: b, in: query, type: string}}}\n"), @"
        error[UAPS208 parameter-untyped]: the parameter `a` has neither `schema` nor `content`
         --> openapi.yaml:1:37
          |
        1 | components: {parameters: {A: {name: a, in: query}, B: {name: b, in: query, type: string}}}
          |                                     ^
          |
          = help: add `schema: { type: string }`, or the type that it has

        error[UAPS208 parameter-untyped]: the parameter `b` has neither `schema` nor `content`
         --> openapi.yaml:1:62
          |
        1 | components: {parameters: {A: {name: a, in: query}, B: {name: b, in: query, type: string}}}
          |                                                              ^
          |
          = help: write `schema: { type: string }` instead of `type: string`
        ");
        assert_snapshot!(check(&RULE, "components: {parameters: {A: {name: a, in: query, schema: {}, content: {}}, B: {name: b, in: query, content: {}}}}\n"), @"
        error[UAPS208 parameter-untyped]: the parameter `a` has both `schema` and `content`
         --> openapi.yaml:1:63
          |
        1 | components: {parameters: {A: {name: a, in: query, schema: {}, content: {}}, B: {name: b, in: query, content: {}}}}
          |                                                               ^^^^^^^
         ::: openapi.yaml:1:59
          |
        1 | components: {parameters: {A: {name: a, in: query, schema: {}, content: {}}, B: {name: b, in: query, content: {}}}}
          |                                                           -- the schema
          |
          = help: keep the one that says how it is written

        error[UAPS208 parameter-untyped]: the `content` of the parameter `b` must name one media type
         --> openapi.yaml:1:101
          |
        1 | components: {parameters: {A: {name: a, in: query, schema: {}, content: {}}, B: {name: b, in: query, content: {}}}}
          |                                                                                                     ^^^^^^^
          |
          = help: keep the one that is sent, for example `application/json`
        ");
        assert_snapshot!(check(&RULE, "components: {parameters: {A: {name: a, in: query, content: {application/json: {}}}}}\n"), @"");
    }
}
