//! ## What it does
//!
//! Reports what a quote requires and its purchase does not take: a required parameter that the purchase has not under
//! the same name, a required property of the body that the purchase's body has not, a body where the purchase has none.
//!
//! ## Why
//!
//! The gateway asks for the price with the purchase's own arguments, by name. What is missing there can't be asked for,
//! and the purchase would fail each time.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /quotes:
//!     get:
//!       operationId: quote_order
//!       x-purchase-precheckout: true
//!       parameters:
//!         - { name: thing_id, in: query, required: true, schema: { type: string } }
//!       responses: { "200": { $ref: "#/components/responses/Order" } }
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       x-purchase-precheck: /quotes
//!       x-amount-path: $.total_cents
//!       x-transaction-id-path: $.order_id
//!       parameters:
//!         - { name: thing, in: query, required: true, schema: { type: string } }
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
//! Pair the purchase with a quote that takes the same arguments.
//!
//! ```yaml
//! paths:
//!   /quotes:
//!     get:
//!       operationId: quote_order
//!       x-purchase-precheckout: true
//!       parameters:
//!         - { name: thing_id, in: query, required: true, schema: { type: string } }
//!       responses: { "200": { $ref: "#/components/responses/Order" } }
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       x-purchase-precheck: /quotes
//!       x-amount-path: $.total_cents
//!       x-transaction-id-path: $.order_id
//!       parameters:
//!         - { name: thing_id, in: query, required: true, schema: { type: string } }
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

use crate::commerce::arguments;
use crate::context::{Context, title};
use crate::extension::PRECHECK;
use crate::rule::rule;
use uaps_model::{IDEMPOTENCY_KEY, nearest};
use uaps_spec::{Diagnostic, Document, OperationRef};

rule!(Error "UAPS506" "quote-arguments" in "quote_arguments.rs": "a quote requires what its purchase does not take");

type Argument<'d> = (&'d str, uaps_spec::Span, bool);

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let pairs =
        context.purchases().filter_map(|op| Some((op, super::purchase_precheck::parse(context.document, op).ok()?)));
    pairs.flat_map(|(op, quote)| findings(context.document, op, &quote)).collect()
}

/// What a quote requires and its purchase does not take.
pub(crate) fn findings(document: &Document, purchase: &OperationRef<'_>, quote: &OperationRef<'_>) -> Vec<Diagnostic> {
    let (has, wants) = (arguments(document, purchase), arguments(document, quote));
    let at = purchase.node.get(PRECHECK).map_or(purchase.method_span, |node| node.span);
    let finding = |what: String, span| {
        let message = format!("the quote {} requires {what}, which {} does not take", title(quote), title(purchase));
        RULE.at(at, message).related(span, "required here")
    };
    let mut findings = Vec::new();
    for (name, span) in missing(&wants.parameters, &has.parameters).filter(|(name, _)| *name != IDEMPOTENCY_KEY) {
        let help = match has.properties.iter().any(|(other, ..)| *other == name) {
            true => "the purchase takes it in its body; choose a quote that does so too".to_owned(),
            false => advice(name, &has.parameters),
        };
        findings.push(finding(format!("the parameter `{name}`"), span).help(help));
    }
    if let Some(body) = wants.body
        && has.body.is_none()
    {
        if wants.body_required || wants.properties.iter().any(|(.., required)| *required) {
            findings.push(
                finding("a body".to_owned(), body).help("pair the purchase with a quote that takes the same arguments"),
            );
        }
    } else if !has.open {
        for (name, span) in missing(&wants.properties, &has.properties) {
            findings.push(finding(format!("`{name}` in its body"), span).help(advice(name, &has.properties)));
        }
    }
    findings
}

/// The names that are required in `wants` and unknown in `has`, each once.
fn missing<'a>(wants: &'a [Argument<'a>], has: &'a [Argument<'a>]) -> impl Iterator<Item = (&'a str, uaps_spec::Span)> {
    let known = |name: &str, list: &[Argument<'_>]| list.iter().any(|(other, ..)| *other == name);
    let required = wants.iter().enumerate().filter(|(_, (.., required))| *required);
    required
        .filter(move |(at, (name, ..))| {
            let before = wants.iter().take(*at).any(|(other, _, required)| other == name && *required);
            !before && !known(name, has)
        })
        .map(|(_, (name, span, _))| (*name, *span))
}

fn advice(name: &str, has: &[Argument<'_>]) -> String {
    match nearest(name, has.iter().map(|(name, ..)| *name)).first() {
        Some(near) => format!("the purchase takes `{near}`; if that is the same, the two must have one name"),
        None => "pair the purchase with a quote that takes the same arguments".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, shop};
    use insta::assert_snapshot;

    const BODY: &str = "      requestBody: { $ref: \"#/components/requestBodies/Basket\" }\n";

    #[test]
    fn a_property_the_purchase_does_not_take() {
        let quote = "      requestBody: {required: true, content: {application/json: {schema: {required: [thing_ids], properties: {thing_ids: {}}}}}}\n";
        assert_snapshot!(check(&RULE, &shop(&[(BODY, quote)])), @"
        error[UAPS506 quote-arguments]: the quote POST /quotes requires `thing_ids` in its body, which POST /orders does not take
          --> openapi.yaml:36:28
           |
        36 |       x-purchase-precheck: /quotes
           |                            ^^^^^^^
          ::: openapi.yaml:25:111
           |
        25 |       requestBody: {required: true, content: {application/json: {schema: {required: [thing_ids], properties: {thing_ids: {}}}}}}
           |                                                                                                               --------- required here
           |
           = help: the purchase takes `thing_id`; if that is the same, the two must have one name
        ");
    }

    #[test]
    fn a_parameter_the_purchase_does_not_take() {
        let quote = "      parameters: [{name: thing_id, in: query, required: true}, {name: note, in: query}]\n";
        assert_snapshot!(check(&RULE, &shop(&[(BODY, quote)])), @"
        error[UAPS506 quote-arguments]: the quote POST /quotes requires the parameter `thing_id`, which POST /orders does not take
          --> openapi.yaml:36:28
           |
        36 |       x-purchase-precheck: /quotes
           |                            ^^^^^^^
          ::: openapi.yaml:25:27
           |
        25 |       parameters: [{name: thing_id, in: query, required: true}, {name: note, in: query}]
           |                           -------- required here
           |
           = help: the purchase takes it in its body; choose a quote that does so too
        ");
    }

    #[test]
    fn a_body_where_the_purchase_has_none() {
        let (quotes, orders) = crate::testing::SHOP.split_once("  /orders:").unwrap();
        let text = format!("{quotes}  /orders:{}", orders.replacen(BODY, "", 1));
        assert_snapshot!(check(&RULE, &text), @r##"
        error[UAPS506 quote-arguments]: the quote POST /quotes requires a body, which POST /orders does not take
          --> openapi.yaml:36:28
           |
        36 |       x-purchase-precheck: /quotes
           |                            ^^^^^^^
          ::: openapi.yaml:25:7
           |
        25 |       requestBody: { $ref: "#/components/requestBodies/Basket" }
           |       ----------- required here
           |
           = help: pair the purchase with a quote that takes the same arguments
        "##);
    }

    #[test]
    fn a_quote_may_take_less() {
        assert_snapshot!(check(&RULE, &shop(&[(BODY, "")])), @"");
    }
}
