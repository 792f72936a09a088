//! ## What it does
//!
//! Reports keys of UAPS-1 where they mean nothing: keys of an operation at the root or in a path, `x-services` anywhere
//! but at the root, a price in an operation that is neither quote nor purchase, parts of a purchase in one that is none.
//!
//! ## Why
//!
//! They have no effect there, and whoever wrote them meant one: a fee that is not taken, a level that lets everybody in, a
//! purchase that is none. A misplaced `x-services` is a warning, because no money or access depends on it.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     x-access-level: identified
//!     get: { operationId: list_rides, responses: { "200": { description: Rides } } }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get:
//!       operationId: list_rides
//!       x-access-level: identified
//!       responses: { "200": { description: Rides } }
//! ```

use crate::commerce::{Role, role};
use crate::context::{Context, title};
use crate::extension::{ENDPOINT, Extension, PRECHECKOUT, Place, find};
use crate::rule::rule;
use uaps_spec::{Diagnostic, Member, Node, Severity};

rule!(Error "UAPS405" "extension-misplaced" in "extension_misplaced.rs": "a key of UAPS-1 has no effect where it stands");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (member, extension) in known(&context.document.root).filter(|(_, e)| e.place != Place::Root) {
        findings.push(moved(member, extension, "at the root"));
    }
    for path in context.paths() {
        let item = context.document.resolve(&path.value).unwrap_or(&path.value);
        findings.extend(known(item).map(|(member, extension)| moved(member, extension, "in a path")));
    }
    for op in &context.operations {
        for (member, extension) in known(op.node) {
            let mark = match (extension.place, role(op)) {
                (Place::Root, _) => {
                    findings.push(moved(member, extension, "in an operation"));
                    continue;
                }
                (Place::Priced, None) => format!("`{ENDPOINT}: true` or `{PRECHECKOUT}: true`"),
                (Place::Purchase, None | Some(Role::Quote)) => format!("`{ENDPOINT}: true`"),
                _ => continue,
            };
            // A mark that is there but no truth value is said by its own rule.
            if role(op).is_none()
                && [ENDPOINT, PRECHECKOUT].iter().any(|mark| op.node.get(mark).is_some_and(|n| n.as_bool().is_none()))
            {
                continue;
            }
            let message = format!("`{}` has no effect: {} is no {}", member.key, title(op), extension.place.as_str());
            findings.push(
                at(member, extension, message).help(format!("mark the operation with {mark}, or remove the key")),
            );
        }
    }
    findings
}

fn known(holder: &Node) -> impl Iterator<Item = (&Member, &'static Extension)> {
    holder.members().iter().filter_map(|member| Some((member, find(&member.key)?)))
}

fn moved(member: &Member, extension: &Extension, place: &str) -> Diagnostic {
    let whose = if extension.place == Place::Root { "to the root, beside `info`" } else { "into an operation" };
    at(member, extension, format!("`{}` has no effect {place}", member.key)).help(format!("move it {whose}"))
}

fn at(member: &Member, extension: &Extension, message: String) -> Diagnostic {
    let finding = RULE.at(member.key_span, message);
    let severity = if extension.place == Place::Root { Severity::Warning } else { finding.severity };
    Diagnostic { severity, ..finding }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn misplaced() {
        let text = "x-currency: USD\npaths:\n  /a:\n    x-usage-fee-cents: 1\n    x-services: {}\n    get:\n      x-amount-path: $.a\n    post:\n      x-purchase-precheckout: true\n      x-amount-path: $.a\n      x-purchase-precheck: /a\n";
        assert_snapshot!(check(&RULE, text), @"
        error[UAPS405 extension-misplaced]: `x-currency` has no effect at the root
         --> openapi.yaml:1:1
          |
        1 | x-currency: USD
          | ^^^^^^^^^^
          |
          = help: move it into an operation

        error[UAPS405 extension-misplaced]: `x-usage-fee-cents` has no effect in a path
         --> openapi.yaml:4:5
          |
        4 |     x-usage-fee-cents: 1
          |     ^^^^^^^^^^^^^^^^^
          |
          = help: move it into an operation

        warning[UAPS405 extension-misplaced]: `x-services` has no effect in a path
         --> openapi.yaml:5:5
          |
        5 |     x-services: {}
          |     ^^^^^^^^^^
          |
          = help: move it to the root, beside `info`

        error[UAPS405 extension-misplaced]: `x-amount-path` has no effect: GET /a is no quote or purchase
         --> openapi.yaml:7:7
          |
        7 |       x-amount-path: $.a
          |       ^^^^^^^^^^^^^
          |
          = help: mark the operation with `x-purchase-endpoint: true` or `x-purchase-precheckout: true`, or remove the key

        error[UAPS405 extension-misplaced]: `x-purchase-precheck` has no effect: POST /a is no purchase
          --> openapi.yaml:11:7
           |
        11 |       x-purchase-precheck: /a
           |       ^^^^^^^^^^^^^^^^^^^
           |
           = help: mark the operation with `x-purchase-endpoint: true`, or remove the key
        ");
    }
}
