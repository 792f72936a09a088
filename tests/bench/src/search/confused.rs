//! Which services are taken for which.

use super::subject::Subject;
use super::{HITS, Query};
use metatool::search::Index;
use std::collections::BTreeMap;

/// Prints how far down the right service stands where it is not the first, and the pairs that are confused most often.
pub(super) fn print(index: &Index, subject: &Subject, queries: &[Query], most: usize) {
    let mut pairs: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    let (mut later, mut nowhere) = (0_usize, 0_usize);
    for query in queries {
        let found = index.services(&query.text, None, HITS);
        match found.hits.iter().position(|hit| subject.is_at(&query.service, hit.entry)) {
            Some(0) => continue,
            Some(_) => later += 1,
            None => nowhere += 1,
        }
        let first = found.hits.first().and_then(|hit| subject.name(hit.entry)).unwrap_or("nothing");
        pairs.entry((&query.service, first)).or_default().push(&query.text);
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by(|(a, of_a), (b, of_b)| of_b.len().cmp(&of_a.len()).then(a.cmp(b)));
    println!("\nNot the first of the hits: {later} times among the first {HITS}, {nowhere} times not. Most often:");
    for ((right, first), queries) in pairs.iter().take(most) {
        let example = queries.first().copied().unwrap_or_default();
        println!("{:>6}  {right} is taken for {first}, as in: {example}", queries.len());
    }
}
