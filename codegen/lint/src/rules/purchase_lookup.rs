//! ## What it does
//!
//! Reports an `x-purchase-lookup` that lacks a field, has an unknown one, or one of the wrong form.
//!
//! | field | value | meaning |
//! |---|---|---|
//! | `operation` | `find_order` | The operationId of a `GET` that answers how an order stands |
//! | `parameter` | `reference` | Which of its parameters takes the reference; the reference is the purchase's id |
//! | `reference` | `$.client_reference` | Where the order carried the reference: a query into its body, or the name of a parameter of the purchase; in the header of `x-idempotency-header` where it is left out. What a caller writes there is replaced |
//! | `status` | `$.status` | Query that leads to the status in the answer |
//! | `sold` | `[paid, shipped]` | The statuses of an order that was sold |
//! | `not_sold` | `[declined]` | The statuses of an order that was not made and never will be; every other leaves it open |
//! | `missing` | `not_sold` | A 404 says that there is no such order and never will be; without it a 404 proves nothing |
//! | `settles_after_seconds` | `600` | How old an order is when `not_sold` and a 404 count, from 1 to 14400; 600 where it is left out |
//! | `amount` | `$.total_cents` | Query that leads to the price; `x-amount-path` where it is left out |
//! | `amount_unit`, `currency`, `currency_path` | `minor`, `USD` | How the price is counted, where not as the purchase's |
//! | `transaction_id` | `$.id` | Query that leads to the provider's id of the sale; `x-transaction-id-path` where it is left out |
//! | `fee_cents` | `2` | The operation's `x-usage-fee-cents`, where it has one: the gateway pays it, not the caller |
//!
//! ## Why
//!
//! With it the gateway finds out what became of an order whose answer got lost, without any risk of buying again: a sale is
//! paid, and what was certainly not made is given back. A misspelt field would change what counts as proof.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       x-purchase-lookup: { operation: find_order, param: key, status: $.status, sold: [paid] }
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
//!       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], missing: not_sold }
//!       responses: { "201": { $ref: "#/components/responses/Order" } }
//!   /orders/by-key/{key}:
//!     get:
//!       operationId: find_order
//!       parameters: [{ name: key, in: path, required: true, schema: { type: string } }]
//!       responses: { "200": { $ref: "#/components/responses/Order" } }
//! components:
//!   responses:
//!     Order:
//!       description: An order or its quote
//!       content:
//!         application/json:
//!           schema:
//!             type: object
//!             required: [order_id, total_cents, status]
//!             properties: { order_id: { type: string }, total_cents: { type: integer }, status: { type: string } }
//! ```

use crate::commerce::{Lookup, Parsed};
use crate::context::Context;
use crate::edit::same_quotes;
use crate::extension::LOOKUP;
use crate::rule::rule;
use uaps_model::nearest;
use uaps_spec::{Diagnostic, Member, Node, OperationRef};

rule!(Error "UAPS515" "purchase-lookup" in "purchase_lookup.rs": "`x-purchase-lookup` lacks a field, or has a wrong one");

const NEEDED: [&str; 4] = ["operation", "parameter", "status", "sold"];
const OPTIONAL: [&str; 9] = [
    "reference",
    "not_sold",
    "missing",
    "settles_after_seconds",
    "amount",
    "amount_unit",
    "currency",
    "currency_path",
    "transaction_id",
];
const FEE: &str = "fee_cents";

/// Ten minutes: longer than any order takes that is still under way.
const SETTLES_AFTER: u32 = 600;

/// Four hours. The gateway gives an order to a person after six.
const LATEST: i64 = 14_400;

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    context.purchases().filter_map(|op| parse(op).err()).flatten().collect()
}

/// The look-up of a purchase as it is written; `None` where there is none.
pub(crate) fn parse<'d>(purchase: &OperationRef<'d>) -> Parsed<Option<Lookup<'d>>> {
    let Some(member) = purchase.node.member(LOOKUP) else { return Ok(None) };
    let node = &member.value;
    if !node.is_object() {
        let message = format!("`{LOOKUP}` must be an object, not {}", node.describe());
        return Err(vec![RULE.at(node.span, message).help(format!("it needs {}", NEEDED.join(", ")))]);
    }
    let mut findings: Vec<_> = node.members().iter().filter_map(|field| unknown(node, field)).collect();
    let lacking: Vec<_> = NEEDED.into_iter().filter(|field| node.get(field).is_none()).collect();
    if !lacking.is_empty() {
        findings.push(RULE.at(member.key_span, format!("`{LOOKUP}` has no `{}`", lacking.join("`, no `"))));
    }
    let missing = missing(node).unwrap_or_else(|found| {
        findings.extend(found);
        false
    });
    let settles = settles(node).unwrap_or_else(|found| {
        findings.extend(found);
        SETTLES_AFTER
    });
    let [Some(operation), Some(parameter), Some(status), Some(sold)] = NEEDED.map(|field| node.get(field)) else {
        return Err(findings);
    };
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(Some(Lookup {
        node,
        operation,
        parameter,
        reference: node.get("reference"),
        status,
        sold,
        not_sold: node.get("not_sold"),
        missing_is_not_sold: missing,
        settles_after_seconds: settles,
        amount: node.get("amount"),
        amount_unit: node.get("amount_unit"),
        currency: node.get("currency"),
        currency_path: node.get("currency_path"),
        transaction_id: node.get("transaction_id"),
        fee_cents: node.get(FEE),
    }))
}

fn unknown(node: &Node, field: &Member) -> Option<Diagnostic> {
    let key = field.key.as_str();
    let known = || NEEDED.into_iter().chain(OPTIONAL).chain([FEE]);
    if known().any(|known| known == key) {
        return None;
    }
    let finding = RULE.at(field.key_span, format!("`{LOOKUP}` has no field `{key}`"));
    let free = known().filter(|known| node.get(known).is_none());
    Some(match nearest(key, free).first() {
        Some(near) => finding.fix(format!("write `{near}`"), field.key_span, same_quotes(key, field.key_span, near)),
        None => finding.help(format!("known fields are {}", known().collect::<Vec<_>>().join(", "))),
    })
}

fn missing(node: &Node) -> Parsed<bool> {
    let Some(value) = node.get("missing") else { return Ok(false) };
    if value.as_str() == Some("not_sold") {
        return Ok(true);
    }
    let help =
        "write `missing: not_sold` where a 404 proves that the order never will be made, else leave the field out";
    Err(vec![RULE.at(value.span, "`missing` has one value, `not_sold`").help(help)])
}

fn settles(node: &Node) -> Parsed<u32> {
    let Some(value) = node.get("settles_after_seconds") else { return Ok(SETTLES_AFTER) };
    let seconds = value.as_i64().filter(|seconds| (1..=LATEST).contains(seconds));
    seconds.and_then(|seconds| u32::try_from(seconds).ok()).ok_or_else(|| {
        let message = format!("an order settles after a whole number of seconds from 1 to {LATEST}");
        let help = "write after how long an order that the provider does not know can't be on its way any more";
        vec![RULE.at(value.span, message).help(help)]
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, looked_up};
    use insta::assert_snapshot;

    #[test]
    fn fields() {
        assert_snapshot!(check(&RULE, &looked_up("", &[])), @"");
        assert_snapshot!(check(&RULE, &looked_up("missing: not_sold, settles_after_seconds: 60", &[])), @"");
        assert_snapshot!(check(&RULE, &looked_up("not-sold: [declined]", &[])), @"
        error[UAPS515 purchase-lookup]: `x-purchase-lookup` has no field `not-sold`
          --> openapi.yaml:40:99
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], not-sold: [declined] }
           |                                                                                                   ^^^^^^^^
           |
        fix: write `not_sold`
           |
        40 -       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], not-sold: [declined] }
        40 +       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], not_sold: [declined] }
           |
        ");
        assert_snapshot!(check(&RULE, &looked_up("missing: sold, settles_after_seconds: 0", &[])), @"
        error[UAPS515 purchase-lookup]: `missing` has one value, `not_sold`
          --> openapi.yaml:40:108
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], missing: sold, settles_after_seconds: 0 }
           |                                                                                                            ^^^^
           |
           = help: write `missing: not_sold` where a 404 proves that the order never will be made, else leave the field out

        error[UAPS515 purchase-lookup]: an order settles after a whole number of seconds from 1 to 14400
          --> openapi.yaml:40:137
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], missing: sold, settles_after_seconds: 0 }
           |                                                                                                                                         ^
           |
           = help: write after how long an order that the provider does not know can't be on its way any more
        ");
        assert_snapshot!(check(&RULE, &looked_up("settles_after_seconds: 100000", &[("sold: [paid]", "x: 1")])), @"
        error[UAPS515 purchase-lookup]: `x-purchase-lookup` has no `sold`
          --> openapi.yaml:40:7
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, x: 1, settle…
           |       ^^^^^^^^^^^^^^^^^

        error[UAPS515 purchase-lookup]: `x-purchase-lookup` has no field `x`
          --> openapi.yaml:40:85
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, x: 1, settles_after_seconds: 100000 }
           |                                                                                     ^
           |
           = help: known fields are operation, parameter, status, sold, reference, not_sold, missing, settles_after_seconds, amount, amount_unit, currency, currency_path, transaction_id, fee_cents

        error[UAPS515 purchase-lookup]: an order settles after a whole number of seconds from 1 to 14400
          --> openapi.yaml:40:114
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, x: 1, settles_after_seconds: 100000 }
           |                                                                                                                  ^^^^^^
           |
           = help: write after how long an order that the provider does not know can't be on its way any more
        ");
    }

    #[test]
    fn form() {
        assert_snapshot!(check(&RULE, &looked_up("", &[("{ operation", "find_order #")])), @"
        error[UAPS515 purchase-lookup]: `x-purchase-lookup` must be an object, not text
          --> openapi.yaml:40:26
           |
        40 |       x-purchase-lookup: find_order #: find_order, parameter: key, status: $.status, sold: [paid],  }
           |                          ^^^^^^^^^^
           |
           = help: it needs operation, parameter, status, sold
        ");
    }
}
