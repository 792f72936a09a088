//! ## What it does
//!
//! Reports entries of `x-services` under the id of another provider.
//!
//! ## Why
//!
//! They are read by nobody. Mostly a provider was renamed, or a file copied.
//!
//! ## Example
//!
//! ```yaml
//! x-services:
//!   shop: { description: Sells things, flow: One call, pricing_model: Free, typical_response_time: 1 second }
//!   old-shop: { description: Sells things, flow: One call, pricing_model: Free, typical_response_time: 1 second }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! x-services:
//!   shop: { description: Sells things, flow: One call, pricing_model: Free, typical_response_time: 1 second }
//! ```

use crate::context::Context;
use crate::extension::SERVICES;
use crate::rule::rule;
use uaps_spec::{Diagnostic, Node};

rule!(Warning "UAPS403" "service-facts-foreign" in "service_facts_foreign.rs": "an entry of `x-services` belongs to no provider here");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let manifest = &context.provider.manifest;
    let entries = context.document.root.get(SERVICES).map(Node::members).unwrap_or_default();
    let foreign = entries.iter().filter(|entry| entry.key != manifest.id.as_str() && !entry.key.starts_with("x-"));
    foreign
        .map(|entry| {
            RULE.at(
                entry.key_span,
                format!("`{}` is not the id of this provider, which is `{}`", entry.key, manifest.id),
            )
            .related(manifest.id_span, "the id")
            .help("remove the entry or correct its id")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn foreign() {
        assert_snapshot!(check(&RULE, "x-services:\n  shop: {}\n  shoe: {}\n"), @"
        warning[UAPS403 service-facts-foreign]: `shoe` is not the id of this provider, which is `shop`
         --> openapi.yaml:3:3
          |
        3 |   shoe: {}
          |   ^^^^
         ::: provider.yaml:1:5
          |
        1 | id: shop
          |     ---- the id
          |
          = help: remove the entry or correct its id
        ");
    }
}
