//! ## What it does
//!
//! Reports a price whose unit is not known: `x-amount-unit` is missing where the amount's schema is no integer, or it is
//! neither `minor` nor `major`.
//!
//! ## Why
//!
//! `19.99` is dollars and `1999` is cents, but `20` is either. A guess is wrong by a factor of a hundred.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /quotes:
//!     post:
//!       operationId: quote_order
//!       x-purchase-precheckout: true
//!       x-amount-path: $.total
//!       responses:
//!         "200":
//!           description: A price
//!           content:
//!             application/json:
//!               schema: { type: object, required: [total], properties: { total: { type: number } } }
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
//!       x-amount-path: $.total
//!       x-amount-unit: major
//!       responses:
//!         "200":
//!           description: A price
//!           content:
//!             application/json:
//!               schema: { type: object, required: [total], properties: { total: { type: number } } }
//! ```

use super::amount_path;
use crate::commerce::{Parsed, Pricing, once, pricings};
use crate::context::{Context, title};
use crate::edit::same_quotes;
use crate::extension::AMOUNT_UNIT;
use crate::rule::rule;
use uaps_model::{AmountUnit, nearest};
use uaps_spec::{Diagnostic, Document, Node};

rule!(Error "UAPS509" "amount-unit" in "amount_unit.rs": "nothing says what an amount counts");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let pricings = pricings(context.document, &context.operations);
    once(pricings.iter().filter_map(|pricing| parse(context.document, pricing).err()).flatten().collect())
}

/// What a price counts. Where its path is wrong, that is all there is to say.
pub(crate) fn parse(document: &Document, pricing: &Pricing<'_>) -> Parsed<AmountUnit> {
    if let Some(node) = pricing.unit {
        return unit(node);
    }
    let (query, leaves) = amount_path::parse(document, pricing).map_err(|_| Vec::new())?;
    let Some(other) = leaves.iter().find(|leaf| !leaf.types().contains(&"integer")) else {
        return Ok(AmountUnit::Minor);
    };
    let message = format!("nothing says whether `{}` counts cents or dollars", query.text);
    let finding = RULE.at(pricing.path.span, message);
    let finding = finding.related(other.span(), format!("no integer, in the answer of {}", title(&pricing.answer)));
    Err(vec![finding.help(format!(
        "write `{AMOUNT_UNIT}: major` where 19.99 means 19 dollars and 99 cents, `{AMOUNT_UNIT}: minor` where it is 1999"
    ))])
}

fn unit(node: &Node) -> Parsed<AmountUnit> {
    match node.as_str() {
        Some("minor") => Ok(AmountUnit::Minor),
        Some("major") => Ok(AmountUnit::Major),
        Some(text) => {
            let finding = RULE.at(node.span, format!("`{text}` is no unit"));
            Err(vec![match nearest(text, ["minor", "major"].into_iter()).as_slice() {
                [near] => finding.fix(format!("write `{near}`"), node.span, same_quotes(text, node.span, near)),
                _ => finding.help("use minor (cents) or major (dollars)"),
            }])
        }
        None => {
            let message = format!("a unit must be minor or major, not {}", node.describe());
            Err(vec![RULE.at(node.span, message)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, shop};
    use insta::assert_snapshot;

    const TOTAL: (&str, &str) = ("total_cents: { type: integer }", "total_cents: { type: number }");

    #[track_caller]
    fn with_unit(unit: &str) -> String {
        let path = "x-amount-path: $.pricing.total_cents\n";
        check(&RULE, &shop(&[TOTAL, (path, &format!("{path}      x-amount-unit: {unit}\n"))]))
    }

    #[test]
    fn units() {
        assert_snapshot!(check(&RULE, &shop(&[TOTAL])), @"
        error[UAPS509 amount-unit]: nothing says whether `$.pricing.total_cents` counts cents or dollars
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: $.pricing.total_cents
           |                      ^^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:63:9
           |
        63 |         total_cents: { type: number }
           |         ----------- no integer, in the answer of POST /orders
           |
           = help: write `x-amount-unit: major` where 19.99 means 19 dollars and 99 cents, `x-amount-unit: minor` where it is 1999
        ");
        assert_snapshot!(with_unit("major"), @"");
        assert_snapshot!(with_unit("mayor"), @"
        error[UAPS509 amount-unit]: `mayor` is no unit
          --> openapi.yaml:38:22
           |
        38 |       x-amount-unit: mayor
           |                      ^^^^^
           |
        fix: write `major`
           |
        38 -       x-amount-unit: mayor
        38 +       x-amount-unit: major
           |
        ");
        assert_snapshot!(with_unit("cents"), @"
        error[UAPS509 amount-unit]: `cents` is no unit
          --> openapi.yaml:38:22
           |
        38 |       x-amount-unit: cents
           |                      ^^^^^
           |
           = help: use minor (cents) or major (dollars)
        ");
        assert_snapshot!(with_unit("100"), @"
        error[UAPS509 amount-unit]: a unit must be minor or major, not a number
          --> openapi.yaml:38:22
           |
        38 |       x-amount-unit: 100
           |                      ^^^
        ");
    }
}
