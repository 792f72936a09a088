//! The search over services and their tools: lexical, in process, built once on first use.
//!
//! Services and tools are two collections of documents over one vocabulary. A service's score is its own (name, tags,
//! category, description, facts, the names of all its tools) plus a share of its best tool's, so that one fitting tool
//! among hundreds is not drowned. Every score is worked out when the index is built; a query only adds them up.

mod build;
mod postings;
mod query;
mod spelling;
mod words;

use postings::{Field, Postings};
use spelling::Surface;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use uaps_model::Catalog;

/// The fields of a service, in the order of their bits.
static SERVICE_FIELDS: [Field; 7] = [
    Field { name: "name", weight: 3.0, b: 0.3 },
    Field { name: "tags", weight: 2.5, b: 0.5 },
    Field { name: "category", weight: 2.0, b: 0.0 },
    Field { name: "description", weight: 1.5, b: 0.6 },
    Field { name: "tools", weight: 1.0, b: 0.75 },
    Field { name: "facts", weight: 0.4, b: 0.75 },
    Field { name: "tool descriptions", weight: 0.3, b: 0.75 },
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

/// A service's share of its best tool's score.
const TOOL_SHARE: f32 = 0.4;

/// A hit below this share of the best one's score is noise.
const FLOOR: f32 = 0.15;

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
}

/// A service of the index.
#[derive(Debug)]
struct Indexed {
    /// Its place among [`Catalog::entries`].
    entry: usize,
    /// Its tools among the tool documents, in the order of its operations.
    tools: Range<usize>,
    category: Box<str>,
}

/// A service that fits a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hit {
    /// Its place among [`Catalog::entries`].
    pub entry: usize,
    /// How well it fits; comparable within one query only.
    pub score: f32,
    /// Which words were found, and where: `name: weather; tools: forecast`.
    pub why: String,
    /// The operations that fit, best first.
    pub tools: Vec<usize>,
}

/// The answer to a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found<T> {
    /// What fits, best first; equals in the catalogue's order.
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

    /// The `most` services that fit `query` best, of one category where one is given (without regard to case).
    pub fn services(&self, query: &str, category: Option<&str>, most: usize) -> Found<Hit> {
        let asked = self.understand(query);
        let own = self.services.score(&asked.weights());
        let tools = self.tools.score(&asked.weights());
        let mut hits: Vec<(usize, f32)> = Vec::new();
        for (document, (indexed, own)) in self.entries.iter().zip(&own).enumerate() {
            if category.is_some_and(|c| !indexed.category.eq_ignore_ascii_case(c)) {
                continue;
            }
            let best = tools.get(indexed.tools.clone()).unwrap_or_default().iter().copied().fold(0.0, f32::max);
            let score = own + TOOL_SHARE * best;
            if score > 0.0 {
                hits.push((document, score));
            }
        }
        hits.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let floor = hits.first().map_or(0.0, |(_, best)| best * FLOOR);
        let total = hits.partition_point(|(_, score)| *score >= floor);
        let best = hits.into_iter().take(total.min(most)).filter_map(|(document, score)| {
            let indexed = self.entries.get(document)?;
            let why = self.why(&asked, document);
            Some(Hit { entry: indexed.entry, score, why, tools: ranked(&tools, indexed.tools.clone()) })
        });
        Found { hits: best.collect(), total, corrected: asked.corrected }
    }

    /// The operations of one service that fit `query`. `entry` is its place among [`Catalog::entries`].
    pub fn tools(&self, entry: usize, query: &str) -> Found<usize> {
        let asked = self.understand(query);
        let Some(indexed) = self.entries.iter().find(|i| i.entry == entry) else { return Found::default() };
        let scores = self.tools.score(&asked.weights());
        let hits = ranked(&scores, indexed.tools.clone());
        Found { total: hits.len(), hits, corrected: asked.corrected }
    }

    /// Each word of the query under the weightiest field of the service that holds it.
    fn why(&self, asked: &query::Asked, document: usize) -> String {
        let mut found: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); SERVICE_FIELDS.len()];
        for term in &asked.terms {
            let postings = self.services.of(term.id);
            let Ok(at) = postings.binary_search_by(|p| (p.document as usize).cmp(&document)) else { continue };
            let field = postings.get(at).map_or(0, |p| p.fields.trailing_zeros() as usize);
            if let Some(words) = found.get_mut(field) {
                words.insert(&term.word);
            }
        }
        let parts = SERVICE_FIELDS.iter().zip(found).filter(|(_, words)| !words.is_empty());
        let parts = parts.map(|(f, words)| format!("{}: {}", f.name, words.into_iter().collect::<Vec<_>>().join(", ")));
        parts.collect::<Vec<_>>().join("; ")
    }
}

/// The documents of `range` with a score, best first, counted from the range's start.
fn ranked(scores: &[f32], range: Range<usize>) -> Vec<usize> {
    let mut found: Vec<(usize, f32)> =
        scores.get(range).unwrap_or_default().iter().copied().enumerate().filter(|(_, score)| *score > 0.0).collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    found.into_iter().map(|(at, _)| at).collect()
}
