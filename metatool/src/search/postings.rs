//! An inverted index with field-weighted BM25 scores worked out in advance.

use std::collections::HashMap;

/// How much a field of a document weighs, and how much its length is held against it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// What people call it, in answers to "why".
    pub(super) name: &'static str,
    /// Factor on the frequency of a term in it.
    pub(super) weight: f32,
    /// 0: its length does not matter; 1: a term counts by its share of the field.
    pub(super) b: f32,
}

/// Where frequency stops to matter much.
const K1: f32 = 1.2;

/// A term in a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posting {
    pub(super) document: u32,
    /// The term's share of the document's score.
    pub(super) impact: f32,
    /// Bit `f` is set where field `f` holds the term.
    pub(super) fields: u8,
}

/// For each term, the documents that hold it, in their order.
#[derive(Debug, Default)]
pub(super) struct Postings {
    /// Where a term's entries begin; one more than there are terms.
    starts: Vec<u32>,
    entries: Vec<Posting>,
    pub(super) documents: usize,
}

impl Postings {
    /// The documents that hold `term`.
    pub(super) fn of(&self, term: u32) -> &[Posting] {
        let start = |at: usize| self.starts.get(at).map_or(self.entries.len(), |s| *s as usize);
        let at = term as usize;
        if at + 1 >= self.starts.len() {
            return &[];
        }
        self.entries.get(start(at)..start(at + 1)).unwrap_or_default()
    }

    /// Adds each term's share, times its weight, to the scores of the documents.
    pub(super) fn score(&self, terms: &[(u32, f32)]) -> Vec<f32> {
        let mut scores = vec![0.0; self.documents];
        for (term, weight) in terms {
            for posting in self.of(*term) {
                if let Some(score) = scores.get_mut(posting.document as usize) {
                    *score += posting.impact * weight;
                }
            }
        }
        scores
    }
}

/// Collects occurrences, then weighs them.
#[derive(Debug)]
pub(super) struct Builder {
    fields: &'static [Field],
    /// (term, document, field), one an occurrence.
    occurrences: Vec<(u32, u32, u8)>,
    /// Length of each field of each document, in terms.
    lengths: Vec<u32>,
    /// Factor on the scores of each document.
    priors: Vec<f32>,
}

impl Builder {
    /// At most eight fields.
    pub(super) fn new(fields: &'static [Field]) -> Self {
        Builder { fields, occurrences: Vec::new(), lengths: Vec::new(), priors: Vec::new() }
    }

    /// Starts a document and gives its number. `prior` says how welcome it is among equals: 1 for most.
    pub(super) fn document(&mut self, prior: f32) -> u32 {
        let number = self.priors.len();
        self.priors.push(prior);
        self.lengths.resize(self.lengths.len() + self.fields.len(), 0);
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// Puts a term into field number `field` of the newest document.
    pub(super) fn add(&mut self, document: u32, field: usize, term: u32) {
        let at = document as usize * self.fields.len() + field;
        if let (Some(length), Ok(field)) = (self.lengths.get_mut(at), u8::try_from(field)) {
            *length += 1;
            self.occurrences.push((term, document, field));
        }
    }

    /// Weighs every occurrence. `terms` is how many terms the vocabulary has.
    pub(super) fn finish(mut self, terms: usize) -> Postings {
        let documents = self.priors.len();
        let averages = self.averages(documents);
        self.occurrences.sort_unstable();
        let mut in_documents: HashMap<u32, u32> = HashMap::new();
        let mut grouped: Vec<(u32, Posting)> = Vec::new();
        for group in self.occurrences.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let Some((term, document, _)) = group.first().copied() else { continue };
            let mut weighed = 0.0;
            let mut bits = 0u8;
            for same in group.chunk_by(|a, b| a.2 == b.2) {
                let Some((_, _, field)) = same.first() else { continue };
                let number = usize::from(*field);
                let (Some(spec), Some(average)) = (self.fields.get(number), averages.get(number)) else { continue };
                let length = self.lengths.get(document as usize * self.fields.len() + number).copied().unwrap_or(0);
                let norm = 1.0 - spec.b + spec.b * length as f32 / average.max(1.0);
                weighed += spec.weight * same.len() as f32 / norm;
                bits |= 1u8.checked_shl(u32::from(*field)).unwrap_or(0);
            }
            *in_documents.entry(term).or_default() += 1;
            let prior = self.priors.get(document as usize).copied().unwrap_or(1.0);
            let impact = prior * weighed * (K1 + 1.0) / (K1 + weighed);
            grouped.push((term, Posting { document, impact, fields: bits }));
        }
        let mut postings = Postings { starts: Vec::with_capacity(terms + 1), entries: Vec::new(), documents };
        let mut rest = grouped.into_iter().peekable();
        for term in 0..terms {
            postings.starts.push(u32::try_from(postings.entries.len()).unwrap_or(u32::MAX));
            let holding = u32::try_from(term).ok().and_then(|t| in_documents.get(&t)).copied().unwrap_or(0) as f32;
            let rarity = (1.0 + (documents as f32 - holding + 0.5) / (holding + 0.5)).ln();
            while let Some((_, mut posting)) = rest.next_if(|(t, _)| *t as usize == term) {
                posting.impact *= rarity;
                postings.entries.push(posting);
            }
        }
        postings.starts.push(u32::try_from(postings.entries.len()).unwrap_or(u32::MAX));
        postings
    }

    fn averages(&self, documents: usize) -> Vec<f32> {
        let mut sums = vec![0u64; self.fields.len()];
        for lengths in self.lengths.chunks(self.fields.len().max(1)) {
            for (sum, length) in sums.iter_mut().zip(lengths) {
                *sum += u64::from(*length);
            }
        }
        sums.iter().map(|sum| *sum as f32 / documents.max(1) as f32).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static FIELDS: [Field; 2] =
        [Field { name: "name", weight: 3.0, b: 0.5 }, Field { name: "description", weight: 1.0, b: 0.75 }];

    #[test]
    fn a_term_in_a_heavy_field_counts_more_and_a_rare_one_too() {
        let mut builder = Builder::new(&FIELDS);
        let (first, second, third) = (builder.document(1.0), builder.document(1.0), builder.document(1.0));
        for (document, field, term) in [(first, 0, 0), (second, 1, 0), (first, 1, 1), (second, 1, 1), (third, 1, 1)] {
            builder.add(document, field, term);
        }
        let postings = builder.finish(2);
        let scores = postings.score(&[(0, 1.0)]);
        assert!(scores[0] > scores[1] && scores[1] > scores[2], "{scores:?}");
        assert_eq!(scores[2], 0.0);
        assert!(postings.of(0)[1].impact > postings.of(1)[1].impact, "the rarer term weighs more");
        assert_eq!(postings.of(0)[0].fields, 0b01);
        assert!(postings.of(7).is_empty());
    }
}
