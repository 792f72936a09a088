//! Documents to try rules on, and what the rules say of them.

use crate::{Format, Rule, render};
use uaps_spec::{Diagnostic, Input, Provider, Sources, Text};

/// The manifest of the shop.
pub(crate) const MANIFEST: &str = "\
id: shop
name: Shop
description: Sells things
category: shopping
upstream: https://api.shop.example
auth: { scheme: none }
endpoints: openapi.yaml
";

/// The manifest of a shop whose document came from its vendor.
pub(crate) fn vendored(document: &str) -> String {
    let hash = uaps_spec::sha256_hex(document);
    format!("{MANIFEST}source: {{ url: https://api.shop.example/openapi.json, sha256: '{hash}' }}\n")
}

/// A document with everything in it that rules look at, and nothing wrong.
pub(crate) const SHOP: &str = include_str!("../fixtures/shop.yaml");

/// The shop's document with some of its text exchanged.
#[track_caller]
pub(crate) fn shop(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(SHOP.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the shop has no `{from}`");
        text.replacen(from, to, 1)
    })
}

/// The shop with an order that can be looked up, by its idempotency key: `more` stands among the fields of the look-up.
#[track_caller]
pub(crate) fn looked_up(more: &str, changes: &[(&str, &str)]) -> String {
    let header = "      x-idempotency-header: Idempotency-Key\n";
    let fields = format!("{{ operation: find_order, parameter: key, status: $.status, sold: [paid], {more} }}");
    let lookup = format!("{header}      x-purchase-lookup: {fields}\n");
    let operation = "  /orders/{key}:
    get:
      operationId: find_order
      parameters: # key
        - { name: key, in: path, required: true, schema: { type: string } }
      responses:
        \"200\":
          description: The order
          content:
            application/json:
              schema: { $ref: \"#/components/schemas/Order\" }
components:
";
    let order = "required: [pricing, order_id]\n      properties:\n";
    let status = "required: [pricing, order_id, status]\n      properties:\n        status: { type: string }\n";
    let text = shop(&[(header, &lookup), ("components:\n", operation), (order, status)]);
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "the shop has no `{from}`");
        text.replacen(from, to, 1)
    })
}

/// A fragment with what every document needs added behind it; JSON is taken as it stands.
pub(crate) fn complete(fragment: &str) -> String {
    let mut text = fragment.to_owned();
    if text.starts_with('{') {
        return text;
    }
    for (key, rest) in [
        ("openapi", "openapi: 3.0.3\ninfo: { title: Shop, version: \"1\" }\n"),
        (
            "x-services",
            "x-services: { shop: { description: d, flow: f, pricing_model: p, typical_response_time: t } }\n",
        ),
        ("paths", "paths: {}\n"),
    ] {
        if !text.lines().any(|line| line.starts_with(key)) {
            text.push_str(rest);
        }
    }
    text
}

/// Reads and lints a shop.
pub(crate) fn run(manifest: &str, document: &str) -> (Sources, Option<Provider>, Vec<Diagnostic>) {
    run_with_overlay(manifest, document, None)
}

/// Likewise, with actions of an overlay.
pub(crate) fn run_with_overlay(
    manifest: &str,
    document: &str,
    actions: Option<&str>,
) -> (Sources, Option<Provider>, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let text = |path: &str, text: &str| Text { path: path.to_owned(), text: text.to_owned() };
    let input = Input {
        folder: "shop".to_owned(),
        manifest: text("provider.yaml", manifest),
        document: text("openapi.yaml", document),
        overlay: actions.map(|actions| text("overlay.yaml", &format!("overlay: 1.0.0\nactions:\n{actions}\n"))),
    };
    let (provider, diagnostics) = crate::check(&mut sources, input);
    (sources, provider, diagnostics)
}

/// What one rule says of a fragment, as a person sees it.
pub(crate) fn check(rule: &Rule, fragment: &str) -> String {
    check_with(rule, MANIFEST, fragment)
}

/// Likewise, with a manifest of its own.
pub(crate) fn check_with(rule: &Rule, manifest: &str, fragment: &str) -> String {
    let (sources, _, mut diagnostics) = run(manifest, &complete(fragment));
    diagnostics.retain(|diagnostic| diagnostic.code == rule.code);
    render(Format::Full, &sources, &diagnostics, false)
}

/// Likewise, of a document that came from its vendor.
pub(crate) fn check_vendored(rule: &Rule, fragment: &str) -> String {
    check_with(rule, &vendored(&complete(fragment)), fragment)
}
