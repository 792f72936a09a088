//! One form for every version: what follows the reader sees OpenAPI 3, whatever the vendor wrote.
//!
//! | written | becomes |
//! |---|---|
//! | Swagger 2.0 | the structure of 3.0: bodies, media types, components, servers; [`swagger`] |
//! | OpenAPI 3.0 | stays as it is |
//! | OpenAPI 3.1, 3.2 | references by `$id`, `$anchor` and `$dynamicRef` become pointers; [`anchors`] |
//!
//! Schemas keep the keywords of their own version, because those of 3.0 and of JSON Schema 2020-12 don't contradict each
//! other where both are read: the compiler translates them, keyword by keyword. Every node keeps the place it was written
//! at, so that a finding in what was made of a `body` parameter points to that parameter.

mod anchors;
mod build;
mod swagger;
mod version;

pub use version::Version;

use crate::{Diagnostic, Node, node::Kind};

/// Raises a document, to which its overlay has been applied, to the structure of OpenAPI 3. `None` where it is of no version that is understood; the diagnostics say why.
pub fn raise(mut root: Node) -> (Option<(Node, Version)>, Vec<Diagnostic>) {
    let (version, found) = version::of(&root);
    let Some(version) = version else { return (None, found) };
    match version {
        Version::Swagger2 => root = swagger::raise(root),
        Version::OpenApi30 => as_text(&mut root, "3.0"),
        Version::OpenApi31 | Version::OpenApi32 => {
            as_text(&mut root, "3.1");
            anchors::raise(&mut root);
        }
    }
    (Some((root, version)), found)
}

/// A version that was written as a number becomes the text it stands for.
fn as_text(root: &mut Node, text: &str) {
    let Kind::Object(members) = &mut root.kind else { return };
    for member in members.iter_mut().filter(|member| member.key == "openapi") {
        if member.value.as_str().is_none() {
            member.value.kind = Kind::String(text.to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
