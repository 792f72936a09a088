//! That the excerpt shows the right line and the mark the right words, however the text is written.

use super::*;
use crate::testing::{run_with_overlay, shop};

/// The findings of one code in a document, in `full`.
fn full(document: &str, overlay: Option<&str>, code: &str) -> String {
    let (sources, _, mut diagnostics) = run_with_overlay(MANIFEST, document, overlay);
    diagnostics.retain(|diagnostic| diagnostic.code.id == code);
    assert!(!diagnostics.is_empty(), "{code}");
    render(Format::Full, &sources, &diagnostics, false)
}

/// The places of all findings, in every format for programs, and in `concise`.
#[track_caller]
fn check_places(document: &str, expected: &str) {
    let (sources, _, diagnostics) = run(MANIFEST, document);
    let concise = render(Format::Concise, &sources, &diagnostics, false);
    let places: Vec<_> = concise.lines().map(|line| line.split(": ").next().unwrap_or_default()).collect();
    assert_eq!(places.join(" "), expected);
    let json: serde_json::Value = serde_json::from_str(&render(Format::Json, &sources, &diagnostics, false)).unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&render(Format::Sarif, &sources, &diagnostics, false)).unwrap();
    let github = render(Format::Github, &sources, &diagnostics, false);
    for (at, command) in github.lines().enumerate() {
        let (line, column) = (&json[at]["line"], &json[at]["column"]);
        assert!(places[at].ends_with(&format!(":{line}:{column}")), "{}", json[at]);
        assert!(command.contains(&format!(",line={line},col={column},")), "{command}");
        let region = &sarif["runs"][0]["results"][at]["locations"][0]["physicalLocation"]["region"];
        assert_eq!((&region["startLine"], &region["startColumn"]), (line, column));
        assert_eq!((&region["endLine"], &region["endColumn"]), (&json[at]["end_line"], &json[at]["end_column"]));
    }
}

#[test]
fn through_a_reference() {
    let text = shop(&[("x-amount-path: $.pricing.total_cents", "x-amount-path: $.pricing.total")]);
    assert_snapshot!(full(&text, None, "UAPS508"), @"
    error[UAPS508 amount-path]: `$.pricing.total` need not lead to a price in the answer of POST /orders
      --> openapi.yaml:37:22
       |
    37 |       x-amount-path: $.pricing.total
       |                      ^^^^^^^^^^^^^^^
      ::: openapi.yaml:59:5
       |
    59 |     Pricing:
       |     ------- this has no property `total`
    ");
}

#[test]
fn in_an_overlay() {
    let action = "- target: $.paths['/orders'].post\n  update: { x-amount-path: $.pricing.total }";
    assert_snapshot!(full(&shop(&[]), Some(action), "UAPS508"), @"
    error[UAPS508 amount-path]: `$.pricing.total` need not lead to a price in the answer of POST /orders
      --> overlay.yaml:4:28
       |
     4 |   update: { x-amount-path: $.pricing.total }
       |                            ^^^^^^^^^^^^^^^
      ::: openapi.yaml:59:5
       |
    59 |     Pricing:
       |     ------- this has no property `total`
    ");
}

#[test]
fn in_json() {
    let yaml = shop(&[("x-amount-path: $.pricing.total_cents", "x-amount-path: $.pricing.total")]);
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", yaml);
    let json = format!("{:#}", uaps_spec::parse(&sources, file).0.unwrap().to_json());
    assert_snapshot!(full(&json, None, "UAPS508"), @r#"
    error[UAPS508 amount-path]: `$.pricing.total` need not lead to a price in the answer of POST /orders
      --> openapi.yaml:94:26
       |
    94 |         "x-amount-path": "$.pricing.total",
       |                          ^^^^^^^^^^^^^^^^^
      ::: openapi.yaml:39:7
       |
    39 |       "Pricing": {
       |       --------- this has no property `total`
    "#);
}

#[test]
fn behind_wide_characters_and_tabs() {
    let text = "paths:\n  /a: { get: { summary: \"日本 é 😀\",\toperationId: a/b, responses: { default: {} } } }\n";
    assert_snapshot!(full(&complete(text), None, "UAPS103"), @r#"
    error[UAPS103 operation-id-illegal]: the operationId `a/b` may hold only letters, digits, `_` and `-` to serve as a tool name
     --> openapi.yaml:2:48
      |
    2 |   /a: { get: { summary: "日本 é 😀", operationId: a/b, responses: { default: {} } } }
      |                                                   ^^^
      |
    fix: rename it `a_b`
      |
    2 -   /a: { get: { summary: "日本 é 😀", operationId: a/b, responses: { default: {} } } }
    2 +   /a: { get: { summary: "日本 é 😀", operationId: a_b, responses: { default: {} } } }
      |
    "#);
    check_places(&complete(text), "openapi.yaml:2:48");
}

#[test]
fn with_line_ends_of_every_kind() {
    let text = complete(TEXT);
    let places = "openapi.yaml:4:20 openapi.yaml:5:7 openapi.yaml:6:28 openapi.yaml:9:25 openapi.yaml:9:25";
    for end in ["\n", "\r\n", "\r"] {
        check_places(&text.replace('\n', end), places);
    }
    let (sources, _, diagnostics) = run(MANIFEST, &text.replace('\n', "\r\n"));
    for format in Format::ALL {
        assert!(!render(format, &sources, &diagnostics, false).contains('\r'), "{format}");
    }
}

#[test]
fn with_a_byte_order_mark() {
    let text = "paths: { /a: { get: { operationId: a/b, responses: {} } } }\n";
    // Editors don't count the mark as a character of the line.
    check_places(&complete(text), "openapi.yaml:1:36 openapi.yaml:1:52");
    check_places(&format!("\u{feff}{}", complete(text)), "openapi.yaml:1:36 openapi.yaml:1:52");
}

/// A finding in the midst of one line of 3 MB is shown at once, and with little around it.
#[test]
fn on_a_very_long_line() {
    let filler = "x".repeat(1_500_000);
    let text = format!(
        "{{\"openapi\":\"3.0.3\",\"x-a\":\"{filler}\",\"paths\":{{\"/a\":{{\"get\":{{\"operationId\":\"a/b\",\"x-usage-fee-cent\":1,\"responses\":{{}}}}}}}},\"x-b\":\"{filler}\"}}"
    );
    let (sources, _, diagnostics) = run(MANIFEST, &text);
    assert!(diagnostics.len() > 2, "{diagnostics:?}");
    for format in [Format::Full, Format::Concise, Format::Json, Format::Github] {
        let rendered = render(format, &sources, &diagnostics, false);
        assert!(rendered.len() < 1500 * diagnostics.len(), "{format}");
    }
}

/// Two findings alike in one file are told apart, and a line more above them changes neither.
#[test]
fn fingerprints_outlive_moved_lines() {
    let prints = |text: &str| -> Vec<String> {
        let (sources, _, diagnostics) = run(MANIFEST, &complete(text));
        let log: serde_json::Value =
            serde_json::from_str(&render(Format::Sarif, &sources, &diagnostics, false)).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        results.iter().map(|result| result["partialFingerprints"]["finding/v1"].to_string()).collect()
    };
    let before = prints(TEXT);
    assert_eq!(before, prints(&format!("# a line more\n{TEXT}")));
    assert_eq!(before.iter().collect::<std::collections::BTreeSet<_>>().len(), before.len());
}
