//! ## What it does
//!
//! Reports an `x-access-level` that is no level, and a purchase or a call with a fee that anybody may make without a key.
//!
//! ## Why
//!
//! A level that is not understood can't be kept. And where nobody is known, nobody pays.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get:
//!       operationId: list_rides
//!       x-usage-fee-cents: 2
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

use crate::commerce::{Role, role};
use crate::context::{Context, title};
use crate::edit::{add_member, same_quotes};
use crate::extension::{ACCESS_LEVEL, USAGE_FEE};
use crate::rule::rule;
use uaps_model::{AccessLevel, AccessPolicy, nearest};
use uaps_spec::{Diagnostic, OperationRef};

rule!(Error "UAPS407" "access-level" in "access_level.rs": "an access level is unknown, or too low for what is paid");

const LEVELS: [&str; 3] = ["anonymous", "identified", "authenticated"];

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    context.operations.iter().filter_map(|op| unknown(op).or_else(|| unpaid(context, op))).collect()
}

fn unknown(op: &OperationRef<'_>) -> Option<Diagnostic> {
    let node = op.node.get(ACCESS_LEVEL)?;
    let text = node.as_str().unwrap_or_default();
    if text.parse::<AccessLevel>().is_ok() {
        return None;
    }
    let Some(text) = node.as_str() else {
        return Some(RULE.at(node.span, format!("an access level must be a word, not {}", node.describe())));
    };
    let finding = RULE.at(node.span, format!("`{text}` is no access level"));
    Some(match nearest(text, LEVELS.into_iter()).first() {
        Some(near) => finding.fix(format!("write `{near}`"), node.span, same_quotes(text, node.span, near)),
        None => finding.help(format!("use {}", LEVELS.join(", "))),
    })
}

fn unpaid(context: &Context<'_>, op: &OperationRef<'_>) -> Option<Diagnostic> {
    let policy = &context.provider.manifest.access;
    let paid = match (role(op), super::usage_fee::cents(op)) {
        (Some(Role::Purchase), _) => "a purchase",
        (_, Some(cents)) if cents > 0 => "a call with a fee",
        _ => return None,
    };
    let own = op.node.get(ACCESS_LEVEL);
    let level = own.and_then(|node| node.as_str()?.parse().ok()).unwrap_or_else(|| default_level(policy, op));
    if level != AccessLevel::Anonymous {
        return None;
    }
    let level = if role(op) == Some(Role::Purchase) { AccessLevel::Authenticated } else { AccessLevel::Identified };
    let message = format!("{paid} can't be anonymous: nobody would pay for {}", title(op));
    Some(match own {
        Some(node) => {
            let text = same_quotes(AccessLevel::Anonymous.as_str(), node.span, level.as_str());
            RULE.at(node.span, message).fix(format!("write `{level}`"), node.span, text)
        }
        None => {
            let at = op.node.member(USAGE_FEE).map_or(op.method_span, |member| member.key_span);
            let finding = add_member(RULE.at(at, message), op.node, ACCESS_LEVEL, level.as_str());
            context.advise(finding, op, &format!("{ACCESS_LEVEL}: {level}"))
        }
    })
}

/// The manifest's level for an operation of that kind.
fn default_level(policy: &AccessPolicy, op: &OperationRef<'_>) -> AccessLevel {
    match role(op) {
        Some(Role::Purchase) => policy.purchase,
        Some(Role::Quote) => policy.read,
        None if op.method.is_safe() => policy.read,
        None => policy.write,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{MANIFEST, check, check_with, shop};
    use insta::assert_snapshot;

    #[test]
    fn unknown_levels() {
        assert_snapshot!(check(&RULE, "paths: {/a: {get: {x-access-level: \"identify\"}, put: {x-access-level: admin}, post: {x-access-level: 1}}}\n"), @r#"
        error[UAPS407 access-level]: `identify` is no access level
         --> openapi.yaml:1:36
          |
        1 | paths: {/a: {get: {x-access-level: "identify"}, put: {x-access-level: admin}, post: {x-access-level: 1}}}
          |                                    ^^^^^^^^^^
          |
          = help: use anonymous, identified, authenticated

        error[UAPS407 access-level]: `admin` is no access level
         --> openapi.yaml:1:71
          |
        1 | paths: {/a: {get: {x-access-level: "identify"}, put: {x-access-level: admin}, post: {x-access-level: 1}}}
          |                                                                       ^^^^^
          |
          = help: use anonymous, identified, authenticated

        error[UAPS407 access-level]: an access level must be a word, not a number
         --> openapi.yaml:1:102
          |
        1 | paths: {/a: {get: {x-access-level: "identify"}, put: {x-access-level: admin}, post: {x-access-level: 1}}}
          |                                                                                                      ^
        "#);
    }

    #[test]
    fn nobody_pays() {
        assert_snapshot!(check(&RULE, &shop(&[("      x-access-level: identified\n", "")])), @"
        error[UAPS407 access-level]: a call with a fee can't be anonymous: nobody would pay for GET /things/{thing_id}
          --> openapi.yaml:17:7
           |
        17 |       x-usage-fee-cents: 2
           |       ^^^^^^^^^^^^^^^^^
           |
        fix: add `x-access-level: identified`
           |
        16 ~       x-access-level: identified
        17 ~       operationId: get_thing
           |
        ");
        assert_snapshot!(check(&RULE, &shop(&[("x-purchase-precheck:", "x-access-level: anonymous\n      x-purchase-precheck:")])), @"
        error[UAPS407 access-level]: a purchase can't be anonymous: nobody would pay for POST /orders
          --> openapi.yaml:36:23
           |
        36 |       x-access-level: anonymous
           |                       ^^^^^^^^^
           |
        fix: write `authenticated`
           |
        36 -       x-access-level: anonymous
        36 +       x-access-level: authenticated
           |
        ");
    }

    #[test]
    fn the_manifest_counts() {
        let manifest = format!("{MANIFEST}access: {{read: identified}}\n");
        assert_snapshot!(check_with(&RULE, &manifest, &shop(&[("      x-access-level: identified\n", "")])), @"");
    }
}
