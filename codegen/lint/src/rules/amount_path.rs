//! ## What it does
//!
//! Follows `x-amount-path` through the schema of every successful answer of the purchase and of its quote. It must be an
//! RFC 9535 query for one place, and lead through references, `allOf`, every branch of `oneOf` and `anyOf`, properties
//! that are `required`, and lists that are long enough, to a number: `number`, `integer`, or a `string` whose `format` is
//! `decimal` or whose `pattern` allows digits only. Nothing on the way may be `nullable`.
//!
//! ## Why
//!
//! What stands there is held and charged. Where the schema leaves it open, one day it is missing, after the order was
//! sent.
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
//!       responses:
//!         "200":
//!           description: A price
//!           content:
//!             application/json:
//!               schema:
//!                 type: object
//!                 properties:
//!                   total_cents: { type: integer }
//! ```
//!
//! ## Use instead
//!
//! If the provider always answers it, say so, in a vendor's document by overlay.
//!
//! ```yaml
//! paths:
//!   /quotes:
//!     post:
//!       operationId: quote_order
//!       x-purchase-precheckout: true
//!       x-amount-path: $.total_cents
//!       responses:
//!         "200":
//!           description: A price
//!           content:
//!             application/json:
//!               schema:
//!                 type: object
//!                 required: [total_cents]
//!                 properties:
//!                   total_cents: { type: integer }
//! ```

use crate::commerce::{Leaf, Miss, Parsed, Pricing, is_decimal, lead, once, pricings};
use crate::context::Context;
use crate::rule::rule;
use uaps_model::Query;
use uaps_spec::{Diagnostic, Document};

rule!(Error "UAPS508" "amount-path" in "amount_path.rs": "`x-amount-path` need not lead to a price");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let pricings = pricings(context.document, &context.operations);
    once(pricings.iter().filter_map(|pricing| parse(context.document, pricing).err()).flatten().collect())
}

/// The query of a price, and what stands at its end.
pub(crate) fn parse<'d>(document: &'d Document, pricing: &Pricing<'d>) -> Parsed<(Query, Vec<Leaf<'d>>)> {
    lead(document, &RULE, pricing.path, &pricing.answer, "price", is_amount)
}

fn is_amount(leaf: &Leaf<'_>) -> Result<(), Miss> {
    match leaf.types().as_slice() {
        [] => Err(Miss::new(leaf.span(), "this has no `type`")),
        types if types.iter().any(|t| matches!(*t, "number" | "integer")) => Ok(()),
        types if types.contains(&"string") => {
            let decimal = leaf.keyword("format") == Some("decimal") || leaf.keyword("pattern").is_some_and(is_decimal);
            if decimal {
                return Ok(());
            }
            Err(Miss::new(leaf.span(), "this is text, and nothing says that it is a decimal number")
                .with("if the provider always answers a decimal number as text, set `format: decimal` by overlay"))
        }
        [found, ..] => Err(Miss::new(leaf.span(), format!("this is of type {found}, no number"))),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, looked_up, shop};
    use insta::assert_snapshot;

    const TOTAL: &str = "total_cents: { type: integer }";

    #[test]
    fn no_query() {
        assert_snapshot!(check(&RULE, &shop(&[("$.pricing.total_cents", "pricing.total_cents")])), @"
        error[UAPS508 amount-path]: `pricing.total_cents` is no RFC 9535 query: at position 0, parser error
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: pricing.total_cents
           |                      ^^^^^^^^^^^^^^^^^^^
           |
           = help: a query starts at the answer itself: `$.pricing.total_cents`
        ");
        assert_snapshot!(check(&RULE, &shop(&[("$.pricing.total_cents", "$..total_cents")])), @"
        error[UAPS508 amount-path]: `$..total_cents` selects more than one place; only names and indices may stand in it
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: $..total_cents
           |                      ^^^^^^^^^^^^^^
           |
           = help: a singular query is needed, of names and indices only, such as `$.a.b[0]`
        ");
        assert_snapshot!(check(&RULE, &shop(&[("$.pricing.total_cents", "[a]")])), @"
        error[UAPS508 amount-path]: a query must be text such as `$.order.id`, not a list
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: [a]
           |                      ^^^
           |
           = help: write a singular query, such as `$.a.b[0]`
        ");
    }

    #[test]
    fn a_property_that_is_not_there_or_need_not_be() {
        assert_snapshot!(check(&RULE, &shop(&[("$.pricing.total_cents", "$.pricing.total_cent")])), @"
        error[UAPS508 amount-path]: `$.pricing.total_cent` need not lead to a price in the answer of POST /orders
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: $.pricing.total_cent
           |                      ^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:59:5
           |
        59 |     Pricing:
           |     ------- this has no property `total_cent`
           |
           = help: did you mean `total_cents`?
        ");
        assert_snapshot!(check(&RULE, &shop(&[("$.pricing.total_cents", "$.pricing.tip_cents")])), @"
        error[UAPS508 amount-path]: `$.pricing.tip_cents` need not lead to a price in the answer of POST /orders
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: $.pricing.tip_cents
           |                      ^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:64:9
           |
        64 |         tip_cents: { type: integer }
           |         --------- `tip_cents` is not `required`, so an answer may lack it
           |
           = help: if the provider always answers `tip_cents`, add it to `required` by overlay; or lead the query elsewhere
        ");
        assert_snapshot!(check(&RULE, &shop(&[("$.pricing.total_cents", "$.pricing[0]")])), @"
        error[UAPS508 amount-path]: `$.pricing[0]` need not lead to a price in the answer of POST /orders
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: $.pricing[0]
           |                      ^^^^^^^^^^^^
          ::: openapi.yaml:60:13
           |
        60 |       type: object
           |             ------ this is of type object, not array
        ");
    }

    #[test]
    fn something_else_than_a_number() {
        assert_snapshot!(check(&RULE, &shop(&[(TOTAL, "total_cents: { type: integer, nullable: true }")])), @"
        error[UAPS508 amount-path]: `$.pricing.total_cents` need not lead to a price in the answer of POST /orders
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: $.pricing.total_cents
           |                      ^^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:63:39
           |
        63 |         total_cents: { type: integer, nullable: true }
           |                                       -------- this may be null
           |
           = help: if the provider never answers null here, set `nullable: false` by overlay
        ");
        assert_snapshot!(check(&RULE, &shop(&[(TOTAL, "total_cents: { type: string }")])), @"
        error[UAPS508 amount-path]: `$.pricing.total_cents` need not lead to a price in the answer of POST /orders
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: $.pricing.total_cents
           |                      ^^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:63:9
           |
        63 |         total_cents: { type: string }
           |         ----------- this is text, and nothing says that it is a decimal number
           |
           = help: if the provider always answers a decimal number as text, set `format: decimal` by overlay
        ");
        assert_snapshot!(check(&RULE, &shop(&[(TOTAL, "total_cents: {}")])), @"
        error[UAPS508 amount-path]: `$.pricing.total_cents` need not lead to a price in the answer of POST /orders
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: $.pricing.total_cents
           |                      ^^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:63:9
           |
        63 |         total_cents: {}
           |         ----------- this has no `type`
        ");
        assert_snapshot!(check(&RULE, &shop(&[(TOTAL, "total_cents: { type: boolean, writeOnly: true }")])), @"
        error[UAPS508 amount-path]: `$.pricing.total_cents` need not lead to a price in the answer of POST /orders
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: $.pricing.total_cents
           |                      ^^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:63:9
           |
        63 |         total_cents: { type: boolean, writeOnly: true }
           |         ----------- `total_cents` is `writeOnly`: no answer holds it
        ");
    }

    #[test]
    fn numbers_in_every_dress() {
        for total in [
            "total_cents: { type: number }",
            "total_cents: { type: string, format: decimal }",
            "total_cents: { type: string, pattern: '^\\d+(\\.\\d{2})?$' }",
            "total_cents: { oneOf: [{ type: integer }, { type: number }] }",
            "total_cents: { allOf: [{ description: d }, { type: integer }] }",
        ] {
            assert_eq!(check(&RULE, &shop(&[(TOTAL, total)])), "", "{total}");
        }
    }

    #[test]
    fn every_branch_counts() {
        let branches = "pricing: { oneOf: [{ $ref: \"#/components/schemas/Pricing\" }, { type: object, properties: { total: {} } }] }";
        assert_snapshot!(check(&RULE, &shop(&[("pricing: { $ref: \"#/components/schemas/Pricing\" }", branches)])), @r##"
        error[UAPS508 amount-path]: `$.pricing.total_cents` need not lead to a price in the answer of POST /quotes
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: $.pricing.total_cents
           |                      ^^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:70:72
           |
        70 |         pricing: { oneOf: [{ $ref: "#/components/schemas/Pricing" }, { type: object, properties: { total: {} } }] }
           |                                                                        ---- this has no property `total_cents`
        "##);
    }

    #[test]
    fn a_list_must_be_long_enough() {
        let list = |bounds: &str| {
            format!("pricing: {{ type: array, items: {{ $ref: \"#/components/schemas/Pricing\" }}{bounds} }}")
        };
        let of = |bounds: &str| {
            let text = shop(&[("$.pricing.total_cents", "$.pricing[-2].total_cents")]);
            check(&RULE, &text.replace("pricing: { $ref: \"#/components/schemas/Pricing\" }", &list(bounds)))
        };
        assert_snapshot!(of(""), @r##"
        error[UAPS508 amount-path]: `$.pricing[-2].total_cents` need not lead to a price in the answer of POST /orders
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: $.pricing[-2].total_cents
           |                      ^^^^^^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:75:9
           |
        75 |         pricing: { type: array, items: { $ref: "#/components/schemas/Pricing" } }
           |         ------- this list may have fewer than 2 elements
           |
           = help: if the provider always answers so many, set `minItems: 2` by overlay

        error[UAPS508 amount-path]: `$.pricing[-2].total_cents` need not lead to a price in the answer of POST /quotes
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: $.pricing[-2].total_cents
           |                      ^^^^^^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:70:9
           |
        70 |         pricing: { type: array, items: { $ref: "#/components/schemas/Pricing" } }
           |         ------- this list may have fewer than 2 elements
           |
           = help: if the provider always answers so many, set `minItems: 2` by overlay
        "##);
        assert_snapshot!(of(", minItems: 2"), @"");
    }

    #[test]
    fn a_look_up_tells_the_price_too() {
        assert_snapshot!(check(&RULE, &looked_up("amount: $.total_cents", &[])), @"
        error[UAPS508 amount-path]: `$.total_cents` need not lead to a price in the answer of GET /orders/{key}
          --> openapi.yaml:40:107
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], amount: $.total_cents }
           |                                                                                                           ^^^^^^^^^^^^^
          ::: openapi.yaml:83:5
           |
        83 |     Order:
           |     ----- this has no property `total_cents`
        ");
        assert_snapshot!(check(&RULE, &looked_up("amount: $.pricing.total_cents", &[])), @"");
    }

    #[test]
    fn a_schema_without_end() {
        let endless = "    Pricing:\n      allOf: [{ $ref: \"#/components/schemas/Pricing\" }]\n      type: object";
        assert_snapshot!(check(&RULE, &shop(&[("    Pricing:\n      type: object", endless)])), @r##"
        error[UAPS508 amount-path]: `$.pricing.total_cents` need not lead to a price in the answer of POST /orders
          --> openapi.yaml:37:22
           |
        37 |       x-amount-path: $.pricing.total_cents
           |                      ^^^^^^^^^^^^^^^^^^^^^
          ::: openapi.yaml:60:15
           |
        60 |       allOf: [{ $ref: "#/components/schemas/Pricing" }]
           |               ---------------------------------------- this schema is composed of itself, or of too many parts
        "##);
    }

    #[test]
    fn a_broken_reference_is_said_once() {
        let quote = ("pricing: { $ref: \"#/components/schemas/Pricing\" }", "pricing: { $ref: \"#/nowhere\" }");
        let answer =
            ("schema: { $ref: \"#/components/schemas/Order\" }", "schema: { $ref: \"#/components/schemas/Ordre\" }");
        let path = ("x-amount-path", "x-currency-path: $.pricing.currency\n      x-amount-path");
        for change in [quote, answer] {
            let (sources, _, found) = crate::testing::run(crate::testing::MANIFEST, &shop(&[path, change]));
            let found: Vec<_> = found
                .iter()
                .map(|d| format!("{} {}", d.code.id, sources.locate(d.primary.span)))
                .filter(|line| !line.starts_with("UAPS512"))
                .collect();
            assert!(matches!(found.as_slice(), [only] if only.starts_with("UAPS302")), "{found:?}");
        }
    }
}
