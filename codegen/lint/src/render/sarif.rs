//! SARIF 2.1.0.

use super::word;
use crate::RULES;
use crate::reader::{READER, ReaderCode};
use serde_json::{Value, json};
use uaps_spec::{Diagnostic, Fix, Severity, Sources, Span};

/// One log with one run. Rules carry their manual pages.
pub(super) fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let rules: Vec<_> = READER.iter().map(reader_rule).chain(RULES.iter().map(rule)).collect();
    let ids: Vec<_> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
    let results: Vec<_> = diagnostics.iter().map(|diagnostic| result(sources, diagnostic, &ids)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "UAPS-1", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
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
        "help": {"text": manual, "markdown": manual},
        "defaultConfiguration": {"level": word(severity)},
    })
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
        let related = diagnostic.related.iter().enumerate().map(|(id, label)| {
            json!({"id": id, "physicalLocation": place(sources, label.span), "message": {"text": label.text}})
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &diagnostic.fix {
        result["fixes"] = json!([edit(sources, fix)]);
    }
    result
}

fn place(sources: &Sources, span: Span) -> Value {
    json!({"artifactLocation": {"uri": uri(sources.path(span.file))}, "region": region(sources, span)})
}

fn region(sources: &Sources, span: Span) -> Value {
    let (start, end) = (sources.position(span.file, span.start), sources.position(span.file, span.end));
    json!({"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column})
}

fn edit(sources: &Sources, fix: &Fix) -> Value {
    json!({
        "description": {"text": fix.title},
        "artifactChanges": [{
            "artifactLocation": {"uri": uri(sources.path(fix.span.file))},
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
