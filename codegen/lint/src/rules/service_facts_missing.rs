//! ## What it does
//!
//! Reports a document whose `x-services` lacks the entry of its provider, or one of the entry's four texts:
//! `description`, `flow`, `pricing_model`, `typical_response_time`.
//!
//! ## Why
//!
//! They are what an assistant reads before it starts: what the service does, in which order its operations are used,
//! what costs what, and how long to wait. Without them it guesses, with somebody's money.
//!
//! ## Example
//!
//! ```yaml
//! x-services:
//!   shop:
//!     description: Finds things and sells them
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! x-services:
//!   shop:
//!     description: Finds things and sells them
//!     flow: search_things finds a thing_id, quote_order tells the price, place_order buys
//!     pricing_model: The price of each order as quoted; searches are free
//!     typical_response_time: Under 1 second
//! ```

use crate::context::Context;
use crate::extension::SERVICES;
use crate::rule::rule;
use uaps_spec::{Diagnostic, Node, Span};

rule!(Error "UAPS401" "service-facts-missing" in "service_facts_missing.rs": "`x-services` does not say what an assistant must know");

/// The texts of an entry.
pub(super) const FIELDS: [&str; 4] = ["description", "flow", "pricing_model", "typical_response_time"];

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let id = context.provider.manifest.id.as_str();
    let root = &context.document.root;
    let whole = format!("x-services: {{ {id}: {{ {}: ... }} }}", FIELDS.join(": ..., "));
    let add = |line: &str| match context.is_vendored() {
        true => format!("add to overlay.yaml: `- {{ target: $, update: {{ {line} }} }}`"),
        false => format!("add `{line}`"),
    };
    let Some(services) = root.member(SERVICES) else {
        let at = root.members().first().map_or(Span { end: root.span.start, ..root.span }, |member| member.key_span);
        return vec![RULE.at(at, "this document has no `x-services`").help(add(&whole))];
    };
    if !services.value.is_object() {
        let message = format!("`x-services` must be an object by provider id, not {}", services.value.describe());
        return vec![RULE.at(services.value.span, message).help(add(&whole))];
    }
    let Some(entry) = services.value.member(id) else {
        let finding = RULE.at(services.key_span, format!("`x-services` has no entry for `{id}`"));
        let others = services.value.members().iter().map(|member| member.key.as_str());
        return vec![match uaps_model::nearest(id, others).first() {
            Some(near) => finding.help(format!("the provider's id is `{id}`; did you mean it by `{near}`?")),
            None => finding.help(add(&whole)),
        }];
    };
    if !entry.value.is_object() {
        let message = format!("`x-services.{id}` must be an object, not {}", entry.value.describe());
        return vec![RULE.at(entry.value.span, message).help(add(&whole))];
    }
    FIELDS.into_iter().filter_map(|field| text(&entry.value, entry.key_span, id, field)).collect()
}

fn text(entry: &Node, at: Span, id: &str, field: &str) -> Option<Diagnostic> {
    let Some(node) = entry.get(field) else {
        return Some(RULE.at(at, format!("`x-services.{id}` has no `{field}`")).help(format!("add `{field}: ...`")));
    };
    match node.as_str().map(str::trim) {
        Some("") => Some(RULE.at(node.span, format!("`x-services.{id}.{field}` is empty"))),
        Some(_) => None,
        None => Some(RULE.at(node.span, format!("`x-services.{id}.{field}` must be text, not {}", node.describe()))),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, run, vendored};
    use insta::assert_snapshot;

    #[test]
    fn missing_parts() {
        assert_snapshot!(check(&RULE, "x-services: []\n"), @"
        error[UAPS401 service-facts-missing]: `x-services` must be an object by provider id, not a list
         --> openapi.yaml:1:13
          |
        1 | x-services: []
          |             ^^
          |
          = help: add `x-services: { shop: { description: ..., flow: ..., pricing_model: ..., typical_response_time: ... } }`
        ");
        assert_snapshot!(check(&RULE, "x-services: {shopp: {}}\n"), @"
        error[UAPS401 service-facts-missing]: `x-services` has no entry for `shop`
         --> openapi.yaml:1:1
          |
        1 | x-services: {shopp: {}}
          | ^^^^^^^^^^
          |
          = help: the provider's id is `shop`; did you mean it by `shopp`?
        ");
        assert_snapshot!(check(&RULE, "x-services: {shop: text}\n"), @"
        error[UAPS401 service-facts-missing]: `x-services.shop` must be an object, not text
         --> openapi.yaml:1:20
          |
        1 | x-services: {shop: text}
          |                    ^^^^
          |
          = help: add `x-services: { shop: { description: ..., flow: ..., pricing_model: ..., typical_response_time: ... } }`
        ");
        assert_snapshot!(check(&RULE, "x-services:\n  shop: {description: d, flow: ' ', pricing_model: 3}\n"), @"
        error[UAPS401 service-facts-missing]: `x-services.shop` has no `typical_response_time`
         --> openapi.yaml:2:3
          |
        2 |   shop: {description: d, flow: ' ', pricing_model: 3}
          |   ^^^^
          |
          = help: add `typical_response_time: ...`

        error[UAPS401 service-facts-missing]: `x-services.shop.flow` is empty
         --> openapi.yaml:2:32
          |
        2 |   shop: {description: d, flow: ' ', pricing_model: 3}
          |                                ^^^

        error[UAPS401 service-facts-missing]: `x-services.shop.pricing_model` must be text, not a number
         --> openapi.yaml:2:52
          |
        2 |   shop: {description: d, flow: ' ', pricing_model: 3}
          |                                                    ^
        ");
    }

    #[test]
    fn nothing_at_all_in_a_vendors_document() {
        let (_, _, diagnostics) = run(&vendored("openapi: 3.0.3\npaths: {}\n"), "openapi: 3.0.3\npaths: {}\n");
        let [only] = diagnostics.as_slice() else { panic!("{diagnostics:?}") };
        assert!(only.help.as_ref().unwrap().starts_with("add to overlay.yaml: `- { target: $, update: { x-services:"));
    }
}
