//! What services are about, for the search: the encoder reads what is new, and what it has read stays as it is.
//!
//! Two processors may read a text into vectors that differ in a last bit. So a vector is as fresh as the text that it was
//! made of, and nobody reads a text again to see whether the same bytes come out.

use super::compile::Compiled;
use crate::progress::Progress;
use crate::tree::{Tree, TreeFile};
use anyhow::Result;
use encoder::{Encoder, Words};
use uaps_model::Meaning;

/// Reads services, with an encoder that is loaded when the first one asks for it.
#[derive(Debug, Default)]
pub(super) struct Meanings {
    loaded: Option<(Encoder<'static>, Words<'static>)>,
}

impl Meanings {
    /// `search/<id>.json` of a provider.
    pub(super) fn file(&mut self, tree: &Tree, compiled: &Compiled) -> Result<TreeFile> {
        let path = format!("search/{}.json", compiled.id);
        let old = tree.files(&compiled.id)?.into_iter().find(|(file, _)| *file == path);
        // What a hand has changed tells nothing of the text beside it.
        let old = old.filter(|_| !compiled.was_edited).and_then(|(_, text)| Meaning::parse(&text));
        let (encoder, words) = match &mut self.loaded {
            Some(loaded) => loaded,
            none => none.insert((Encoder::new(encoder::model())?, Words::linked()?)),
        };
        let progress = Progress::new(1);
        progress.on(&format!("what {} is about", compiled.id));
        let meaning = encoder::describe(encoder, words, &compiled.service, old.as_ref());
        Ok((path, meaning.to_text()))
    }
}
