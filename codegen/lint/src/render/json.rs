//! One JSON array.

use super::word;
use serde_json::{Value, json};
use uaps_spec::{Diagnostic, Fix, Label, Sources, Span};

/// An array of objects with `code`, `name`, `severity`, `message`, `file`, `line`, `column`, `end_line`, `end_column`,
/// `label`, `help`, `fix` and `related`. Lines and columns count from 1, columns in characters; the end is exclusive.
pub(super) fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let findings: Vec<_> = diagnostics.iter().map(|diagnostic| finding(sources, diagnostic)).collect();
    format!("{:#}\n", Value::Array(findings))
}

fn finding(sources: &Sources, diagnostic: &Diagnostic) -> Value {
    let mut value = place(sources, diagnostic.primary.span);
    if let Value::Object(object) = &mut value {
        let own = json!({
            "code": diagnostic.code.id,
            "name": diagnostic.code.name,
            "severity": word(diagnostic.severity),
            "message": diagnostic.message,
            "label": text(&diagnostic.primary.text),
            "help": diagnostic.help,
            "fix": diagnostic.fix.as_ref().map(|fix| edit(sources, fix)),
            "related": diagnostic.related.iter().map(|label| related(sources, label)).collect::<Vec<_>>(),
        });
        object.extend(own.as_object().cloned().unwrap_or_default());
    }
    value
}

fn place(sources: &Sources, span: Span) -> Value {
    let mut value = range(sources, span);
    if let Value::Object(object) = &mut value {
        object.insert("file".to_owned(), sources.path(span.file).into());
    }
    value
}

fn range(sources: &Sources, span: Span) -> Value {
    let (start, end) = (sources.position(span.file, span.start), sources.position(span.file, span.end));
    json!({"line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column})
}

fn edit(sources: &Sources, fix: &Fix) -> Value {
    json!({
        "title": fix.title,
        "file": sources.path(fix.span.file),
        "range": range(sources, fix.span),
        "replacement": crate::replacement(sources, fix),
    })
}

fn related(sources: &Sources, label: &Label) -> Value {
    let mut value = place(sources, label.span);
    if let Value::Object(object) = &mut value {
        object.insert("message".to_owned(), label.text.clone().into());
    }
    value
}

fn text(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
