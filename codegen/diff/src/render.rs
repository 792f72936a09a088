//! How changes look: for people, a line each, for programs, for a GitHub workflow.

use crate::{Bump, Judged, Subject};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use uaps_model::one_line;

/// A way to write changes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// By provider, breaking changes first, with how to allow them.
    Full,
    /// A line each.
    Concise,
    /// One JSON array.
    Json,
    /// Annotations of a GitHub workflow.
    Github,
}

/// Writes changes down. `allow_file` is what the list of allowed changes is called in hints.
pub fn render(format: Format, changes: &[Judged], allow_file: &str) -> String {
    match format {
        Format::Full => full(changes, allow_file),
        Format::Concise => changes.iter().map(concise).collect(),
        Format::Json => json(changes),
        Format::Github => changes.iter().map(github).collect(),
    }
}

fn full(changes: &[Judged], allow_file: &str) -> String {
    let mut by_service: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for judged in changes {
        by_service.entry(judged.change.service.as_str()).or_default().push(judged);
    }
    let mut out = String::new();
    for (service, changes) in by_service {
        let breaking = changes.iter().filter(|judged| judged.change.is_breaking()).count();
        let bump = Bump::of(changes.iter().map(|judged| &judged.change)).as_str();
        let compatible = changes.len() - breaking;
        let _ = writeln!(
            out,
            "{service}: {breaking} breaking, {compatible} compatible; the next version is a {bump} one\n"
        );
        for judged in changes {
            one(judged, &mut out);
        }
    }
    if let Some(first) = changes.iter().find(|judged| judged.fails()) {
        let _ = writeln!(
            out,
            "To allow a breaking change, give a reason for it in {allow_file}:\n\n  allow:\n    - {{ fingerprint: \"{}\", reason: \"…\" }}\n",
            first.change.fingerprint()
        );
    }
    out
}

fn one(judged: &Judged, out: &mut String) {
    let change = &judged.change;
    let place = if change.pointer.is_empty() { String::new() } else { format!(" at {}", change.pointer) };
    let effect = if judged.allowed.is_some() { "allowed" } else { change.effect.as_str() };
    let _ = writeln!(out, "  {effect}[{} {}]: {}", change.fingerprint(), change.kind.code(), one_line(&change.message));
    let _ = writeln!(out, "    in {}", one_line(&format!("{}{place}", change.subject)));
    if change.before.is_some() || change.after.is_some() {
        let side = |side: &Option<String>| side.as_deref().map_or_else(|| "nothing".to_owned(), one_line);
        let _ = writeln!(out, "    {} -> {}", side(&change.before), side(&change.after));
    }
    if !change.tools.is_empty() {
        let names: Vec<&str> = change.tools.iter().map(|tool| tool.as_str()).take(5).collect();
        let more = change.tools.len() - names.len();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let _ = writeln!(out, "    reaches {}{more}", names.join(", "));
    }
    if let Some(reason) = &judged.allowed {
        let _ = writeln!(out, "    because: {}", one_line(reason));
    }
    out.push('\n');
}

fn concise(judged: &Judged) -> String {
    let change = &judged.change;
    let effect = if judged.allowed.is_some() { "allowed" } else { change.effect.as_str() };
    let (service, kind, subject) = (&change.service, change.kind.code(), &change.subject);
    let line = format!("{subject} {}: {}", change.pointer, change.message);
    format!("{service}: {effect} {kind} [{}] {}\n", change.fingerprint(), one_line(&line))
}

#[derive(Serialize)]
struct Row<'c> {
    service: &'c str,
    effect: &'static str,
    kind: &'static str,
    fingerprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<&'static str>,
    pointer: &'c str,
    before: &'c Option<String>,
    after: &'c Option<String>,
    message: &'c str,
    tools: Vec<&'c str>,
    allowed: &'c Option<String>,
}

fn json(changes: &[Judged]) -> String {
    let rows: Vec<Row<'_>> = changes
        .iter()
        .map(|Judged { change, allowed }| {
            let mut row = Row {
                service: change.service.as_str(),
                effect: change.effect.as_str(),
                kind: change.kind.code(),
                fingerprint: change.fingerprint().to_string(),
                method: None,
                path: None,
                tool: None,
                schema: None,
                direction: None,
                pointer: &change.pointer,
                before: &change.before,
                after: &change.after,
                message: &change.message,
                tools: change.tools.iter().map(|tool| tool.as_str()).collect(),
                allowed,
            };
            match &change.subject {
                Subject::Service => {}
                Subject::Operation { path, method, tool } => {
                    (row.path, row.method, row.tool) =
                        (Some(path.as_str()), Some(method.as_str()), Some(tool.as_str()));
                }
                Subject::Schema { name, direction } => {
                    (row.schema, row.direction) = (Some(name.as_str()), Some(direction.as_str()));
                }
            }
            row
        })
        .collect();
    // Texts alone always have a JSON form.
    serde_json::to_string_pretty(&rows).map_or_else(|_| String::new(), |text| text + "\n")
}

fn github(judged: &Judged) -> String {
    let change = &judged.change;
    let level = if judged.fails() { "error" } else { "notice" };
    let title = format!("{} {} [{}]", change.service, change.kind.code(), change.fingerprint());
    let message = format!("{}, in {} {}", change.message, change.subject, change.pointer);
    format!("::{level} title={}::{}\n", property(&title), text(&message))
}

fn text(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(value: &str) -> String {
    text(value).replace(':', "%3A").replace(',', "%2C")
}
