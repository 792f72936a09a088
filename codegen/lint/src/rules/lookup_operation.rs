//! ## What it does
//!
//! Reports a look-up whose `operation` is not in the document, is no `GET`, is a purchase or a quote, needs more than the
//! reference, or costs a fee that `fee_cents` does not repeat.
//!
//! ## Why
//!
//! The gateway asks by itself, several times, with nothing at hand but the reference. Asking must buy nothing, and where
//! each time costs a fee, somebody must have agreed to it.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       x-purchase-lookup: { operation: place_order, parameter: key, status: $.status, sold: [paid] }
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
//!       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], fee_cents: 2 }
//!       responses: { "201": { $ref: "#/components/responses/Order" } }
//!   /orders/by-key/{key}:
//!     get:
//!       operationId: find_order
//!       x-usage-fee-cents: 2
//!       x-access-level: identified
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

use super::{purchase_lookup, usage_fee};
use crate::commerce::{Lookup, Parsed, arguments, role, tool_name};
use crate::context::{Context, title};
use crate::extension::{ENDPOINT, PRECHECKOUT};
use crate::rule::rule;
use uaps_model::{Method, ToolName, nearest};
use uaps_spec::{Diagnostic, Document, OperationRef};

rule!(Error "UAPS516" "lookup-operation" in "lookup_operation.rs": "an order can't be looked up by that operation");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let written = context.purchases().filter_map(|op| purchase_lookup::parse(op).ok()?);
    let findings = written.filter_map(|written| match parse(context.document, &written) {
        Ok(operation) => tool(&written, &operation).err(),
        Err(findings) => Some(findings),
    });
    findings.flatten().collect()
}

/// The operation that looks an order up.
pub(crate) fn parse<'d>(document: &'d Document, written: &Lookup<'d>) -> Parsed<OperationRef<'d>> {
    let node = written.operation;
    let Some(id) = node.as_str() else {
        let message = format!("`operation` must be an operationId, not {}", node.describe());
        return Err(vec![RULE.at(node.span, message)]);
    };
    let Some(found) = document.operations().find(|op| op.node.str_at("operationId") == Some(id)) else {
        let finding = RULE.at(node.span, format!("this document has no operation `{id}`"));
        let by_path = document.operations().find(|op| op.path == id && op.method == Method::Get);
        let by_path = by_path.and_then(|op| op.node.str_at("operationId"));
        let ids = document.operations().filter_map(|op| op.node.str_at("operationId"));
        return Err(vec![match (by_path, nearest(id, ids).first()) {
            (Some(own), _) => finding.help(format!("`{id}` is a path; write its operationId `{own}`")),
            (None, Some(near)) => finding.help(format!("did you mean `{near}`?")),
            (None, None) => finding.help("write the operationId of the GET that answers how an order stands"),
        }]);
    };
    let findings = refusals(document, written, &found);
    if findings.is_empty() { Ok(found) } else { Err(findings) }
}

/// The tool of that operation.
pub(crate) fn tool(written: &Lookup<'_>, operation: &OperationRef<'_>) -> Parsed<ToolName> {
    tool_name(operation).map_err(|reason| {
        vec![RULE.at(written.operation.span, format!("the operationId of {} {reason}", title(operation)))]
    })
}

fn refusals(document: &Document, written: &Lookup<'_>, found: &OperationRef<'_>) -> Vec<Diagnostic> {
    let at = |message: String| RULE.at(written.operation.span, message);
    if role(found).is_some() {
        let mark = if found.node.is_true(ENDPOINT) { ENDPOINT } else { PRECHECKOUT };
        let span = found.node.member(mark).map_or(found.method_span, |member| member.key_span);
        let finding = at(format!("{} takes part in a purchase itself", title(found))).related(span, "this says so");
        return vec![finding.help("name the operation that only answers how an order stands")];
    }
    if found.method != Method::Get {
        let finding = at(format!("{} is no GET, so asking may change something", title(found)));
        return vec![finding.help("name a GET; where the provider has none, leave the look-up out")];
    }
    let mut findings = Vec::new();
    let takes = arguments(document, found);
    for (name, span, required) in takes.parameters {
        if required && Some(name) != written.parameter.as_str() {
            let finding = at(format!("{} requires `{name}`, and only the reference is known", title(found)));
            findings.push(finding.related(span, "required here"));
        }
    }
    if takes.body_required {
        findings.push(at(format!("{} requires a body, and only the reference is known", title(found))));
    }
    // A fee that is none is said by its own rule.
    let fee = usage_fee::cents(found).unwrap_or(0);
    let agreed = written.fee_cents.map_or(Some(0), |node| node.as_i64());
    if agreed != Some(fee) {
        let span = written.fee_cents.unwrap_or(written.operation).span;
        let message = format!("each look-up by {} costs {fee} cents, which `fee_cents` does not say", title(found));
        let help = match fee {
            0 => "remove `fee_cents`: asking costs nothing".to_owned(),
            _ => format!("write `fee_cents: {fee}` if the gateway's owner pays that, several times an order"),
        };
        findings.push(RULE.at(span, message).help(help));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, looked_up};
    use insta::assert_snapshot;

    #[test]
    fn which_operation() {
        assert_snapshot!(check(&RULE, &looked_up("", &[])), @"");
        assert_snapshot!(check(&RULE, &looked_up("", &[("operation: find_order", "operation: find_orders")])), @"
        error[UAPS516 lookup-operation]: this document has no operation `find_orders`
          --> openapi.yaml:40:39
           |
        40 |       x-purchase-lookup: { operation: find_orders, parameter: key, status: $.status, sold: [paid],  }
           |                                       ^^^^^^^^^^^
           |
           = help: did you mean `find_order`?
        ");
        assert_snapshot!(check(&RULE, &looked_up("", &[("operation: find_order", "operation: '/orders/{key}'")])), @"
        error[UAPS516 lookup-operation]: this document has no operation `/orders/{key}`
          --> openapi.yaml:40:39
           |
        40 |       x-purchase-lookup: { operation: '/orders/{key}', parameter: key, status: $.status, sold: [paid],  }
           |                                       ^^^^^^^^^^^^^^^
           |
           = help: `/orders/{key}` is a path; write its operationId `find_order`
        ");
        assert_snapshot!(check(&RULE, &looked_up("", &[("operation: find_order", "operation: [find_order]")])), @"
        error[UAPS516 lookup-operation]: `operation` must be an operationId, not a list
          --> openapi.yaml:40:39
           |
        40 |       x-purchase-lookup: { operation: [find_order], parameter: key, status: $.status, sold: [paid],  }
           |                                       ^^^^^^^^^^^^
        ");
        assert_snapshot!(check(&RULE, &looked_up("", &[("operation: find_order", "operation: place_order")])), @"
        error[UAPS516 lookup-operation]: POST /orders takes part in a purchase itself
          --> openapi.yaml:40:39
           |
        40 |       x-purchase-lookup: { operation: place_order, parameter: key, status: $.status, sold: [paid],  }
           |                                       ^^^^^^^^^^^
          ::: openapi.yaml:35:7
           |
        35 |       x-purchase-endpoint: true
           |       ------------------- this says so
           |
           = help: name the operation that only answers how an order stands
        ");
        assert_snapshot!(check(&RULE, &looked_up("", &[("/orders/{key}:\n    get:", "/orders/{key}:\n    post:")])), @"
        error[UAPS516 lookup-operation]: POST /orders/{key} is no GET, so asking may change something
          --> openapi.yaml:40:39
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid],  }
           |                                       ^^^^^^^^^^
           |
           = help: name a GET; where the provider has none, leave the look-up out
        ");
    }

    #[test]
    fn only_the_reference_is_known() {
        let region = "parameters:\n        - { name: region, in: query, required: true, schema: { type: string } }\n";
        assert_snapshot!(check(&RULE, &looked_up("", &[("parameters: # key\n", region)])), @"
        error[UAPS516 lookup-operation]: GET /orders/{key} requires `region`, and only the reference is known
          --> openapi.yaml:40:39
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid],  }
           |                                       ^^^^^^^^^^
          ::: openapi.yaml:52:19
           |
        52 |         - { name: region, in: query, required: true, schema: { type: string } }
           |                   ------ required here
        ");
    }

    #[test]
    fn fees_are_agreed_to() {
        let dear = ("operationId: find_order\n", "operationId: find_order\n      x-usage-fee-cents: 3\n");
        assert_snapshot!(check(&RULE, &looked_up("", &[dear])), @"
        error[UAPS516 lookup-operation]: each look-up by GET /orders/{key} costs 3 cents, which `fee_cents` does not say
          --> openapi.yaml:40:39
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid],  }
           |                                       ^^^^^^^^^^
           |
           = help: write `fee_cents: 3` if the gateway's owner pays that, several times an order
        ");
        assert_snapshot!(check(&RULE, &looked_up("fee_cents: 3", &[dear])), @"");
        assert_snapshot!(check(&RULE, &looked_up("fee_cents: 3", &[])), @"
        error[UAPS516 lookup-operation]: each look-up by GET /orders/{key} costs 0 cents, which `fee_cents` does not say
          --> openapi.yaml:40:110
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], fee_cents: 3 }
           |                                                                                                              ^
           |
           = help: remove `fee_cents`: asking costs nothing
        ");
    }
}
