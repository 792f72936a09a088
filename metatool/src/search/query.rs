//! A request in plain words, as terms of the index.

use super::{Index, reading, spelling, words};
use std::collections::BTreeSet;
use uaps_model::{is_filler, words as split};

/// Characters of a query that are read; a longer one is a document.
const MAX_CHARS: usize = 600;
/// Words of a query that are looked up.
const MAX_WORDS: usize = 64;

/// How much a word counts that was guessed rather than found.
const GUESSED: f32 = 0.8;
/// The same for each of the words that an unfinished one may become.
const COMPLETED: f32 = 0.6;

/// A term to look for.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) id: u32,
    /// The word it is shown as.
    pub(super) word: String,
    weight: f32,
}

/// A query that was understood.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) terms: Vec<Term>,
    /// As typed, as understood.
    pub(super) corrected: Vec<(String, String)>,
    /// How many of its words say something.
    pub(super) telling: usize,
    /// Whether any of its words is known.
    pub(super) has_sense: bool,
    /// It as it was typed, but for slips.
    pub(super) text: String,
}

impl Asked {
    pub(super) fn weights(&self) -> Vec<(u32, f32)> {
        self.terms.iter().map(|t| (t.id, t.weight)).collect()
    }

    fn push(&mut self, id: u32, word: &str, weight: f32) {
        if !self.terms.iter().any(|t| t.id == id) {
            self.terms.push(Term { id, word: word.to_owned(), weight });
        }
    }
}

impl Index {
    /// Known words first; then two neighbours written apart (`ride share`); then beginnings; then slips.
    pub(super) fn understand(&self, query: &str) -> Asked {
        let text: String = query.chars().take(MAX_CHARS).collect();
        let all = split(&text);
        let telling: Vec<String> = all.iter().filter(|w| !is_filler(w)).cloned().collect();
        // "what can you do" is nothing but stop words, and still a question.
        let mut words = if telling.is_empty() { all } else { telling };
        words.truncate(MAX_WORDS);
        let mut asked = Asked { telling: words.len(), ..Asked::default() };
        let mut joined = BTreeSet::new();
        for pair in words.windows(2) {
            let together = pair.concat();
            if let Some(id) = self.terms.get(words::stem(&together).as_str()) {
                asked.push(*id, &together, 1.0);
                joined.extend(pair.iter().cloned());
            }
        }
        for word in &words {
            if let Some(id) = self.terms.get(words::stem(word).as_str()) {
                asked.push(*id, word, 1.0);
            } else if self.senses.is_some() && reading::knows(word) {
                // A word of the language that no service uses: its meaning is looked for, not its neighbour.
                asked.has_sense = true;
            } else if !joined.contains(word) {
                self.guess(word, &mut asked);
            }
        }
        asked.has_sense |= !asked.terms.is_empty();
        asked.text = mended(&text, &asked.corrected);
        asked
    }

    fn guess(&self, word: &str, asked: &mut Asked) {
        let completions = spelling::completions(word, &self.surfaces);
        for surface in &completions {
            asked.push(surface.term, surface.word(), COMPLETED);
        }
        if completions.is_empty()
            && let Some(surface) = spelling::correction(word, &self.surfaces)
        {
            asked.push(surface.term, surface.word(), GUESSED);
            asked.corrected.push((word.to_owned(), surface.word().to_owned()));
        }
    }
}

/// The text with slips mended. What stands in capitals is an abbreviation, which nobody knows better than who wrote it.
fn mended(text: &str, corrected: &[(String, String)]) -> String {
    if corrected.is_empty() {
        return text.to_owned();
    }
    let parts = text.split_inclusive(|c: char| !c.is_alphanumeric());
    let mended = parts.map(|part| {
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        let shouts = word.chars().all(|c| !c.is_lowercase());
        let known = corrected.iter().find(|(typed, _)| !shouts && *typed == word.to_lowercase());
        match (known, part.strip_prefix(word)) {
            (Some((_, meant)), Some(end)) => format!("{meant}{end}"),
            _ => part.to_owned(),
        }
    });
    mended.collect()
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn slips_are_mended_where_they_stand() {
        let corrected = [("wether".to_owned(), "weather".to_owned()), ("abx".to_owned(), "abc".to_owned())];
        assert_eq!(mended("Wether, in ABX (wether)?", &corrected), "weather, in ABX (weather)?");
        assert_eq!(mended("", &corrected), "");
    }
}
