//! ## What it does
//!
//! Reports a pair of quote and purchase of which one has a fixed currency, while the other reads it from an answer that
//! may name another.
//!
//! ## Why
//!
//! If the provider answers another currency than the fixed one, the purchase ends with an amount that can't be compared
//! with what was held.
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
//!       x-currency-path: $.currency
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
//!             required: [order_id, total_cents, currency]
//!             properties: { order_id: { type: string }, total_cents: { type: integer }, currency: { type: string } }
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
//!       x-currency-path: $.currency
//!       responses: { "200": { $ref: "#/components/responses/Order" } }
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       x-purchase-precheck: /quotes
//!       x-amount-path: $.total_cents
//!       x-currency-path: $.currency
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
//!             required: [order_id, total_cents, currency]
//!             properties: { order_id: { type: string }, total_cents: { type: integer }, currency: { type: string } }
//! ```

use super::currency_disagreement::place;
use super::{currency, purchase_precheck};
use crate::commerce::Pricing;
use crate::context::{Context, title};
use crate::rule::rule;
use uaps_spec::{Diagnostic, Document, OperationRef};

rule!(Warning "UAPS512" "currency-unproven" in "currency_unproven.rs": "quote and purchase may have different currencies");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let pairs = context.purchases().filter_map(|op| Some((op, purchase_precheck::parse(context.document, op).ok()?)));
    pairs.filter_map(|(op, quote)| finding(context.document, op, &quote)).collect()
}

fn finding(document: &Document, purchase: &OperationRef<'_>, quote: &OperationRef<'_>) -> Option<Diagnostic> {
    let (charged, quoted) = (Pricing::charged(*purchase)?, Pricing::quoted(*purchase, *quote)?);
    let (fixed, open) = match (charged.currency_path, quoted.currency_path) {
        (Some(_), None) => (quoted, charged),
        (None, Some(_)) => (charged, quoted),
        _ => return None,
    };
    currency::parse(document, &open).ok()?;
    let code = *currency::possible(document, &fixed)?.first()?;
    match currency::possible(document, &open) {
        // Either proven, or proven wrong, which another rule says.
        Some(codes) if codes.as_slice() == [code] || !codes.contains(&code) => return None,
        _ => {}
    }
    let message = format!("{} may be priced in another currency than {code}", title(&open.answer));
    let finding = RULE.at(place(&open), message);
    let finding = finding.related(place(&fixed), format!("{} is priced in {code}", title(&fixed.answer)));
    Some(finding.help("read the currency of both with `x-currency-path`, or fix both with `x-currency`"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, shop};
    use insta::assert_snapshot;

    #[test]
    fn unproven() {
        let path = "x-purchase-precheckout: true\n      x-currency-path: $.pricing.currency";
        assert_snapshot!(check(&RULE, &shop(&[("x-purchase-precheckout: true", path)])), @"
        warning[UAPS512 currency-unproven]: POST /quotes may be priced in another currency than USD
          --> openapi.yaml:25:24
           |
        25 |       x-currency-path: $.pricing.currency
           |                        ^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:38:22
           |
        38 |       x-amount-path: $.pricing.total_cents
           |                      --------------------- POST /orders is priced in USD
           |
           = help: read the currency of both with `x-currency-path`, or fix both with `x-currency`
        ");
        let values = "currency: { type: string, enum: [USD] }";
        assert_snapshot!(check(&RULE, &shop(&[("x-purchase-precheckout: true", path), ("currency: { type: string }", values)])), @"");
    }
}
