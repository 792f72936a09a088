//! What real files hold: a text, and the JSON or the findings that come of it.

mod json;
mod places;
mod yaml;

use crate::{Diagnostic, Sources, parse_document};

/// Reads a text; its findings as `line:column name: message`.
fn read(text: &str) -> (Option<String>, Vec<String>) {
    let mut sources = Sources::default();
    let file = sources.add("f", text);
    let (node, found) = parse_document(&sources, file);
    let line = |d: &Diagnostic| {
        let place = sources.locate(d.primary.span);
        format!("{} {}: {}", place.trim_start_matches("f:"), d.code.name, d.message)
    };
    (node.map(|node| node.to_json().to_string()), found.iter().map(line).collect())
}

/// A text that is read without a word.
#[track_caller]
fn check(text: &str, json: &str) {
    let (read, found) = read(text);
    assert_eq!((read.as_deref(), found.as_slice()), (Some(json), &[][..]), "{text}");
}

/// A text that is read, with a warning that begins like this.
#[track_caller]
fn check_warned(text: &str, json: &str, warning: &str) {
    let (read, found) = read(text);
    assert_eq!(read.as_deref(), Some(json), "{text}\n{found:?}");
    assert!(matches!(found.as_slice(), [only] if only.starts_with(warning)), "{text}\n{found:?}");
}

/// A text that is refused, with an error that begins like this.
#[track_caller]
fn check_refused(text: &str, error: &str) {
    let (read, found) = read(text);
    assert_eq!(read, None, "{text}");
    assert!(matches!(found.as_slice(), [only] if only.starts_with(error)), "{text}\n{found:?}");
}
