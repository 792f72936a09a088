//! ## What it does
//!
//! Reports keys that begin with `x` and look like a key of UAPS-1 misspelt, at the root, in a path and in an operation.
//!
//! ## Why
//!
//! OpenAPI allows any `x-` key, so that nothing else would say a word, and a purchase would be a plain call.
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

rule!(Warning "UAPS404" "extension-misspelt" in "extension_misspelt.rs": "a key looks like one of UAPS-1 misspelt");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let items = context.paths().map(|path| context.document.resolve(&path.value).unwrap_or(&path.value));
    let holders =
        std::iter::once(&context.document.root).chain(items).chain(context.operations.iter().map(|op| op.node));
    holders.flat_map(|holder| holder.members().iter().filter_map(|member| misspelt(holder, member))).collect()
}

fn misspelt(holder: &Node, member: &Member) -> Option<Diagnostic> {
    if !member.key.starts_with(['x', 'X']) || find(&member.key).is_some() {
        return None;
    }
    let key = &member.key;
    let near = *nearest(key, EXTENSIONS.iter().map(|extension| extension.key)).first()?;
    let finding = RULE.at(member.key_span, format!("`{key}` is no key of UAPS-1; did you mean `{near}`?"));
    Some(match holder.get(near) {
        Some(_) => finding.help(format!("`{near}` is there too; remove `{key}` if it says the same")),
        None => finding.fix(format!("write `{near}`"), member.key_span, same_quotes(key, member.key_span, near)),
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn misspelt() {
        let text = "x-service: {}\npaths:\n  /a:\n    post:\n      x-purchase-precheckt: /b\n      X-Amount-Path: $.a\n      x-amount-path: $.a\n      x-vendor-note: fine\n      x-codeSamples: []\n";
        assert_snapshot!(check(&RULE, text), @"
        warning[UAPS404 extension-misspelt]: `x-service` is no key of UAPS-1; did you mean `x-services`?
         --> openapi.yaml:1:1
          |
        1 | x-service: {}
          | ^^^^^^^^^
          |
          = help: `x-services` is there too; remove `x-service` if it says the same

        warning[UAPS404 extension-misspelt]: `x-purchase-precheckt` is no key of UAPS-1; did you mean `x-purchase-precheck`?
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

        warning[UAPS404 extension-misspelt]: `X-Amount-Path` is no key of UAPS-1; did you mean `x-amount-path`?
         --> openapi.yaml:6:7
          |
        6 |       X-Amount-Path: $.a
          |       ^^^^^^^^^^^^^
          |
          = help: `x-amount-path` is there too; remove `X-Amount-Path` if it says the same
        ");
    }
}
