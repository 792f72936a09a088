//! The search over services and their tools, in process, built on first use and again when the catalogue has changed.
//!
//! By words: services and tools are two collections of documents over one vocabulary. A service's score is its own
//! (name, tags, category, description, facts, the names of all its tools, common words of like meaning) plus a share of
//! its best tool's, so that one fitting tool among hundreds is not drowned. Every score is worked out when the index is
//! built; a query only adds them up.
//!
//! By meaning: services and tools have directions, worked out when they were compiled; the query's is read by the
//! encoder, which the first search loads. Where it is not built in, or a service has no direction, words go alone.

mod build;
mod latest;
mod meaning;
mod postings;
mod query;
mod rank;
#[cfg(feature = "encoder")]
mod reading;
#[cfg(not(feature = "encoder"))]
#[path = "no_reading.rs"]
mod reading;
mod spelling;
mod words;

pub(crate) use latest::{Latest, Searched};
pub(crate) use reading::state;

use meaning::Senses;
use postings::{Field, Postings};
use spelling::Surface;
use std::collections::HashMap;
use std::ops::Range;
use uaps_model::{Catalog, Layer};

/// The fields of a service, in the order of their bits.
static SERVICE_FIELDS: [Field; 8] = [
    Field { name: "name", weight: 3.0, b: 0.3 },
    Field { name: "tags", weight: 2.5, b: 0.5 },
    Field { name: "category", weight: 2.0, b: 0.0 },
    Field { name: "description", weight: 1.5, b: 0.6 },
    Field { name: "tools", weight: 1.0, b: 0.75 },
    Field { name: "facts", weight: 0.4, b: 0.75 },
    Field { name: "tool descriptions", weight: 0.3, b: 0.75 },
    // As many for every service, so that their number says nothing.
    Field { name: "related", weight: 0.5, b: 0.0 },
];

/// The fields of a tool, in the order of their bits.
static TOOL_FIELDS: [Field; 6] = [
    Field { name: "name", weight: 2.5, b: 0.3 },
    Field { name: "title", weight: 2.0, b: 0.4 },
    Field { name: "tags", weight: 1.0, b: 0.5 },
    Field { name: "description", weight: 1.0, b: 0.75 },
    Field { name: "path", weight: 0.8, b: 0.5 },
    Field { name: "parameters", weight: 0.5, b: 0.75 },
];

/// The index of one catalogue.
#[derive(Debug)]
pub struct Index {
    terms: HashMap<Box<str>, u32>,
    /// Sorted by word.
    surfaces: Vec<Surface>,
    services: Postings,
    tools: Postings,
    /// What each service document stands for.
    entries: Vec<Indexed>,
    /// Absent where words go alone.
    senses: Option<Senses>,
}

/// A service of the index.
#[derive(Debug)]
struct Indexed {
    /// Its place among [`Catalog::entries`].
    entry: usize,
    /// Its tools among the tool documents, in the order of its operations.
    tools: Range<usize>,
    category: Box<str>,
    layer: Layer,
}

/// A service that fits a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hit {
    /// Its place among [`Catalog::entries`].
    pub entry: usize,
    /// How well it fits; comparable within one query only.
    pub score: f32,
    /// Which words were found, and where: `name: weather; tools: forecast`. `meaning` where none was.
    pub why: String,
    /// The operations that fit, best first.
    pub tools: Vec<usize>,
}

/// The answer to a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found<T> {
    /// What fits, best first; equals by their layers, then in the catalogue's order.
    pub hits: Vec<T>,
    /// How many fit, of which `hits` are the best.
    pub total: usize,
    /// Words that were taken for others: as typed, as understood.
    pub corrected: Vec<(String, String)>,
}

impl Index {
    /// Reads every service of `catalog`. Linear in its text; a service that can't be read is left out.
    pub fn build(catalog: &Catalog) -> Self {
        build::build(catalog)
    }

    /// The same index without what it knows of meanings.
    pub fn by_words_only(mut self) -> Self {
        self.senses = None;
        self
    }
}

/// The largest of some scores; 0 where none is above it. Eight side by side: one after the other, each would wait for the last.
fn largest(scores: &[f32]) -> f32 {
    let (lanes, rest) = scores.as_chunks::<8>();
    let mut best = [0.0_f32; 8];
    for lane in lanes {
        best.iter_mut().zip(lane).for_each(|(best, score)| *best = if *score > *best { *score } else { *best });
    }
    best.iter().chain(rest).copied().fold(0.0, f32::max)
}
