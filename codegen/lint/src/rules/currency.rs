//! ## What it does
//!
//! Reports an `x-currency` that is no ISO 4217 code, an `x-currency-path` that need not lead to a text in the answer, and
//! the two together.
//!
//! ## Why
//!
//! An amount without its currency is no price. Where neither is given, it is US dollars.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /quotes:
//!     post:
//!       operationId: quote_order
//!       x-purchase-precheckout: true
//!       x-amount-path: $.total_cents
//!       x-currency: EURO
//!       responses:
//!         "200":
//!           description: A price
//!           content:
//!             application/json:
//!               schema: { type: object, required: [total_cents], properties: { total_cents: { type: integer } } }
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
//!       x-amount-path: $.total_cents
//!       x-currency: EUR
//!       responses:
//!         "200":
//!           description: A price
//!           content:
//!             application/json:
//!               schema: { type: object, required: [total_cents], properties: { total_cents: { type: integer } } }
//! ```

use crate::commerce::{Leaf, Miss, Parsed, Pricing, is_currency, lead, once, pricings};
use crate::context::Context;
use crate::edit::same_quotes;
use crate::extension::{CURRENCY, CURRENCY_PATH};
use crate::rule::rule;
use uaps_model::{Currency, CurrencySource};
use uaps_spec::{Diagnostic, Document, Node};

rule!(Error "UAPS510" "currency" in "currency.rs": "the currency of a price is not known");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let pricings = pricings(context.document, &context.operations);
    once(pricings.iter().filter_map(|pricing| parse(context.document, pricing).err()).flatten().collect())
}

/// Where the currency of a price comes from.
pub(crate) fn parse(document: &Document, pricing: &Pricing<'_>) -> Parsed<CurrencySource> {
    match (pricing.currency, pricing.currency_path) {
        (None, None) => Ok(CurrencySource::Fixed(Currency::USD)),
        (Some(node), None) => code(node).map(CurrencySource::Fixed),
        (None, Some(node)) => {
            let found = lead(document, &RULE, node, &pricing.answer, "currency", is_code);
            found.map(|(query, _)| CurrencySource::Path(query))
        }
        (Some(fixed), Some(path)) => Err(vec![
            RULE.at(path.span, format!("a price has either `{CURRENCY}` or `{CURRENCY_PATH}`"))
                .related(fixed.span, "the other one")
                .help("keep the path where the answer names the currency"),
        ]),
    }
}

/// The currencies that a price can have, where that is known.
pub(super) fn possible(document: &Document, pricing: &Pricing<'_>) -> Option<Vec<Currency>> {
    match (pricing.currency, pricing.currency_path) {
        (None, None) => Some(vec![Currency::USD]),
        (Some(node), None) => Some(vec![code(node).ok()?]),
        (None, Some(node)) => {
            let (_, leaves) = lead(document, &RULE, node, &pricing.answer, "currency", is_code).ok()?;
            let mut found = Vec::new();
            for leaf in leaves {
                found.extend(leaf.values()?.iter().filter_map(|value| Currency::new(value.as_str()?)));
            }
            Some(found)
        }
        (Some(_), Some(_)) => None,
    }
}

fn code(node: &Node) -> Parsed<Currency> {
    let finding = |message: String| RULE.at(node.span, message);
    let Some(text) = node.as_str() else {
        return Err(vec![finding(format!("a currency must be a code such as EUR, not {}", node.describe()))]);
    };
    match Currency::new(text).filter(|currency| is_currency(currency.as_str())) {
        Some(currency) if currency.as_str() == text => Ok(currency),
        Some(currency) => {
            let capitals = same_quotes(text, node.span, currency.as_str());
            let finding = finding(format!("a currency code is written in capitals: `{currency}`"));
            Err(vec![finding.fix(format!("write `{currency}`"), node.span, capitals)])
        }
        None => {
            let help = "use a code such as USD, EUR or JPY; where the answer names it, use `x-currency-path`";
            Err(vec![finding(format!("`{text}` is no currency code of ISO 4217")).help(help)])
        }
    }
}

fn is_code(leaf: &Leaf<'_>) -> Result<(), Miss> {
    match leaf.types().as_slice() {
        [] => Err(Miss::new(leaf.span(), "this has no `type`")),
        types if types.contains(&"string") => Ok(()),
        [found, ..] => Err(Miss::new(leaf.span(), format!("this is of type {found}, not string"))),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, shop};
    use insta::assert_snapshot;

    #[track_caller]
    fn with(lines: &str) -> String {
        let path = "x-amount-path: $.pricing.total_cents\n";
        check(&RULE, &shop(&[(path, &format!("{path}      {lines}\n"))]))
    }

    #[test]
    fn codes() {
        assert_snapshot!(with("x-currency: JPY"), @"");
        assert_snapshot!(with("x-currency: \"usd\""), @r#"
        error[UAPS510 currency]: a currency code is written in capitals: `USD`
          --> openapi.yaml:38:19
           |
        38 |       x-currency: "usd"
           |                   ^^^^^
           |
        fix: write `USD`
           |
        38 -       x-currency: "usd"
        38 +       x-currency: "USD"
           |
        "#);
        assert_snapshot!(with("x-currency: UDS"), @"
        error[UAPS510 currency]: `UDS` is no currency code of ISO 4217
          --> openapi.yaml:38:19
           |
        38 |       x-currency: UDS
           |                   ^^^
           |
           = help: use a code such as USD, EUR or JPY; where the answer names it, use `x-currency-path`
        ");
        assert_snapshot!(with("x-currency: 840"), @"
        error[UAPS510 currency]: a currency must be a code such as EUR, not a number
          --> openapi.yaml:38:19
           |
        38 |       x-currency: 840
           |                   ^^^
        ");
    }

    #[test]
    fn paths() {
        assert_snapshot!(with("x-currency-path: $.pricing.currency"), @"");
        assert_snapshot!(with("x-currency-path: $.pricing.total_cents"), @"
        error[UAPS510 currency]: `$.pricing.total_cents` need not lead to a currency in the answer of POST /orders
          --> openapi.yaml:38:24
           |
        38 |       x-currency-path: $.pricing.total_cents
           |                        ^^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:64:9
           |
        64 |         total_cents: { type: integer }
           |         ----------- this is of type integer, not string
        ");
        assert_snapshot!(with("x-currency-path: $.currency\n      x-currency: EUR"), @"
        error[UAPS510 currency]: a price has either `x-currency` or `x-currency-path`
          --> openapi.yaml:38:24
           |
        38 |       x-currency-path: $.currency
           |                        ^^^^^^^^^^
          ::: openapi.yaml:39:19
           |
        39 |       x-currency: EUR
           |                   --- the other one
           |
           = help: keep the path where the answer names the currency
        ");
    }
}
