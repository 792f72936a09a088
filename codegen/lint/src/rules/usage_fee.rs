//! ## What it does
//!
//! Reports an `x-usage-fee-cents` that is no whole number from 0 to 100000.
//!
//! ## Why
//!
//! It is taken from a customer's balance on every call. A text, a fraction or a slip of the finger must not get there.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get:
//!       operationId: list_rides
//!       x-usage-fee-cents: 0.02
//!       x-access-level: identified
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
use crate::extension::USAGE_FEE;
use crate::rule::rule;
use uaps_spec::{Diagnostic, Node, OperationRef};

rule!(Error "UAPS406" "usage-fee" in "usage_fee.rs": "a usage fee is no whole number of cents");

/// 1,000 dollars a call.
const MAX_CENTS: i64 = 100_000;

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for op in &context.operations {
        let Some(node) = op.node.get(USAGE_FEE).filter(|_| cents(op).is_none()) else { continue };
        let message = match (node.as_i64(), &node.kind) {
            (Some(fee), _) if fee < 0 => format!("the fee {fee} is negative"),
            (Some(fee), _) => format!("a fee of {fee} cents is more than the limit of {MAX_CENTS}"),
            (None, uaps_spec::Kind::Number(number)) => format!("the fee {number} is no whole number of cents"),
            (None, _) => format!("a fee must be a whole number of cents, not {}", node.describe()),
        };
        findings.push(
            RULE.at(node.span, message).help(format!("write the cents of one call, 0 to {MAX_CENTS}, without quotes")),
        );
    }
    findings
}

/// The fee of a call; 0 where none is named, `None` where it is wrong.
pub(super) fn cents(operation: &OperationRef<'_>) -> Option<i64> {
    operation.node.get(USAGE_FEE).map_or(Some(0), Node::as_i64).filter(|fee| (0..=MAX_CENTS).contains(fee))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn fees() {
        for good in ["0", "100000"] {
            assert_eq!(check(&RULE, &format!("paths: {{/a: {{get: {{x-usage-fee-cents: {good}}}}}}}\n")), "");
        }
        let text = "paths:\n  /a:\n    get: {x-usage-fee-cents: -1}\n    put: {x-usage-fee-cents: 100001}\n    post: {x-usage-fee-cents: 2.5}\n    patch: {x-usage-fee-cents: '2'}\n";
        assert_snapshot!(check(&RULE, text), @"
        error[UAPS406 usage-fee]: the fee -1 is negative
         --> openapi.yaml:3:30
          |
        3 |     get: {x-usage-fee-cents: -1}
          |                              ^^
          |
          = help: write the cents of one call, 0 to 100000, without quotes

        error[UAPS406 usage-fee]: a fee of 100001 cents is more than the limit of 100000
         --> openapi.yaml:4:30
          |
        4 |     put: {x-usage-fee-cents: 100001}
          |                              ^^^^^^
          |
          = help: write the cents of one call, 0 to 100000, without quotes

        error[UAPS406 usage-fee]: the fee 2.5 is no whole number of cents
         --> openapi.yaml:5:31
          |
        5 |     post: {x-usage-fee-cents: 2.5}
          |                               ^^^
          |
          = help: write the cents of one call, 0 to 100000, without quotes

        error[UAPS406 usage-fee]: a fee must be a whole number of cents, not text
         --> openapi.yaml:6:32
          |
        6 |     patch: {x-usage-fee-cents: '2'}
          |                                ^^^
          |
          = help: write the cents of one call, 0 to 100000, without quotes
        ");
    }
}
