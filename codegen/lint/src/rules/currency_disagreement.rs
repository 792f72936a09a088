//! ## What it does
//!
//! Reports a purchase and a quote whose prices can never be in the same currency.
//!
//! ## Why
//!
//! The quote says how much is held, the purchase how much is charged. Euros held do not pay for dollars.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /quotes:
//!     post:
//!       operationId: quote_order
//!       x-purchase-precheckout: true
//!       x-amount-path: $.total_cents
//!       x-currency: EUR
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
//!             properties: { order_id: { type: string }, total_cents: { type: integer } }
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
//!       x-amount-path: $.total_cents
//!       x-currency: EUR
//!       responses: { "200": { $ref: "#/components/responses/Order" } }
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       x-purchase-precheck: /quotes
//!       x-amount-path: $.total_cents
//!       x-currency: EUR
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
//!             properties: { order_id: { type: string }, total_cents: { type: integer } }
//! ```

use super::{currency, purchase_precheck};
use crate::commerce::Pricing;
use crate::context::{Context, title};
use crate::rule::rule;
use uaps_model::Currency;
use uaps_spec::{Diagnostic, Document, OperationRef, Span};

rule!(Error "UAPS511" "currency-disagreement" in "currency_disagreement.rs": "quote and purchase have different currencies");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let pairs = context.purchases().filter_map(|op| Some((op, purchase_precheck::parse(context.document, op).ok()?)));
    pairs.filter_map(|(op, quote)| findings(context.document, op, &quote)).collect()
}

/// Says so where the two can't agree.
pub(crate) fn findings(
    document: &Document,
    purchase: &OperationRef<'_>,
    quote: &OperationRef<'_>,
) -> Option<Diagnostic> {
    let (charged, quoted) = (Pricing::charged(*purchase)?, Pricing::quoted(*purchase, *quote)?);
    let (left, right) = (currency::possible(document, &charged)?, currency::possible(document, &quoted)?);
    if left.iter().any(|code| right.contains(code)) {
        return None;
    }
    let message =
        format!("{} charges {}, but its quote {} tells {}", title(purchase), list(&left), title(quote), list(&right));
    let finding =
        RULE.at(place(&charged), message).related(place(&quoted), format!("the quote's price is in {}", list(&right)));
    Some(finding.help("give both the same `x-currency`, or read both with `x-currency-path`"))
}

/// Where a price says its currency.
pub(super) fn place(pricing: &Pricing<'_>) -> Span {
    pricing.currency.or(pricing.currency_path).unwrap_or(pricing.path).span
}

fn list(codes: &[Currency]) -> String {
    let codes: Vec<_> = codes.iter().map(Currency::as_str).collect();
    if codes.is_empty() { "no currency".to_owned() } else { codes.join(" or ") }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, shop};
    use insta::assert_snapshot;

    #[test]
    fn disagreement() {
        let quote = "x-purchase-precheckout: true\n      x-currency: EUR";
        assert_snapshot!(check(&RULE, &shop(&[("x-purchase-precheckout: true", quote)])), @"
        error[UAPS511 currency-disagreement]: POST /orders charges USD, but its quote POST /quotes tells EUR
          --> openapi.yaml:38:22
           |
        38 |       x-amount-path: $.pricing.total_cents
           |                      ^^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:25:19
           |
        25 |       x-currency: EUR
           |                   --- the quote's price is in EUR
           |
           = help: give both the same `x-currency`, or read both with `x-currency-path`
        ");
        let path = "x-purchase-precheckout: true\n      x-currency-path: $.pricing.currency";
        let of = |values: &str| {
            let values = format!("currency: {{ type: string, enum: {values} }}");
            check(&RULE, &shop(&[("x-purchase-precheckout: true", path), ("currency: { type: string }", &values)]))
        };
        assert_snapshot!(of("[EUR, GBP]"), @"
        error[UAPS511 currency-disagreement]: POST /orders charges USD, but its quote POST /quotes tells EUR or GBP
          --> openapi.yaml:38:22
           |
        38 |       x-amount-path: $.pricing.total_cents
           |                      ^^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:25:24
           |
        25 |       x-currency-path: $.pricing.currency
           |                        ------------------ the quote's price is in EUR or GBP
           |
           = help: give both the same `x-currency`, or read both with `x-currency-path`
        ");
        assert_snapshot!(of("[EUR, USD]"), @"");
    }
}
