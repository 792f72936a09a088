//! ## What it does
//!
//! Reports operations without an `operationId`, or with an empty one.
//!
//! ## Why
//!
//! The `operationId` becomes the name of the tool, of the method of the typed client, and of the line in a bill.
//! A name made up by the compiler would change when the path does, and with it every program that calls the tool.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides/{ride_id}:
//!     get:
//!       parameters:
//!         - { name: ride_id, in: path, required: true, schema: { type: string } }
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
//!
//! In a vendor's document, which stays as it came, add the id by overlay.

use crate::context::{Context, title};
use crate::edit::{add_member, same_quotes};
use crate::rule::rule;
use uaps_model::{Method, nearest};
use uaps_spec::{Diagnostic, OperationRef};

rule!(Error "UAPS101" "operation-id-missing" in "operation_id_missing.rs": "an operation has no `operationId`");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let missing = context.operations.iter().filter(|op| op.node.str_at("operationId").is_none_or(str::is_empty));
    let missing = missing.filter(|op| op.node.is_object() && op.node.get("$ref").is_none());
    missing
        .map(|op| {
            let near = op.node.members().iter().find(|m| !nearest(&m.key, ["operationId"].into_iter()).is_empty());
            let Some(near) = near else {
                let name = suggest(op);
                let finding = RULE.at(op.method_span, format!("{} has no `operationId`", title(op)));
                let finding = add_member(finding, op.node, "operationId", &name);
                return context.advise(finding, op, &format!("operationId: {name}"));
            };
            match near.value.as_str() {
                Some(_) if near.key != "operationId" => RULE
                    .at(near.key_span, format!("{} has no `operationId`", title(op)))
                    .help(format!("did you mean `operationId` by `{}`?", near.key))
                    .fix("write `operationId`", near.key_span, same_quotes(&near.key, near.key_span, "operationId")),
                Some(_) => {
                    let finding = RULE.at(near.value.span, format!("the `operationId` of {} is empty", title(op)));
                    context.advise(finding, op, &format!("operationId: {}", suggest(op)))
                }
                None => RULE
                    .at(near.value.span, format!("an `operationId` must be text, not {}", near.value.describe()))
                    .help("put it in quotes"),
            }
        })
        .collect()
}

/// A name from method and path: `GET /rides/{ride_id}` gives `get_rides_by_ride_id`.
fn suggest(operation: &OperationRef<'_>) -> String {
    let verb = match operation.method {
        Method::Get => "get",
        Method::Post => "create",
        Method::Put => "replace",
        Method::Patch => "update",
        Method::Delete => "delete",
        Method::Options => "options",
        Method::Head => "head",
        Method::Trace => "trace",
    };
    let path = operation.path.replace("/{", "/by/{");
    super::operation_id_illegal::snake_case(&format!("{verb}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn missing() {
        assert_snapshot!(check(&RULE, "paths:\n  /rides/{ride_id}:\n    get:\n      summary: One ride\n"), @"
        error[UAPS101 operation-id-missing]: GET /rides/{ride_id} has no `operationId`
         --> openapi.yaml:3:5
          |
        3 |     get:
          |     ^^^
          |
        fix: add `operationId: get_rides_by_ride_id`
          |
        4 ~       operationId: get_rides_by_ride_id
        5 ~       summary: One ride
          |
        ");
        assert_snapshot!(check(&RULE, r#"{"openapi": "3.0.3", "paths": {"/rides": {"post": {"summary": "Book"}}}}"#), @r#"
        error[UAPS101 operation-id-missing]: POST /rides has no `operationId`
         --> openapi.yaml:1:43
          |
        1 | {"openapi": "3.0.3", "paths": {"/rides": {"post": {"summary": "Book"}}}}
          |                                           ^^^^^^
          |
        fix: add `operationId: create_rides`
          |
        1 | {"openapi": "3.0.3", "paths": {"/rides": {"post": {"operationId": "create_rides", "summary": "Book"}}}}
          |                                                    ++++++++++++++++++++++++++++++
        "#);
    }

    #[test]
    fn misspelt_and_empty() {
        assert_snapshot!(check(&RULE, "paths: {/rides: {get: {operationID: list}}}\n"), @"
        error[UAPS101 operation-id-missing]: GET /rides has no `operationId`
         --> openapi.yaml:1:24
          |
        1 | paths: {/rides: {get: {operationID: list}}}
          |                        ^^^^^^^^^^^
          |
          = help: did you mean `operationId` by `operationID`?
        fix: write `operationId`
          |
        1 - paths: {/rides: {get: {operationID: list}}}
        1 + paths: {/rides: {get: {operationId: list}}}
          |
        ");
        assert_snapshot!(check(&RULE, "paths: {/rides: {get: {operationId: ''}}}\n"), @"
        error[UAPS101 operation-id-missing]: the `operationId` of GET /rides is empty
         --> openapi.yaml:1:37
          |
        1 | paths: {/rides: {get: {operationId: ''}}}
          |                                     ^^
          |
          = help: write `operationId: get_rides` in this operation
        ");
        assert_snapshot!(check(&RULE, "paths: {/rides: {get: {operationId: 12}}}\n"), @"
        error[UAPS101 operation-id-missing]: an `operationId` must be text, not a number
         --> openapi.yaml:1:37
          |
        1 | paths: {/rides: {get: {operationId: 12}}}
          |                                     ^^
          |
          = help: put it in quotes
        ");
    }
}
