//! ## What it does
//!
//! Reports two paths with the same method that differ only in the names of their variables.
//!
//! ## Why
//!
//! Every request that matches one matches the other. OpenAPI calls such paths identical. A request to the gateway's REST
//! route reaches the first of them; the other can be called as a tool, and on the typed client.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides/{ride_id}:
//!     get:
//!       operationId: get_ride
//!       parameters: [{ name: ride_id, in: path, required: true, schema: { type: string } }]
//!       responses: { "200": { description: A ride } }
//!   /rides/{city}:
//!     get:
//!       operationId: list_rides
//!       parameters: [{ name: city, in: path, required: true, schema: { type: string } }]
//!       responses: { "200": { description: Rides } }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /rides/{ride_id}:
//!     get:
//!       operationId: get_ride
//!       parameters: [{ name: ride_id, in: path, required: true, schema: { type: string } }]
//!       responses: { "200": { description: A ride } }
//!   /cities/{city}/rides:
//!     get:
//!       operationId: list_rides
//!       parameters: [{ name: city, in: path, required: true, schema: { type: string } }]
//!       responses: { "200": { description: Rides } }
//! ```

use crate::context::{Context, title};
use crate::rule::rule;
use std::collections::HashMap;
use uaps_spec::Diagnostic;

rule!(Warning "UAPS205" "path-collision" in "path_collision.rs": "two paths match the same requests");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut first = HashMap::new();
    let mut findings = Vec::new();
    for op in &context.operations {
        let key = (op.method, anonymous(op.path));
        match first.get(&key) {
            None => drop(first.insert(key, op)),
            Some(other) => findings.push(
                RULE.at(op.path_span, format!("{} matches the same requests as {}", title(op), title(other)))
                    .related(other.path_span, "the first one")
                    .help("a request reaches the first one, the other is a tool only; remove one of the two, or change its path"),
            ),
        }
    }
    findings
}

/// A template without the names of its variables.
fn anonymous(path: &str) -> String {
    let mut parts = path.split('{');
    let head = parts.next().unwrap_or_default().to_owned();
    parts.fold(head, |text, part| match part.split_once('}') {
        Some((_, rest)) => text + "{}" + rest,
        None => text + "{" + part,
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn collisions() {
        let text = "paths:\n  /a/{x}/b.{y}: {get: {}}\n  /a/{y}/b.{z}: {get: {}, put: {}}\n  /a/c/b.{y}: {get: {}}\n";
        assert_snapshot!(check(&RULE, text), @"
        warning[UAPS205 path-collision]: GET /a/{y}/b.{z} matches the same requests as GET /a/{x}/b.{y}
         --> openapi.yaml:3:3
          |
        3 |   /a/{y}/b.{z}: {get: {}, put: {}}
          |   ^^^^^^^^^^^^
         ::: openapi.yaml:2:3
          |
        2 |   /a/{x}/b.{y}: {get: {}}
          |   ------------ the first one
          |
          = help: a request reaches the first one, the other is a tool only; remove one of the two, or change its path
        ");
    }
}
