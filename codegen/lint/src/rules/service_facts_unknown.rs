//! ## What it does
//!
//! Reports fields of `x-services.<id>` that UAPS-1 does not know.
//!
//! ## Why
//!
//! A misspelt field would be missing from what the assistant reads, without a word.
//!
//! ## Example
//!
//! ```yaml
//! x-services:
//!   shop:
//!     description: Finds things and sells them
//!     flow: search_things, quote_order, place_order
//!     pricing_model: The price of each order as quoted
//!     typical_response_time: Under 1 second
//!     typical_price: 10 dollars
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! x-services:
//!   shop:
//!     description: Finds things and sells them
//!     flow: search_things, quote_order, place_order
//!     pricing_model: The price of each order as quoted, 10 dollars on average
//!     typical_response_time: Under 1 second
//! ```

use super::service_facts_missing::FIELDS;
use crate::context::Context;
use crate::edit::same_quotes;
use crate::extension::SERVICES;
use crate::rule::rule;
use uaps_model::nearest;
use uaps_spec::Diagnostic;

rule!(Error "UAPS402" "service-facts-unknown" in "service_facts_unknown.rs": "an entry of `x-services` has an unknown field");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let id = context.provider.manifest.id.as_str();
    let Some(entry) = context.document.root.get(SERVICES).and_then(|services| services.get(id)) else {
        return Vec::new();
    };
    let unknown = entry.members().iter().filter(|m| !FIELDS.contains(&m.key.as_str()) && !m.key.starts_with("x-"));
    unknown
        .map(|member| {
            let finding = RULE.at(member.key_span, format!("`x-services.{id}` has no field `{}`", member.key));
            let missing = FIELDS.into_iter().filter(|field| entry.get(field).is_none());
            match nearest(&member.key, missing).first() {
                Some(near) => {
                    let text = same_quotes(&member.key, member.key_span, near);
                    finding.fix(format!("write `{near}`"), member.key_span, text)
                }
                None => finding.help(format!("known fields are {}", FIELDS.join(", "))),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn unknown() {
        assert_snapshot!(check(&RULE, "x-services: {shop: {description: d, flows: f, author: a, x-note: n}}\n"), @"
        error[UAPS402 service-facts-unknown]: `x-services.shop` has no field `flows`
         --> openapi.yaml:1:37
          |
        1 | x-services: {shop: {description: d, flows: f, author: a, x-note: n}}
          |                                     ^^^^^
          |
        fix: write `flow`
          |
        1 - x-services: {shop: {description: d, flows: f, author: a, x-note: n}}
        1 + x-services: {shop: {description: d, flow: f, author: a, x-note: n}}
          |

        error[UAPS402 service-facts-unknown]: `x-services.shop` has no field `author`
         --> openapi.yaml:1:47
          |
        1 | x-services: {shop: {description: d, flows: f, author: a, x-note: n}}
          |                                               ^^^^^^
          |
          = help: known fields are description, flow, pricing_model, typical_response_time
        ");
    }
}
