//! Documents found by mutation, whose overlay pointed at nothing, or gave two operations one name.

#![allow(clippy::unwrap_used, reason = "a test says so when it fails")]

use scaffold::{AuthChoice, FactChoices, NewProvider, render};
use uaps_spec::{Input, Sources, Text};

/// Whatever a document is like, the overlay that is written for it applies, and brings no error of its own.
#[track_caller]
fn check(document: &str) {
    let new = NewProvider {
        id: uaps_model::ServiceId::new("kiosk").unwrap(),
        name: "Kiosk".into(),
        upstream: "https://kiosk.example".into(),
        source: "openapi.yaml".into(),
        category: None,
        description: None,
        tags: Vec::new(),
        auth: AuthChoice::default(),
        facts: FactChoices::default(),
        has_purchases: false,
        precheck_pattern: None,
        bundled: Vec::new(),
    };
    let made = render(&new, document).unwrap();
    let text = |name: &str| {
        let file = made.files.iter().find(|file| file.path == name)?;
        Some(Text { path: name.into(), text: file.text.clone() })
    };
    let input = Input {
        folder: "kiosk".into(),
        manifest: text("provider.yaml").unwrap(),
        document: text("openapi.yaml").unwrap(),
        overlay: text("overlay.yaml"),
    };
    let (provider, found) = uaps_spec::read(&mut Sources::default(), input);
    assert!(provider.is_some() && !found.iter().any(|f| f.is_error()), "{found:#?}");
}

#[test]
fn references_of_paths() {
    let answer = "{ responses: { '200': { description: Yes. } } }";
    for paths in [
        // Two paths with one item.
        format!("paths: {{ /a: {{ get: {answer} }}, /b: {{ $ref: '#/paths/~1a' }} }}"),
        // A method beside the reference, and not behind it.
        format!(
            "paths: {{ /a: {{ $ref: '#/components/schemas/A', get: {answer} }} }}\ncomponents: {{ schemas: {{ A: {{}} }} }}"
        ),
        // Through a list.
        format!("paths: {{ /a: {{ $ref: '#/tags/0' }} }}\ntags: [{{ get: {answer} }}]"),
        // An operation that is the whole document.
        "paths: { 'a?b=c': { get: { $ref: '#' } } }".to_owned(),
    ] {
        check(&format!("openapi: 3.0.3\n{paths}\n"));
    }
}

#[test]
fn a_key_under_a_name_that_no_header_has() {
    check(
        "openapi: 3.0.3\npaths: {}\ncomponents: { securitySchemes: { k: { type: apiKey, in: query, name: 'a(key' } } }\n",
    );
    check("swagger: '2.0'\npaths: {}\nsecurityDefinitions: { k: { type: apiKey, in: header, name: 'é key' } }\n");
}
