//! ## What it does
//!
//! Follows `x-transaction-id-path` through the schema of every successful answer of the purchase, in the same way as
//! `x-amount-path`. It must end in a required `string` or `integer` that is not null.
//!
//! ## Why
//!
//! It is the provider's own name for the sale. Refunds, disputes and the daily comparison of books begin with it.
//!
//! ## Example
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
//!       x-transaction-id-path: $.id
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

use crate::commerce::{Leaf, Miss, Parsed, lead, lookup, once};
use crate::context::Context;
use crate::extension::TRANSACTION_ID_PATH;
use crate::rule::rule;
use uaps_model::Query;
use uaps_spec::{Diagnostic, Document, Node, OperationRef};

rule!(Error "UAPS513" "transaction-id-path" in "transaction_id_path.rs": "`x-transaction-id-path` need not lead to an id");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let document = context.document;
    let own = context.purchases().filter_map(|op| parse(document, op).err());
    let looked_up = context.purchases().filter_map(|op| {
        let (written, found) = lookup(document, op)?;
        parse_looked_up(document, op, written.transaction_id, &found).err()
    });
    once(own.chain(looked_up).flatten().collect())
}

/// The query of the provider's id of a sale. A purchase that names none is said to be incomplete by another rule.
pub(crate) fn parse(document: &Document, purchase: &OperationRef<'_>) -> Parsed<Query> {
    let Some(node) = purchase.node.get(TRANSACTION_ID_PATH) else { return Err(Vec::new()) };
    lead(document, &RULE, node, purchase, "transaction id", is_id).map(|(query, _)| query)
}

/// Likewise in the answer of a look-up: at a place of its own, or at the purchase's.
pub(crate) fn parse_looked_up(
    document: &Document,
    purchase: &OperationRef<'_>,
    own: Option<&Node>,
    lookup: &OperationRef<'_>,
) -> Parsed<Query> {
    let Some(node) = own.or_else(|| purchase.node.get(TRANSACTION_ID_PATH)) else { return Err(Vec::new()) };
    lead(document, &RULE, node, lookup, "transaction id", is_id).map(|(query, _)| query)
}

fn is_id(leaf: &Leaf<'_>) -> Result<(), Miss> {
    match leaf.types().as_slice() {
        [] => Err(Miss::new(leaf.span(), "this has no `type`")),
        types if types.iter().any(|t| matches!(*t, "string" | "integer")) => Ok(()),
        [found, ..] => Err(Miss::new(leaf.span(), format!("this is of type {found}, neither string nor integer"))),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, looked_up, shop};
    use insta::assert_snapshot;

    #[test]
    fn ids() {
        let id = "order_id: { type: string }";
        assert_snapshot!(check(&RULE, &shop(&[(id, "order_id: { type: number }")])), @"
        error[UAPS513 transaction-id-path]: `$.order_id` need not lead to a transaction id in the answer of POST /orders
          --> openapi.yaml:38:30
           |
        38 |       x-transaction-id-path: $.order_id
           |                              ^^^^^^^^^^
          ::: openapi.yaml:76:9
           |
        76 |         order_id: { type: number }
           |         -------- this is of type number, neither string nor integer
        ");
        assert_snapshot!(check(&RULE, &shop(&[(id, "order_id: { type: integer }")])), @"");
        assert_snapshot!(check(&RULE, &shop(&[("$.order_id", "$.order_uuid")])), @"
        error[UAPS513 transaction-id-path]: `$.order_uuid` need not lead to a transaction id in the answer of POST /orders
          --> openapi.yaml:38:30
           |
        38 |       x-transaction-id-path: $.order_uuid
           |                              ^^^^^^^^^^^^
          ::: openapi.yaml:71:5
           |
        71 |     Order:
           |     ----- this has no property `order_uuid`
           |
           = help: did you mean `order_id`?
        ");
        assert_snapshot!(check(&RULE, &shop(&[("$.order_id", "$")])), @"
        error[UAPS513 transaction-id-path]: `$` need not lead to a transaction id in the answer of POST /orders
          --> openapi.yaml:38:30
           |
        38 |       x-transaction-id-path: $
           |                              ^
          ::: openapi.yaml:71:5
           |
        71 |     Order:
           |     ----- this is of type object, neither string nor integer
        ");
    }
    #[test]
    fn a_look_up_tells_the_id_too() {
        assert_snapshot!(check(&RULE, &looked_up("transaction_id: $.pricing", &[])), @"
        error[UAPS513 transaction-id-path]: `$.pricing` need not lead to a transaction id in the answer of GET /orders/{key}
          --> openapi.yaml:40:115
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], transaction_id: $.pricing }
           |                                                                                                                   ^^^^^^^^^
          ::: openapi.yaml:71:5
           |
        71 |     Pricing:
           |     ------- this is of type object, neither string nor integer
        ");
    }
}
