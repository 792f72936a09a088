//! ## What it does
//!
//! Reports a successful answer of a purchase, or of its quote, that has no JSON schema.
//!
//! ## Why
//!
//! The price is read out of that answer. If such an answer came, the money would be spent and nobody would know how
//! much: the purchase would stay open until a person looks into it.
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
//!         "200": { description: A price }
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

use crate::commerce::{answers, pricings};
use crate::context::Context;
use crate::rule::rule;
use uaps_spec::Diagnostic;

rule!(Error "UAPS507" "priced-answer" in "priced_answer.rs": "no price can be read from a successful answer");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let pricings = pricings(context.document, &context.operations);
    pricings.iter().filter_map(|pricing| answers(context.document, &pricing.answer).err()).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, shop};
    use insta::assert_snapshot;

    #[test]
    fn answers_without_a_price() {
        assert_snapshot!(check(&RULE, &shop(&[("        \"201\":", "        \"204\": {description: Done}\n        \"201\":")])), @r#"
        error[UAPS507 priced-answer]: answer 204 of POST /orders has no JSON schema
          --> openapi.yaml:42:9
           |
        42 |         "204": {description: Done}
           |         ^^^^^ no price can be read from it
           |
           = help: describe its JSON schema, or remove the answer by overlay if it never comes
        "#);
        assert_snapshot!(check(&RULE, &shop(&[("        \"201\":", "        \"400\":")])), @"
        error[UAPS507 priced-answer]: POST /orders announces no successful answer to read a price from
          --> openapi.yaml:33:5
           |
        33 |     post:
           |     ^^^^
           |
           = help: describe the answer with status 200 or 201 and its JSON schema
        ");
        assert_snapshot!(check(&RULE, &shop(&[("application/json:\n              schema: { $ref: \"#/components/schemas/Quote\" }", "text/html: {}")])), @r#"
        error[UAPS507 priced-answer]: answer 200 of POST /quotes has no JSON schema
          --> openapi.yaml:27:9
           |
        27 |         "200":
           |         ^^^^^ no price can be read from it
           |
           = help: describe its JSON schema, or remove the answer by overlay if it never comes
        "#);
        assert_snapshot!(check(&RULE, &shop(&[("        \"201\":", "        default:")])), @"");
    }
}
