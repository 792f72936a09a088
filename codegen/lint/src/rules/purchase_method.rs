//! ## What it does
//!
//! Reports a purchase by `GET`, `HEAD`, `OPTIONS` or `TRACE`.
//!
//! ## Why
//!
//! These methods change nothing. Browsers, proxies and clients repeat them at will, and each time would buy again.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /orders/new:
//!     get:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       responses: { "200": { description: Ordered } }
//! ```
//!
//! ## Use instead
//!
//! Mark the operation that really buys, mostly a `POST`. A provider that sells by `GET` can't be sold safely.
//!
//! ```yaml
//! paths:
//!   /orders/new:
//!     get:
//!       operationId: preview_order
//!       x-purchase-precheckout: true
//!       responses: { "200": { description: A price } }
//! ```

use crate::context::{Context, title};
use crate::extension::ENDPOINT;
use crate::rule::rule;
use uaps_spec::{Diagnostic, OperationRef};

rule!(Error "UAPS504" "purchase-method" in "purchase_method.rs": "a purchase has a method that changes nothing");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    context.purchases().flat_map(findings).collect()
}

/// Says so where a purchase's method is a safe one.
pub(crate) fn findings(purchase: &OperationRef<'_>) -> Option<Diagnostic> {
    let finding =
        RULE.at(purchase.method_span, format!("{} can't be a purchase: {0} changes nothing", purchase.method));
    let finding = match purchase.node.member(ENDPOINT) {
        Some(mark) => finding.related(mark.key_span, format!("{} is marked here", title(purchase))),
        None => finding,
    };
    purchase.method.is_safe().then(|| finding.help("mark the operation that buys, mostly a POST"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn safe_methods() {
        assert_snapshot!(check(&RULE, "paths:\n  /a:\n    get:\n      x-purchase-endpoint: true\n    post:\n      x-purchase-endpoint: true\n"), @"
        error[UAPS504 purchase-method]: GET can't be a purchase: GET changes nothing
         --> openapi.yaml:3:5
          |
        3 |     get:
          |     ^^^
         ::: openapi.yaml:4:7
          |
        4 |       x-purchase-endpoint: true
          |       ------------------- GET /a is marked here
          |
          = help: mark the operation that buys, mostly a POST
        ");
    }
}
