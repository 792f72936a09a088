//! From text to a document with every position kept.
//!
//! A provider is three texts: its manifest, its OpenAPI document, and perhaps an overlay. [`read`] turns them into a
//! [`Provider`] and a list of [`Diagnostic`]s. Nothing here touches the disk or the network, and no input makes it
//! panic: sizes, depths and alias expansions are bounded by [`limits`].

pub mod limits;

mod diagnostic;
mod document;
mod fingerprint;
mod json;
mod local;
mod manifest;
mod manifest_schema;
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
pub use fingerprint::sha256_hex;
pub use local::is_loopback;
pub use manifest::{Bundled, Manifest, Source};
pub use manifest_schema::manifest_schema;
pub use naming::{Named, Origin, tool_names};
pub use node::{Kind, Member, Node};
pub use overlay::apply as apply_overlay;
pub use pointer::{escape, unescape};
pub use provider::{Input, Provider, Text, read};
pub use raise::{Version, raise};
pub use source::{FileId, Position, Sources, Span};

/// Reads one text, YAML or JSON by its first character, into a tree with positions.
///
/// `None` where it is not well-formed; the diagnostics say why. A tree may come with diagnostics too (duplicate keys).
pub fn parse(sources: &Sources, file: FileId) -> (Option<Node>, Vec<Diagnostic>) {
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
    if start.starts_with(['{', '[']) {
        let (node, diagnostics) = json::parse(text, file);
        // Flow-style YAML begins like JSON; what is no JSON may still be that. JSON's own complaint is the better one
        // to show when neither reads it.
        if node.is_none() {
            let (yaml, yaml_diagnostics) = yaml::parse(text, file);
            if yaml.is_some() {
                return (yaml, yaml_diagnostics);
            }
        }
        return (node, diagnostics);
    }
    yaml::parse(text, file)
}
