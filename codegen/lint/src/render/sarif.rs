//! SARIF 2.1.0.

use super::word;
use crate::RULES;
use crate::reader::{READER, ReaderCode};
use serde_json::{Value, json};
use std::collections::HashMap;
use uaps_spec::{Diagnostic, Fix, Label, Severity, Sources, Span, sha256_hex};

/// One log with one run. Rules carry their manual pages.
///
/// Columns count characters, and the run says so: SARIF's own default is UTF-16.
pub(super) fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let rules: Vec<_> = READER.iter().map(reader_rule).chain(RULES.iter().map(rule)).collect();
    let ids: Vec<_> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
    let mut seen = HashMap::new();
    let results: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| {
            let mut result = result(sources, diagnostic, &ids);
            result["partialFingerprints"] = json!({"finding/v1": fingerprint(sources, diagnostic, &mut seen)});
            result
        })
        .collect();
    let version = env!("CARGO_PKG_VERSION");
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "UAPS-1", "version": version, "semanticVersion": version, "rules": rules}},
            "invocations": [{"executionSuccessful": true}],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

/// What makes a finding the same one tomorrow, when lines have moved: its rule, its file, its words and, where these are
/// equal, which of them it is.
fn fingerprint(sources: &Sources, diagnostic: &Diagnostic, seen: &mut HashMap<String, usize>) -> String {
    let path = sources.path(diagnostic.primary.span.file);
    let identity = format!("{}\n{path}\n{}", diagnostic.code.id, diagnostic.message);
    let before = seen.entry(identity.clone()).or_default();
    *before += 1;
    sha256_hex(&format!("{identity}\n{before}")).chars().take(32).collect()
}

fn rule(rule: &crate::Rule) -> Value {
    described(rule.code.id, rule.code.name, rule.title, rule.manual, rule.severity)
}

fn reader_rule(code: &ReaderCode) -> Value {
    described(code.code.id, code.code.name, code.title, code.manual, code.severity)
}

fn described(id: &str, name: &str, title: &str, manual: &str, severity: Severity) -> Value {
    json!({
        "id": id,
        "name": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": what_it_does(manual)},
        "help": {"text": manual, "markdown": manual},
        "defaultConfiguration": {"level": word(severity)},
    })
}

/// The first section of a manual page, without its heading.
fn what_it_does(manual: &str) -> &str {
    let text = manual.strip_prefix("## What it does").unwrap_or(manual);
    text.split("\n## ").next().unwrap_or(text).trim()
}

fn result(sources: &Sources, diagnostic: &Diagnostic, ids: &[&str]) -> Value {
    let mut text = diagnostic.message.clone();
    for more in [Some(&diagnostic.primary.text), diagnostic.help.as_ref()].into_iter().flatten() {
        if !more.is_empty() {
            text = format!("{text}\n{more}");
        }
    }
    let mut result = json!({
        "ruleId": diagnostic.code.id,
        "level": word(diagnostic.severity),
        "message": {"text": text},
        "locations": [{"physicalLocation": place(sources, diagnostic.primary.span)}],
    });
    if let Some(index) = ids.iter().position(|id| *id == diagnostic.code.id) {
        result["ruleIndex"] = index.into();
    }
    if !diagnostic.related.is_empty() {
        let related = diagnostic.related.iter().enumerate();
        result["relatedLocations"] = related.map(|(id, label)| related_location(sources, id, label)).collect();
    }
    if let Some(fix) = &diagnostic.fix {
        result["fixes"] = json!([edit(sources, fix)]);
    }
    result
}

fn related_location(sources: &Sources, id: usize, label: &Label) -> Value {
    let mut location = json!({"id": id, "physicalLocation": place(sources, label.span)});
    if !label.text.is_empty() {
        location["message"] = json!({"text": label.text});
    }
    location
}

fn place(sources: &Sources, span: Span) -> Value {
    json!({"artifactLocation": artifact(sources, span), "region": region(sources, span)})
}

/// A file, below the folder that the command ran in unless it lies elsewhere.
fn artifact(sources: &Sources, span: Span) -> Value {
    let uri = uri(sources.path(span.file));
    if uri.starts_with('/') {
        json!({"uri": format!("file://{uri}")})
    } else {
        json!({"uri": uri, "uriBaseId": "%SRCROOT%"})
    }
}

fn region(sources: &Sources, span: Span) -> Value {
    let (start, end) = (sources.position(span.file, span.start), sources.position(span.file, span.end));
    json!({"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column})
}

fn edit(sources: &Sources, fix: &Fix) -> Value {
    json!({
        "description": {"text": fix.title},
        "artifactChanges": [{
            "artifactLocation": artifact(sources, fix.span),
            "replacements": [{
                "deletedRegion": region(sources, fix.span),
                "insertedContent": {"text": crate::replacement(sources, fix)},
            }],
        }],
    })
}

/// A path as a relative reference: what has a meaning in a URI is encoded.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~".contains(&b);
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
