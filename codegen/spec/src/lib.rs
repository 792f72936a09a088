//! From text to a document with every position kept.
//!
//! A provider is three texts: its manifest, its OpenAPI document, and perhaps an overlay. [`read`] turns them into a
//! [`Provider`] and a list of [`Diagnostic`]s. Nothing here touches the disk or the network, and no input makes it
//! panic: sizes, depths and alias expansions are bounded by [`limits`].

pub mod limits;

mod composition;
mod diagnostic;
mod document;
mod encoding;
mod fingerprint;
mod json;
mod local;
mod manifest;
mod manifest_schema;
mod members;
mod naming;
mod node;
mod overlay;
mod pointer;
mod provider;
mod raise;
mod scalar;
mod source;
mod upstream;
mod yaml;

pub use diagnostic::{Code, Diagnostic, Fix, Label, Severity, codes};
pub use document::{Document, OperationRef, RefError};
pub use encoding::decode;
pub use fingerprint::sha256_hex;
pub use local::is_loopback;
pub use manifest::{Bundled, Manifest, Source};
pub use manifest_schema::manifest_schema;
pub use naming::{Named, Origin, tool_names, words};
pub use node::{Kind, Member, Node};
pub use overlay::apply as apply_overlay;
pub use pointer::{escape, unescape};
pub use provider::{Input, Provider, Text, read};
pub use raise::{Version, raise};
pub use source::{FileId, Position, Sources, Span};

/// Reads one text of ours, YAML or JSON by its first character, into a tree with positions.
///
/// `None` where it is not well-formed; the diagnostics say why. A tree may come with diagnostics too: what can be read in
/// two ways is an error in a text whose author is at hand.
pub fn parse(sources: &Sources, file: FileId) -> (Option<Node>, Vec<Diagnostic>) {
    let (node, mut diagnostics) = parse_document(sources, file);
    for diagnostic in diagnostics.iter_mut().filter(|found| found.code != codes::NUMBER_INEXACT) {
        diagnostic.severity = Severity::Error;
    }
    (node, diagnostics)
}

/// Reads an OpenAPI document as [`parse`] does. Nobody here can mend what a vendor wrote, so it is a warning where most
/// readers agree on what they make of it: of two equal keys, for example, the last counts.
pub fn parse_document(sources: &Sources, file: FileId) -> (Option<Node>, Vec<Diagnostic>) {
    let text = sources.text(file);
    if text.len() > limits::MAX_BYTES {
        let message = format!(
            "this document has {:.1} MiB, more than the limit of {} MiB",
            text.len() as f64 / 1048576.0,
            limits::MAX_BYTES / 1048576
        );
        let diagnostic = Diagnostic::error(codes::TOO_LARGE, message, Span { file, start: 0, end: 0 })
            .help("split the document by area into several providers, or remove inline examples and binaries");
        return (None, vec![diagnostic]);
    }
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if !start.starts_with(['{', '[']) && !start.starts_with("//") && !start.starts_with("/*") {
        return yaml::parse(text, file);
    }
    let (node, diagnostics) = json::parse(text, file);
    if node.is_some() {
        return (node, diagnostics);
    }
    // Flow-style YAML begins like JSON; what is no JSON may still be that. YAML would take a comment of JavaScript's for
    // text, and read something else in silence.
    let is_comment = |found: &Diagnostic| text.get(found.primary.span.start..).is_some_and(|at| at.starts_with('/'));
    if diagnostics.iter().any(|found| !found.is_error() && is_comment(found)) {
        return (None, diagnostics);
    }
    let yaml = yaml::parse(text, file);
    // Where neither reads it, the first word tells which of the two it was to be.
    let first = text.len() - start.get(1..).unwrap_or_default().trim_start().len();
    if yaml.0.is_none() && diagnostics.iter().any(|found| found.is_error() && found.primary.span.start > first) {
        return (None, diagnostics);
    }
    yaml
}

#[cfg(test)]
mod tests;
