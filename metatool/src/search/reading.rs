//! The encoder of this process, loaded by the first search that asks what a request means.

use encoder::{Broken, Encoder};
use std::sync::OnceLock;

static ENCODER: OnceLock<Result<Encoder<'static>, Broken>> = OnceLock::new();

/// Components of a vector. A file from elsewhere may hold others.
pub(super) const DIMENSIONS: usize = encoder::DIMENSIONS;

/// Whose vectors can be compared with what is read here.
pub(super) const ENCODER_NAME: Option<&str> = Some(encoder::NAME);

fn loaded() -> Option<&'static Encoder<'static>> {
    let encoder = ENCODER.get_or_init(|| {
        let encoder = Encoder::new(encoder::model());
        if let Err(error) = &encoder {
            tracing::error!(%error, "services are searched for by words only");
        }
        encoder
    });
    encoder.as_ref().ok()
}

/// The direction of a text, in eight bits a component.
pub(super) fn read(text: &str) -> Option<Vec<i8>> {
    Some(loaded()?.encode(text).to_bytes())
}

/// Directions that a request's is compared with.
pub(super) type Matrix = encoder::Matrix;

/// The inner product of each row with a direction that was [read](read).
pub(super) fn products(rows: &Matrix, asked: &[i8]) -> Vec<i32> {
    loaded().map(|encoder| encoder.products(rows, asked)).unwrap_or_default()
}

/// Whether a word, in lower case, is one of the language, so that it needs no mending.
pub(super) fn knows(word: &str) -> bool {
    loaded().is_some_and(|encoder| encoder.knows(word))
}

/// How this process searches, for people. Loads nothing.
pub(crate) fn state() -> String {
    match ENCODER.get() {
        Some(Err(error)) => format!("by words only: {error}"),
        _ => "by meaning and by words".to_owned(),
    }
}
