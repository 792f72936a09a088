//! ## What it does
//!
//! Reports an `x-purchase-precheck` that names no path of the document, or a path on which not exactly one operation is
//! marked `x-purchase-precheckout: true`.
//!
//! ## Why
//!
//! The quote tells how much is to be held before the purchase is sent. If it can't be found, nothing can be sold.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /quotes:
//!     post:
//!       operationId: quote_order
//!       responses: { "200": { description: A price } }
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       x-purchase-precheck: /quotes
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
//!             properties:
//!               order_id: { type: string }
//!               total_cents: { type: integer }
//! ```

use crate::commerce::{Parsed, tool_name};
use crate::context::{Context, title};
use crate::edit::add_member;
use crate::extension::{PRECHECK, PRECHECKOUT};
use crate::rule::rule;
use uaps_model::{Method, ToolName, nearest};
use uaps_spec::{Diagnostic, Document, Node, OperationRef};

rule!(Error "UAPS505" "purchase-precheck" in "purchase_precheck.rs": "a purchase's quote can't be found");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    context.purchases().filter_map(|op| parse(context.document, op).err()).flatten().collect()
}

/// The quote of a purchase. A purchase that names none is said to be incomplete by another rule.
pub(crate) fn parse<'d>(document: &'d Document, purchase: &OperationRef<'d>) -> Parsed<OperationRef<'d>> {
    let Some(node) = purchase.node.get(PRECHECK) else { return Err(Vec::new()) };
    find(document, node)
}

fn find<'d>(document: &'d Document, node: &'d Node) -> Parsed<OperationRef<'d>> {
    let Some(path) = node.as_str() else {
        let message = format!("`{PRECHECK}` must be the path of a quote, not {}", node.describe());
        return Err(vec![RULE.at(node.span, message)]);
    };
    let there: Vec<_> = document.operations().filter(|op| op.path == path).collect();
    if there.is_empty() {
        return Err(vec![unknown(document, node, path)]);
    }
    let marked: Vec<_> = there.iter().filter(|op| op.node.is_true(PRECHECKOUT)).collect();
    match marked.as_slice() {
        [quote] => Ok(**quote),
        [] => {
            let by = |method| there.iter().find(move |op| op.method == method);
            let finding = RULE.at(node.span, format!("no operation of `{path}` is marked as a quote"));
            Err(vec![match by(Method::Post).or_else(|| by(Method::Get)) {
                Some(op) => {
                    let finding = finding.related(op.method_span, format!("perhaps {} is the quote", title(op)));
                    let help =
                        format!("write `{PRECHECKOUT}: true` in the operation that tells the price without buying");
                    add_member(finding.help(help), op.node, PRECHECKOUT, "true")
                }
                None => finding.help("a quote is a POST or a GET; name the path of one"),
            }])
        }
        several => {
            let finding = RULE.at(node.span, format!("{} operations of `{path}` are marked as quotes", several.len()));
            let finding = several.iter().fold(finding, |finding, op| finding.related(op.method_span, "one of them"));
            let help = format!("leave `{PRECHECKOUT}: true` on the one that takes the purchase's arguments");
            Err(vec![finding.help(help)])
        }
    }
}

fn unknown(document: &Document, node: &Node, path: &str) -> Diagnostic {
    let finding = RULE.at(node.span, format!("this document has no path `{path}`"));
    if let Some(op) = document.operations().find(|op| op.node.str_at("operationId") == Some(path)) {
        return finding.help(format!("`{path}` is an operationId; write its path `{}`", op.path));
    }
    let quotes: Vec<_> = document.operations().filter(|op| op.node.is_true(PRECHECKOUT)).map(|op| op.path).collect();
    let all = document.operations().map(|op| op.path);
    match (nearest(path, all).first(), quotes.as_slice()) {
        (Some(near), _) => finding.help(format!("did you mean `{near}`?")),
        (None, [only]) => finding.help(format!("the only quote is `{only}`")),
        _ => finding.help("write the path of the quote as it stands under `paths`"),
    }
}

/// The tool that quotes a purchase.
pub(crate) fn quote_tool(purchase: &OperationRef<'_>, quote: &OperationRef<'_>) -> Parsed<ToolName> {
    tool_name(quote).map_err(|reason| {
        let at = purchase.node.get(PRECHECK).map_or(purchase.method_span, |node| node.span);
        vec![RULE.at(at, format!("the operationId of its quote {} {reason}", title(quote)))]
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, shop};
    use insta::assert_snapshot;

    #[test]
    fn no_such_path() {
        assert_snapshot!(check(&RULE, &shop(&[("x-purchase-precheck: /quotes", "x-purchase-precheck: /quote")])), @"
        error[UAPS505 purchase-precheck]: this document has no path `/quote`
          --> openapi.yaml:36:28
           |
        36 |       x-purchase-precheck: /quote
           |                            ^^^^^^
           |
           = help: did you mean `/quotes`?
        ");
        assert_snapshot!(check(&RULE, &shop(&[("x-purchase-precheck: /quotes", "x-purchase-precheck: quote_order")])), @"
        error[UAPS505 purchase-precheck]: this document has no path `quote_order`
          --> openapi.yaml:36:28
           |
        36 |       x-purchase-precheck: quote_order
           |                            ^^^^^^^^^^^
           |
           = help: `quote_order` is an operationId; write its path `/quotes`
        ");
        assert_snapshot!(check(&RULE, &shop(&[("x-purchase-precheck: /quotes", "x-purchase-precheck: [/quotes]")])), @"
        error[UAPS505 purchase-precheck]: `x-purchase-precheck` must be the path of a quote, not a list
          --> openapi.yaml:36:28
           |
        36 |       x-purchase-precheck: [/quotes]
           |                            ^^^^^^^^^
        ");
        assert_snapshot!(check(&RULE, &shop(&[("x-purchase-precheck: /quotes", "x-purchase-precheck: /somewhere/else")])), @"
        error[UAPS505 purchase-precheck]: this document has no path `/somewhere/else`
          --> openapi.yaml:36:28
           |
        36 |       x-purchase-precheck: /somewhere/else
           |                            ^^^^^^^^^^^^^^^
           |
           = help: the only quote is `/quotes`
        ");
    }

    #[test]
    fn not_exactly_one_mark() {
        assert_snapshot!(check(&RULE, &shop(&[("      x-purchase-precheckout: true\n", "")])), @"
        error[UAPS505 purchase-precheck]: no operation of `/quotes` is marked as a quote
          --> openapi.yaml:35:28
           |
        35 |       x-purchase-precheck: /quotes
           |                            ^^^^^^^
          ::: openapi.yaml:22:5
           |
        22 |     post:
           |     ---- perhaps POST /quotes is the quote
           |
           = help: write `x-purchase-precheckout: true` in the operation that tells the price without buying
        fix: add `x-purchase-precheckout: true`
           |
        23 ~       x-purchase-precheckout: true
        24 ~       operationId: quote_order
           |
        ");
        assert_snapshot!(check(&RULE, &shop(&[("  /quotes:\n", "  /quotes:\n    get: {operationId: q, x-purchase-precheckout: true}\n")])), @"
        error[UAPS505 purchase-precheck]: 2 operations of `/quotes` are marked as quotes
          --> openapi.yaml:37:28
           |
        37 |       x-purchase-precheck: /quotes
           |                            ^^^^^^^
          ::: openapi.yaml:22:5
           |
        22 |     get: {operationId: q, x-purchase-precheckout: true}
           |     --- one of them
          ::: openapi.yaml:23:5
           |
        23 |     post:
           |     ---- one of them
           |
           = help: leave `x-purchase-precheckout: true` on the one that takes the purchase's arguments
        ");
    }
}
