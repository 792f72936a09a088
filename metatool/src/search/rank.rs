//! Ranking: words and meanings into one order.

use super::meaning::Sense;
use super::query::Asked;
use super::{Found, Hit, Index, Indexed, SERVICE_FIELDS, largest};
use std::collections::BTreeSet;

/// A service's share of its best tool's score.
const TOOL_SHARE: f32 = 0.4;

/// A hit whose score by words is below this share of the best one's is noise, unless its meaning fits.
const FLOOR: f32 = 0.15;

/// The weight of the score by words beside a cosine, for a query of one word; longer queries add up more words, of which
/// more are found by chance, so that it falls with their root.
const WORDS: f32 = 0.03;

/// How much of the way to its best tool's meaning a service goes, where that is nearer than its own.
const TOOL_PULL: f32 = 0.5;

/// A request whose nearest service is farther than this has nothing to do with any.
const NEAREST: f32 = 0.2;

/// Whatever is this much farther than the nearest fits no more, as a share of its cosine. Words are a firmer sign.
const FARTHEST: f32 = 0.5;
const FARTHEST_BY_WORDS: f32 = 0.3;

/// A tool without any of the words fits from this cosine on.
const NEAR_TOOL: f32 = 0.35;

/// Scores that differ by less than this share of the best one are alike: then the better layer comes first.
const ALIKE: f32 = 0.01;

/// How well a document fits, by each way of looking.
#[derive(Debug, Clone, Copy)]
struct Fit {
    words: f32,
    /// Cosine; 0 where nothing was read.
    near: f32,
    score: f32,
}

/// A service with how many steps it is below the best one.
type Placed<'i> = (f32, (&'i Indexed, usize, Fit));

impl Index {
    /// The `most` services that fit `query` best, of one category where one is given (without regard to case).
    pub fn services(&self, query: &str, category: Option<&str>, most: usize) -> Found<Hit> {
        let asked = self.understand(query);
        let sense = self.sense(&asked);
        let tools = self.tools.score(&asked.weights());
        let all = self.fits(&asked, sense.as_ref(), &tools);
        let of_category = |indexed: &Indexed| category.is_none_or(|c| indexed.category.eq_ignore_ascii_case(c));
        let mut hits: Vec<(&Indexed, usize, Fit)> = self
            .entries
            .iter()
            .zip(all)
            .enumerate()
            .filter(|(_, (indexed, _))| of_category(indexed))
            .map(|(document, (indexed, fit))| (indexed, document, fit))
            .collect();
        let (words, near) = (best_of(&hits, |fit| fit.words), best_of(&hits, |fit| fit.near));
        let least = if sense.is_some() { FARTHEST_BY_WORDS } else { FLOOR };
        hits.retain(|(_, _, fit)| {
            let by_words = fit.words > 0.0 && fit.words >= words * least;
            by_words || (near >= NEAREST && fit.near >= near * FARTHEST)
        });
        let best = best_of(&hits, |fit| fit.score);
        let mut hits: Vec<_> = hits.into_iter().map(|hit| (place(best, hit.2.score), hit)).collect();
        // Only those that are told need an order.
        let order = |(a, (one, at, fit)): &Placed<'_>, (b, (other, there, fits)): &Placed<'_>| {
            let alike = a.total_cmp(b).then(one.layer.cmp(&other.layer));
            alike.then(fits.score.total_cmp(&fit.score)).then(at.cmp(there))
        };
        let total = hits.len();
        if most < total {
            hits.select_nth_unstable_by(most, order);
            hits.truncate(most);
        }
        hits.sort_unstable_by(order);
        let best = hits.into_iter().map(|(_, (indexed, document, fit))| {
            let why = self.why(&asked, document);
            Hit {
                entry: indexed.entry,
                score: fit.score,
                why: if why.is_empty() { "meaning".to_owned() } else { why },
                tools: fitting_tools(&asked, indexed, sense.as_ref(), &tools),
            }
        });
        Found { hits: best.collect(), total, corrected: asked.corrected.clone() }
    }

    /// The operations of one service that fit `query`. `entry` is its place among [`uaps_model::Catalog::entries`].
    pub fn tools(&self, entry: usize, query: &str) -> Found<usize> {
        let asked = self.understand(query);
        let Some(indexed) = self.entries.iter().find(|i| i.entry == entry) else { return Found::default() };
        let scores = self.tools.score(&asked.weights());
        let hits = fitting_tools(&asked, indexed, self.sense(&asked).as_ref(), &scores);
        Found { total: hits.len(), hits, corrected: asked.corrected }
    }

    /// What is near the query. Nothing, where none of its words is known to anybody: noise is near to something too.
    fn sense(&self, asked: &Asked) -> Option<Sense> {
        self.senses.as_ref().filter(|_| asked.has_sense).and_then(|senses| senses.read(&asked.text))
    }

    fn fits(&self, asked: &Asked, sense: Option<&Sense>, tools: &[f32]) -> Vec<Fit> {
        let own = self.services.score(&asked.weights());
        let fit = |(document, indexed): (usize, &Indexed)| {
            let best = largest(tools.get(indexed.tools.clone()).unwrap_or_default());
            let words = own.get(document).copied().unwrap_or_default() + TOOL_SHARE * best;
            match sense {
                None => Fit { words, near: 0.0, score: words },
                Some(sense) => {
                    let at = |cosines: &[f32]| cosines.get(document).copied().unwrap_or_default();
                    let (whole, best) = (at(&sense.services), sense.best_tool(indexed));
                    let pull = TOOL_PULL * (best - whole).max(0.0);
                    Fit { words, near: whole + pull, score: at(&sense.distinct) + pull + asked.share(words) }
                }
            }
        };
        self.entries.iter().enumerate().map(fit).collect()
    }

    /// Each word of the query under the weightiest field of the service that holds it.
    fn why(&self, asked: &Asked, document: usize) -> String {
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

/// How many steps a score is below the best one. Counted from the best, because whatever is near it must stand with it.
fn place(best: f32, score: f32) -> f32 {
    ((best - score) / (best * ALIKE).max(f32::MIN_POSITIVE)).floor()
}

fn best_of(hits: &[(&Indexed, usize, Fit)], of: fn(&Fit) -> f32) -> f32 {
    hits.iter().map(|(_, _, fit)| of(fit)).fold(0.0, f32::max)
}

impl Asked {
    /// A score by words as what it adds to a cosine.
    fn share(&self, words: f32) -> f32 {
        WORDS * words / (self.telling.max(1) as f32).sqrt()
    }
}

/// The tools of a service that fit, best first, counted from its first one.
fn fitting_tools(asked: &Asked, indexed: &Indexed, sense: Option<&Sense>, scores: &[f32]) -> Vec<usize> {
    let words = scores.get(indexed.tools.clone()).unwrap_or_default();
    let near = sense.map_or(&[][..], |sense| sense.of_tools(&indexed.tools));
    let fits = words.iter().copied().enumerate().map(|(at, words)| {
        let near = near.get(at).copied().unwrap_or_default();
        let score = if sense.is_some() { near + asked.share(words) } else { words };
        (at, Fit { words, near, score })
    });
    let mut found: Vec<(usize, Fit)> = fits.filter(|(_, fit)| fit.words > 0.0 || fit.near >= NEAR_TOOL).collect();
    found.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then(a.0.cmp(&b.0)));
    found.into_iter().map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_the_best_stands_with_it() {
        for best in (1..1000).map(|n| n as f32 / 137.0) {
            assert_eq!((place(best, best), place(best, best * 0.995)), (0.0, 0.0), "{best}");
            assert!(place(best, best * 0.985) > 0.0, "{best}");
        }
        assert_eq!(place(0.0, 0.0), 0.0);
    }
}
