//! The document in the two forms that are needed: as its vendor wrote it, which is what an overlay changes, and as the
//! compiler will see it.

use crate::ScaffoldError;
use crate::overlay::{Action, render};
use uaps_spec::{Document, Sources, Version, apply_overlay, parse, parse_document, raise};

/// One document, twice.
#[derive(Debug)]
pub(crate) struct Tree {
    /// As it was written, with what [`Tree::apply`] changed.
    pub(crate) written: Document,
    /// The same in the structure of OpenAPI 3.
    pub(crate) raised: Document,
    /// The version that it is written in.
    pub(crate) version: Version,
}

impl Tree {
    /// Reads a document, if it can be used. `source` is its name in messages.
    pub(crate) fn read(source: &str, text: &str) -> Result<Self, ScaffoldError> {
        let mut sources = Sources::default();
        let file = sources.add(source, text);
        let (written, mut diagnostics) = parse_document(&sources, file);
        let raised = written.as_ref().and_then(|written| {
            let (raised, found) = raise(written.clone());
            diagnostics.extend(found);
            raised
        });
        match (written, raised) {
            (Some(written), Some((raised, version))) => {
                Ok(Tree { written: Document { root: written }, raised: Document { root: raised }, version })
            }
            _ => Err(ScaffoldError::Document { sources: Box::new(sources), diagnostics }),
        }
    }

    /// Changes the document as an overlay with these actions will.
    pub(crate) fn apply(&mut self, actions: &[Action]) {
        if actions.is_empty() {
            return;
        }
        let mut sources = Sources::default();
        // Places of the document are told by their file, and an overlay is another one.
        sources.add("", "");
        let file = sources.add("overlay.yaml", render("", actions, &[]));
        let Some(overlay) = parse(&sources, file).0 else { return };
        apply_overlay(&mut self.written.root, &overlay);
        if let Some((raised, _)) = raise(self.written.root.clone()).0 {
            self.raised.root = raised;
        }
    }

    /// Whether it is Swagger 2.0, which has other words for parameters and bodies.
    pub(crate) fn is_swagger(&self) -> bool {
        self.version == Version::Swagger2
    }
}
