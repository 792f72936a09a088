//! ## What it does
//!
//! Reports parameters that are no objects, have no `name`, or whose `in` is none of `path`, `query`, `header` and
//! `cookie`.
//!
//! ## Why
//!
//! Such a parameter can't be put anywhere, so that callers would pass values that never leave.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get:
//!       operationId: list_rides
//!       parameters:
//!         - { name: city, in: querry, schema: { type: string } }
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
use crate::edit::same_quotes;
use crate::rule::rule;
use uaps_model::nearest;
use uaps_spec::{Diagnostic, Kind, Node};

rule!(Error "UAPS206" "parameter-malformed" in "parameter_malformed.rs": "a parameter has no name or no known place");

const PLACES: [&str; 4] = ["path", "query", "header", "cookie"];

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let lists = context.parameter_lists().into_iter().filter(|list| !matches!(list.kind, Kind::Array(_)));
    let lists = lists.map(|list| RULE.at(list.span, format!("`parameters` must be a list, not {}", list.describe())));
    lists.chain(context.parameters().into_iter().filter_map(parameter)).collect()
}

fn parameter(node: &Node) -> Option<Diagnostic> {
    if !node.is_object() {
        return Some(RULE.at(node.span, format!("a parameter must be an object, not {}", node.describe())));
    }
    let Some(name) = node.str_at("name").filter(|name| !name.is_empty()) else {
        let at = node.get("name").or(node.members().first().map(|m| &m.value)).map_or(node.span, |value| value.span);
        return Some(
            RULE.at(at, "this parameter has no `name`").help("a name is text; put it in quotes if it is a number"),
        );
    };
    let Some(place) = node.get("in") else {
        let at = node.get("name").map_or(node.span, |value| value.span);
        let message = format!("the parameter `{name}` does not say where it goes");
        return Some(RULE.at(at, message).help("add `in: query`, or path, header, cookie"));
    };
    match place.as_str() {
        Some(text) if PLACES.contains(&text) => None,
        Some(text) => {
            let message = format!("`{text}` is no place for the parameter `{name}`");
            let finding = RULE.at(place.span, message);
            Some(match nearest(text, PLACES.into_iter()).first() {
                Some(near) => finding.fix(format!("write `{near}`"), place.span, same_quotes(text, place.span, near)),
                None => finding.help("use path, query, header or cookie; a body is described by `requestBody`"),
            })
        }
        None => Some(RULE.at(place.span, format!("`in` must be text, not {}", place.describe()))),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn malformed() {
        assert_snapshot!(check(&RULE, "paths: {/a: {parameters: text}}\n"), @"
        error[UAPS206 parameter-malformed]: `parameters` must be a list, not text
         --> openapi.yaml:1:26
          |
        1 | paths: {/a: {parameters: text}}
          |                          ^^^^
        ");
        assert_snapshot!(check(&RULE, "components: {parameters: {A: 1, B: {in: query}, C: {name: c}, D: {name: d, in: body}, E: {name: e, in: Query}}}\n"), @"
        error[UAPS206 parameter-malformed]: a parameter must be an object, not a number
         --> openapi.yaml:1:30
          |
        1 | components: {parameters: {A: 1, B: {in: query}, C: {name: c}, D: {name: d, in: body}, E: {name: e, in: Query}}}
          |                              ^

        error[UAPS206 parameter-malformed]: this parameter has no `name`
         --> openapi.yaml:1:41
          |
        1 | components: {parameters: {A: 1, B: {in: query}, C: {name: c}, D: {name: d, in: body}, E: {name: e, in: Query}}}
          |                                         ^^^^^
          |
          = help: a name is text; put it in quotes if it is a number

        error[UAPS206 parameter-malformed]: the parameter `c` does not say where it goes
         --> openapi.yaml:1:59
          |
        1 | components: {parameters: {A: 1, B: {in: query}, C: {name: c}, D: {name: d, in: body}, E: {name: e, in: Query}}}
          |                                                           ^
          |
          = help: add `in: query`, or path, header, cookie

        error[UAPS206 parameter-malformed]: `body` is no place for the parameter `d`
         --> openapi.yaml:1:80
          |
        1 | components: {parameters: {A: 1, B: {in: query}, C: {name: c}, D: {name: d, in: body}, E: {name: e, in: Query}}}
          |                                                                                ^^^^
          |
          = help: use path, query, header or cookie; a body is described by `requestBody`

        error[UAPS206 parameter-malformed]: `Query` is no place for the parameter `e`
         --> openapi.yaml:1:104
          |
        1 | components: {parameters: {A: 1, B: {in: query}, C: {name: c}, D: {name: d, in: body}, E: {name: e, in: Query}}}
          |                                                                                                        ^^^^^
          |
        fix: write `query`
          |
        1 - components: {parameters: {A: 1, B: {in: query}, C: {name: c}, D: {name: d, in: body}, E: {name: e, in: Query}}}
        1 + components: {parameters: {A: 1, B: {in: query}, C: {name: c}, D: {name: d, in: body}, E: {name: e, in: query}}}
          |
        ");
    }
}
