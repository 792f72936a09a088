//! ## What it does
//!
//! Reports a purchase without `x-purchase-precheck`, `x-amount-path` or `x-transaction-id-path`.
//!
//! ## Why
//!
//! Without a quote nothing can be held before the money is spent; without the amount nothing can be charged; without
//! the transaction id nobody can trace the sale at the provider.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       responses: { "201": { description: Ordered } }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /quotes:
//!     post:
//!       operationId: quote_order
//!       x-purchase-precheckout: true
//!       responses: { "200": { $ref: "#/components/responses/Order" } }
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       x-purchase-precheck: /quotes
//!       x-amount-path: $.total_cents
//!       x-transaction-id-path: $.order_id
//!       responses: { "201": { $ref: "#/components/responses/Order" } }
//! components:
//!   responses:
//!     Order:
//!       description: An order or its quote
//!       content:
//!         application/json:
//!           schema:
//!             type: object
//!             required: [order_id, total_cents]
//!             properties:
//!               order_id: { type: string }
//!               total_cents: { type: integer }
//! ```

use crate::context::{Context, title};
use crate::extension::{AMOUNT_PATH, ENDPOINT, PRECHECK, TRANSACTION_ID_PATH};
use crate::rule::rule;
use uaps_spec::{Diagnostic, OperationRef};

rule!(Error "UAPS502" "purchase-incomplete" in "purchase_incomplete.rs": "a purchase does not say how it is paid");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    context.purchases().flat_map(findings).collect()
}

/// What a purchase lacks.
pub(crate) fn findings(purchase: &OperationRef<'_>) -> Option<Diagnostic> {
    let lacking =
        [PRECHECK, AMOUNT_PATH, TRANSACTION_ID_PATH].into_iter().filter(|key| purchase.node.get(key).is_none());
    let lacking: Vec<_> = lacking.map(|key| format!("`{key}`")).collect();
    let at = purchase.node.member(ENDPOINT).map_or(purchase.method_span, |member| member.key_span);
    let finding = RULE.at(at, format!("the purchase {} has no {}", title(purchase), lacking.join(", no ")));
    (!lacking.is_empty()).then(|| {
        finding
            .help("name the path of its quote, and where its answer holds the price and the provider's id of the sale")
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, shop};
    use insta::assert_snapshot;

    #[test]
    fn incomplete() {
        assert_snapshot!(check(&RULE, "paths:\n  /a:\n    post:\n      x-purchase-endpoint: true\n"), @"
        error[UAPS502 purchase-incomplete]: the purchase POST /a has no `x-purchase-precheck`, no `x-amount-path`, no `x-transaction-id-path`
         --> openapi.yaml:4:7
          |
        4 |       x-purchase-endpoint: true
          |       ^^^^^^^^^^^^^^^^^^^
          |
          = help: name the path of its quote, and where its answer holds the price and the provider's id of the sale
        ");
        assert_snapshot!(check(&RULE, &shop(&[("      x-amount-path: $.pricing.total_cents\n", "")])), @"
        error[UAPS502 purchase-incomplete]: the purchase POST /orders has no `x-amount-path`
          --> openapi.yaml:35:7
           |
        35 |       x-purchase-endpoint: true
           |       ^^^^^^^^^^^^^^^^^^^
           |
           = help: name the path of its quote, and where its answer holds the price and the provider's id of the sale
        ");
        assert_snapshot!(check(&RULE, &shop(&[])), @"");
    }
}
