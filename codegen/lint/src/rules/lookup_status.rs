//! ## What it does
//!
//! Reports a look-up whose `status` need not lead to a status in the answer, and values of `sold` and `not_sold` that are
//! in both, that the answer can't have, or of which there are none.
//!
//! ## Why
//!
//! A sale is paid and a hold is given back on this one value. A value that is misspelt would leave every order to a person,
//! and one in both lists says nothing.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       x-idempotency-header: Idempotency-Key
//!       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], not_sold: [paid] }
//!       responses: { "201": { $ref: "#/components/responses/Order" } }
//!   /orders/by-key/{key}:
//!     get:
//!       operationId: find_order
//!       parameters: [{ name: key, in: path, required: true, schema: { type: string } }]
//!       responses: { "200": { $ref: "#/components/responses/Order" } }
//! components:
//!   responses:
//!     Order:
//!       description: An order
//!       content:
//!         application/json:
//!           schema: { type: object, required: [status], properties: { status: { type: string } } }
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
//!       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], not_sold: [declined] }
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

use crate::commerce::{Leaf, Lookup, Miss, Parsed, lead, lookup};
use crate::context::Context;
use crate::rule::rule;
use serde_json::Value;
use uaps_model::{Query, nearest};
use uaps_spec::{Diagnostic, Document, Kind, Node, OperationRef};

rule!(Error "UAPS518" "lookup-status" in "lookup_status.rs": "a look-up does not say what it proves");

/// The status of an order and what its values mean.
#[derive(Debug)]
pub(crate) struct Statuses {
    /// Where it stands.
    pub path: Query,
    /// It was sold.
    pub sold: Vec<Value>,
    /// It was not made and never will be.
    pub not_sold: Vec<Value>,
}

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let document = context.document;
    let found = context.purchases().filter_map(|op| {
        let (written, operation) = lookup(document, op)?;
        parse(document, &written, &operation).err()
    });
    found.flatten().collect()
}

/// The status of a look-up. A broken answer is said by its own rule.
pub(crate) fn parse(document: &Document, written: &Lookup<'_>, operation: &OperationRef<'_>) -> Parsed<Statuses> {
    let (path, leaves) = lead(document, &RULE, written.status, operation, "status", is_status)?;
    let mut findings = Vec::new();
    let mut sold: Vec<(Value, &Node)> = Vec::new();
    let mut not_sold: Vec<(Value, &Node)> = Vec::new();
    for (field, node, list) in [("sold", Some(written.sold), &mut sold), ("not_sold", written.not_sold, &mut not_sold)]
    {
        let Some(node) = node else { continue };
        if node.items().is_empty() {
            let finding = RULE.at(node.span, format!("`{field}` must be a list of at least one status"));
            let example = if field == "sold" { "paid" } else { "declined" };
            findings.push(finding.help(format!("write it as `{field}: [{example}]`")));
        }
        for item in node.items() {
            match value(item, &leaves) {
                Ok(value) => list.push((value, item)),
                Err(found) => findings.extend(found),
            }
        }
    }
    for (value, node) in &not_sold {
        if let Some((_, other)) = sold.iter().find(|(known, _)| known == value) {
            let finding = RULE.at(node.span, format!("`{}` can't be both sold and not sold", shown(value)));
            findings.push(finding.related(other.span, "sold here"));
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let values = |list: Vec<(Value, &Node)>| list.into_iter().map(|(value, _)| value).collect();
    Ok(Statuses { path, sold: values(sold), not_sold: values(not_sold) })
}

/// A listed status, which the answer must be able to have.
fn value(node: &Node, leaves: &[Leaf<'_>]) -> Parsed<Value> {
    let (value, wanted) = match &node.kind {
        Kind::String(text) => (Value::from(text.as_str()), "string"),
        Kind::Bool(truth) => (Value::from(*truth), "boolean"),
        Kind::Number(_) if node.as_i64().is_some() => (node.to_json(), "integer"),
        _ => {
            let message = format!("a status is text, a whole number or a truth value, not {}", node.describe());
            return Err(vec![RULE.at(node.span, message)]);
        }
    };
    let fits = |leaf: &Leaf<'_>| {
        let of_type = leaf.types().iter().any(|t| *t == wanted || (*t == "number" && wanted == "integer"));
        of_type && leaf.values().is_none_or(|values| values.iter().any(|known| known.to_json() == value))
    };
    if leaves.iter().any(fits) {
        return Ok(value);
    }
    let finding = RULE.at(node.span, format!("no answer has the status `{}`", shown(&value)));
    let known: Vec<&str> = leaves.iter().filter_map(Leaf::values).flatten().filter_map(Node::as_str).collect();
    let near = value.as_str().and_then(|text| nearest(text, known.iter().copied()).first().copied());
    let finding = match leaves.first() {
        Some(leaf) => finding.related(leaf.span(), "the status"),
        None => finding,
    };
    Err(vec![match (near, known.as_slice()) {
        (Some(near), _) => finding.help(format!("did you mean `{near}`?")),
        (None, []) => finding.help("write it as the answer has it: text in quotes, numbers and truth values without"),
        (None, known) => finding.help(format!("it is one of {}", known.join(", "))),
    }])
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn is_status(leaf: &Leaf<'_>) -> Result<(), Miss> {
    match leaf.types().as_slice() {
        [] => Err(Miss::new(leaf.span(), "this has no `type`")),
        types if types.iter().any(|t| matches!(*t, "string" | "integer" | "number" | "boolean")) => Ok(()),
        [found, ..] => {
            Err(Miss::new(leaf.span(), format!("this is of type {found}, neither text nor number nor truth value")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, looked_up};
    use insta::assert_snapshot;

    const STATUS: &str = "status: { type: string }";
    const SOLD: &str = "sold: [paid]";

    #[test]
    fn where_it_stands() {
        assert_snapshot!(check(&RULE, &looked_up("", &[])), @"");
        assert_snapshot!(check(&RULE, &looked_up("", &[("status: $.status", "status: $.state")])), @"
        error[UAPS518 lookup-status]: `$.state` need not lead to a status in the answer of GET /orders/{key}
          --> openapi.yaml:40:75
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.state, sold: [paid],  }
           |                                                                           ^^^^^^^
          ::: openapi.yaml:83:5
           |
        83 |     Order:
           |     ----- this has no property `state`
        ");
        assert_snapshot!(check(&RULE, &looked_up("", &[(STATUS, "status: { type: object }")])), @"
        error[UAPS518 lookup-status]: `$.status` need not lead to a status in the answer of GET /orders/{key}
          --> openapi.yaml:40:75
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid],  }
           |                                                                           ^^^^^^^^
          ::: openapi.yaml:87:9
           |
        87 |         status: { type: object }
           |         ------ this is of type object, neither text nor number nor truth value
        ");
    }

    #[test]
    fn values() {
        assert_snapshot!(check(&RULE, &looked_up("not_sold: [declined, paid]", &[])), @"
        error[UAPS518 lookup-status]: `paid` can't be both sold and not sold
          --> openapi.yaml:40:120
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], not_sold: [declined, paid] }
           |                                                                                                                        ^^^^
          ::: openapi.yaml:40:92
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], not_sold: [declined, paid] }
           |                                                                                            ---- sold here
        ");
        assert_snapshot!(check(&RULE, &looked_up("not_sold: []", &[(SOLD, "sold: paid")])), @"
        error[UAPS518 lookup-status]: `sold` must be a list of at least one status
          --> openapi.yaml:40:91
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: paid, not_sold: [] }
           |                                                                                           ^^^^
           |
           = help: write it as `sold: [paid]`

        error[UAPS518 lookup-status]: `not_sold` must be a list of at least one status
          --> openapi.yaml:40:107
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: paid, not_sold: [] }
           |                                                                                                           ^^
           |
           = help: write it as `not_sold: [declined]`
        ");
        assert_snapshot!(check(&RULE, &looked_up("", &[(SOLD, "sold: [1, null]")])), @"
        error[UAPS518 lookup-status]: no answer has the status `1`
          --> openapi.yaml:40:92
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [1, null],  }
           |                                                                                            ^
          ::: openapi.yaml:87:9
           |
        87 |         status: { type: string }
           |         ------ the status
           |
           = help: write it as the answer has it: text in quotes, numbers and truth values without

        error[UAPS518 lookup-status]: a status is text, a whole number or a truth value, not null
          --> openapi.yaml:40:95
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [1, null],  }
           |                                                                                               ^^^^
        ");
        let listed = (STATUS, "status: { type: string, enum: [payed, declined] }");
        assert_snapshot!(check(&RULE, &looked_up("", &[listed])), @"
        error[UAPS518 lookup-status]: no answer has the status `paid`
          --> openapi.yaml:40:92
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid],  }
           |                                                                                            ^^^^
          ::: openapi.yaml:87:9
           |
        87 |         status: { type: string, enum: [payed, declined] }
           |         ------ the status
           |
           = help: it is one of payed, declined
        ");
        let truth = (STATUS, "status: { type: boolean }");
        assert_snapshot!(check(&RULE, &looked_up("not_sold: [false]", &[truth, (SOLD, "sold: [true]")])), @"");
        let number = (STATUS, "status: { type: integer, enum: [1, 2] }");
        assert_snapshot!(check(&RULE, &looked_up("", &[number, (SOLD, "sold: [2]")])), @"");
    }
}
