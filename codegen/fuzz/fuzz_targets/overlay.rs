//! A manifest, an overlay and a document in one text, divided by lines of `===`: what the reader makes of them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use uaps_spec::{Input, Sources, Text, read};

const MANIFEST: &str = "\
id: kiosk
name: Kiosk
description: Sells newspapers
category: shopping
upstream: https://kiosk.example
auth: { scheme: none }
endpoints: openapi.yaml
";

fuzz_target!(|text: &str| {
    let mut parts = text.split("\n===\n");
    let mut part = |path: &str| parts.next().map(|text| Text { path: path.to_owned(), text: text.to_owned() });
    let Some(overlay) = part("overlay.yaml") else { return };
    let document = part("openapi.yaml");
    let manifest = part("provider.yaml").filter(|manifest| !manifest.text.is_empty());
    let input = Input {
        folder: "kiosk".to_owned(),
        manifest: manifest.unwrap_or(Text { path: "provider.yaml".into(), text: MANIFEST.to_owned() }),
        document: document.unwrap_or(Text { path: "openapi.yaml".into(), text: "openapi: 3.0.3\npaths: {}\n".into() }),
        overlay: Some(overlay),
    };
    let mut sources = Sources::default();
    let (_, found) = read(&mut sources, input);
    for finding in found {
        let span = finding.primary.span;
        assert!(sources.text(span.file).get(span.start..span.end).is_some(), "{finding:?} has no place");
    }
});
