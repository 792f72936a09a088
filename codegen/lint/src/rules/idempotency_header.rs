//! ## What it does
//!
//! Reports an `x-idempotency-header` that is no legal header name, or one that has another job.
//!
//! ## Why
//!
//! The gateway puts the id of the purchase there, so that a resend after a broken connection does not buy twice. In
//! `Authorization` it would replace the credential.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       x-idempotency-header: "Idempotency Key"
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
//!       x-idempotency-header: Idempotency-Key
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

use crate::commerce::Parsed;
use crate::context::Context;
use crate::extension::IDEMPOTENCY_HEADER;
use crate::rule::rule;
use uaps_model::{is_header_name, is_taken_header};
use uaps_spec::{Diagnostic, Node, OperationRef};

rule!(Error "UAPS514" "idempotency-header" in "idempotency_header.rs": "`x-idempotency-header` names no header that may be set");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    context.purchases().filter_map(|op| parse(op).err()).flatten().collect()
}

/// The header by which the provider knows a resend.
pub(crate) fn parse(purchase: &OperationRef<'_>) -> Parsed<Option<String>> {
    purchase.node.get(IDEMPOTENCY_HEADER).map(name).transpose()
}

fn name(node: &Node) -> Parsed<String> {
    let finding = |message: String| RULE.at(node.span, message);
    let Some(text) = node.as_str() else {
        return Err(vec![finding(format!("a header's name must be text, not {}", node.describe()))]);
    };
    if !is_header_name(text) {
        let help = "a name holds letters, digits and `-`, for example `Idempotency-Key`";
        return Err(vec![finding(format!("`{text}` is no legal header name")).help(help)]);
    }
    if is_taken_header(text) {
        let help = "name the header that the provider documents for resends, or remove the key";
        return Err(vec![finding(format!("the header `{text}` has another job")).help(help)]);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, shop};
    use insta::assert_snapshot;

    #[track_caller]
    fn named(header: &str) -> String {
        let to = format!("x-idempotency-header: {header}");
        check(&RULE, &shop(&[("x-idempotency-header: Idempotency-Key", &to)]))
    }

    #[test]
    fn names() {
        assert_snapshot!(named("X-Request-Id"), @"");
        assert_snapshot!(named("\"a: b\""), @r#"
        error[UAPS514 idempotency-header]: `a: b` is no legal header name
          --> openapi.yaml:39:29
           |
        39 |       x-idempotency-header: "a: b"
           |                             ^^^^^^
           |
           = help: a name holds letters, digits and `-`, for example `Idempotency-Key`
        "#);
        assert_snapshot!(named("authorization"), @"
        error[UAPS514 idempotency-header]: the header `authorization` has another job
          --> openapi.yaml:39:29
           |
        39 |       x-idempotency-header: authorization
           |                             ^^^^^^^^^^^^^
           |
           = help: name the header that the provider documents for resends, or remove the key
        ");
        assert_snapshot!(named("[]"), @"
        error[UAPS514 idempotency-header]: a header's name must be text, not a list
          --> openapi.yaml:39:29
           |
        39 |       x-idempotency-header: []
           |                             ^^
        ");
    }
}
