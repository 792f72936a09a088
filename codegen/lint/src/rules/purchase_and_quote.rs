//! ## What it does
//!
//! Reports an operation that is marked as a purchase and as a quote.
//!
//! ## Why
//!
//! A quote is called without asking; if it were the purchase, asking for the price would buy.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       x-purchase-precheckout: true
//!       x-purchase-precheck: /orders
//!       responses: { "201": { description: Ordered } }
//! ```
//!
//! ## Use instead
//!
//! Mark the operation that tells the price without buying. A provider that has none can't sell through this catalogue.
//!
//! ```yaml
//! paths:
//!   /quotes:
//!     post:
//!       operationId: quote_order
//!       x-purchase-precheckout: true
//!       responses: { "200": { description: A price } }
//! ```

use crate::context::{Context, title};
use crate::extension::{ENDPOINT, PRECHECKOUT};
use crate::rule::rule;
use uaps_spec::{Diagnostic, OperationRef};

rule!(Error "UAPS503" "purchase-and-quote" in "purchase_and_quote.rs": "an operation is marked as quote and purchase");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    context.purchases().flat_map(findings).collect()
}

/// Says so where a purchase is marked as a quote too.
pub(crate) fn findings(purchase: &OperationRef<'_>) -> Option<Diagnostic> {
    let quote = purchase.node.member(PRECHECKOUT).filter(|member| member.value.as_bool() == Some(true))?;
    let finding = RULE.at(quote.key_span, format!("{} is marked as quote and as purchase", title(purchase)));
    let finding = match purchase.node.member(ENDPOINT) {
        Some(endpoint) => finding.related(endpoint.key_span, "the mark of a purchase"),
        None => finding,
    };
    Some(finding.help("leave the mark that is true, and mark the operation that quotes this purchase"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, shop};
    use insta::assert_snapshot;

    #[test]
    fn both() {
        let text =
            shop(&[("x-purchase-endpoint: true", "x-purchase-endpoint: true\n      x-purchase-precheckout: true")]);
        assert_snapshot!(check(&RULE, &text), @"
        error[UAPS503 purchase-and-quote]: POST /orders is marked as quote and as purchase
          --> openapi.yaml:36:7
           |
        36 |       x-purchase-precheckout: true
           |       ^^^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:35:7
           |
        35 |       x-purchase-endpoint: true
           |       ------------------- the mark of a purchase
           |
           = help: leave the mark that is true, and mark the operation that quotes this purchase
        ");
    }
}
