//! ## What it does
//!
//! Reports keys at the root, in a path and in an operation that are a key of UAPS-1 but for two characters, its capitals
//! or its underscores, and unknown keys that begin like those about money: `x-purchase`, `x-amount-`, `x-usage-fee`,
//! `x-transaction-id`.
//!
//! ## Why
//!
//! OpenAPI allows any `x-` key, so that nothing else would say a word, and a purchase would be a call without a price.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get:
//!       operationId: list_rides
//!       x-usage-fees-cent: 2
//!       responses: { "200": { description: Rides } }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get:
//!       operationId: list_rides
//!       x-usage-fee-cents: 2
//!       x-access-level: identified
//!       responses: { "200": { description: Rides } }
//! ```

use crate::context::Context;
use crate::edit::same_quotes;
use crate::extension::{EXTENSIONS, find};
use crate::rule::rule;
use uaps_model::nearest;
use uaps_spec::{Diagnostic, Member, Node};

rule!(Error "UAPS404" "extension-misspelt" in "extension_misspelt.rs": "a key looks like one of UAPS-1 misspelt");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let items = context.paths().map(|path| context.document.resolve(&path.value).unwrap_or(&path.value));
    let holders =
        std::iter::once(&context.document.root).chain(items).chain(context.operations.iter().map(|op| op.node));
    holders.flat_map(|holder| holder.members().iter().filter_map(|member| misspelt(holder, member))).collect()
}

/// How keys about money begin. No vendor's key that is known to us does.
const OURS: [&str; 4] = ["x-purchase", "x-amount-", "x-usage-fee", "x-transaction-id"];

fn misspelt(holder: &Node, member: &Member) -> Option<Diagnostic> {
    let key = &member.key;
    if find(key).is_some() {
        return None;
    }
    let plain = key.to_lowercase().replace('_', "-");
    // The nearest first: two of our keys differ by few characters only.
    let slip = (0..=2).find_map(|edits| EXTENSIONS.iter().map(|e| e.key).find(|known| within(&plain, known, edits)));
    if slip.is_none() && !OURS.iter().any(|start| plain.starts_with(start)) {
        return None;
    }
    let Some(near) = slip.or_else(|| nearest(&plain, EXTENSIONS.iter().map(|e| e.key)).first().copied()) else {
        let known: Vec<_> = EXTENSIONS
            .iter()
            .map(|e| e.key)
            .filter(|known| OURS.iter().any(|start| known.starts_with(start)))
            .collect();
        let finding = RULE.at(member.key_span, format!("`{key}` is no key of UAPS-1, but begins like one"));
        return Some(finding.help(format!("write one of {}, or remove the key", known.join(", "))));
    };
    let finding = RULE.at(member.key_span, format!("`{key}` is no key of UAPS-1; did you mean `{near}`?"));
    Some(match holder.get(near) {
        Some(_) => finding.help(format!("`{near}` is there too; remove `{key}` if it says the same")),
        None => finding.fix(format!("write `{near}`"), member.key_span, same_quotes(key, member.key_span, near)),
    })
}

/// Whether `edits` insertions, deletions and exchanges of a character make one of the other.
fn within(a: &str, b: &str, edits: usize) -> bool {
    let (mut left, mut right) = (a.chars(), b.chars());
    match (left.next(), right.next()) {
        (None, None) => true,
        (Some(x), Some(y)) if x == y => within(left.as_str(), right.as_str(), edits),
        _ if edits == 0 => false,
        _ => [(left.as_str(), right.as_str()), (left.as_str(), b), (a, right.as_str())]
            .into_iter()
            .any(|(a, b)| within(a, b, edits - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[track_caller]
    fn check_near(key: &str, expected: &str) {
        let found = check(&RULE, &format!("paths: {{/a: {{post: {{{key}: true}}}}}}\n"));
        assert!(found.contains(expected) && found.is_empty() == expected.is_empty(), "{key}: {found}");
    }

    #[test]
    fn a_slip_does_not_make_a_purchase_free() {
        for key in ["x-purchase-endpont", "X-Purchase-Endpoint", "x_purchase_endpoint", "x-purchaseEndpoint"] {
            check_near(key, "did you mean `x-purchase-endpoint`?");
        }
        check_near("purchase-endpoint", "did you mean `x-purchase-endpoint`?");
        check_near("x-purchase", "write one of x-purchase-precheckout, x-purchase-endpoint");
        check_near("x-purchase-delivery", "begins like one");
        check_near("x-access-levl", "did you mean `x-access-level`?");
    }

    #[test]
    fn a_vendors_key_is_not_ours() {
        for key in
            ["x-currency-code", "x-idempotent", "x-idempotency-key", "x-access-token", "x-service-name", "x-rate-limit"]
        {
            check_near(key, "");
        }
    }

    #[test]
    fn misspelt() {
        let text = "x-service: {}\npaths:\n  /a:\n    post:\n      x-purchase-precheckt: /b\n      X-Amount-Path: $.a\n      x-amount-path: $.a\n      x-vendor-note: fine\n      x-codeSamples: []\n";
        assert_snapshot!(check(&RULE, text), @"
        error[UAPS404 extension-misspelt]: `x-service` is no key of UAPS-1; did you mean `x-services`?
         --> openapi.yaml:1:1
          |
        1 | x-service: {}
          | ^^^^^^^^^
          |
          = help: `x-services` is there too; remove `x-service` if it says the same

        error[UAPS404 extension-misspelt]: `x-purchase-precheckt` is no key of UAPS-1; did you mean `x-purchase-precheck`?
         --> openapi.yaml:5:7
          |
        5 |       x-purchase-precheckt: /b
          |       ^^^^^^^^^^^^^^^^^^^^
          |
        fix: write `x-purchase-precheck`
          |
        5 -       x-purchase-precheckt: /b
        5 +       x-purchase-precheck: /b
          |

        error[UAPS404 extension-misspelt]: `X-Amount-Path` is no key of UAPS-1; did you mean `x-amount-path`?
         --> openapi.yaml:6:7
          |
        6 |       X-Amount-Path: $.a
          |       ^^^^^^^^^^^^^
          |
          = help: `x-amount-path` is there too; remove `X-Amount-Path` if it says the same
        ");
    }
}
