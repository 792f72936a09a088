//! What a misspelt or unfinished word may have meant.

/// A word of the index as its texts spell it.
#[derive(Debug)]
pub(super) struct Surface {
    word: Box<str>,
    /// Which letters it holds: bit 0 for `a`. Two words `d` edits apart differ in at most `2 d` letters, so that most
    /// candidates fall without a table of distances.
    letters: u32,
    length: usize,
    /// How many documents spell it so.
    documents: u32,
    /// The term its stem is.
    pub(super) term: u32,
}

impl Surface {
    pub(super) fn new(word: String, term: u32, documents: u32) -> Self {
        Surface { letters: letters(&word), length: word.chars().count(), word: word.into(), documents, term }
    }

    pub(super) fn word(&self) -> &str {
        &self.word
    }
}

fn letters(word: &str) -> u32 {
    word.bytes().filter(u8::is_ascii_lowercase).fold(0, |bits, b| bits | 1 << (b - b'a'))
}

/// The words that `start` is the beginning of, the commonest first, at most three. `surfaces` is sorted by word.
pub(super) fn completions<'s>(start: &str, surfaces: &'s [Surface]) -> Vec<&'s Surface> {
    if start.chars().count() < 4 {
        return Vec::new();
    }
    let from = surfaces.partition_point(|s| s.word() < start);
    let mut found: Vec<_> = surfaces.iter().skip(from).take_while(|s| s.word().starts_with(start)).collect();
    found.sort_by(|a, b| b.documents.cmp(&a.documents).then_with(|| a.word.cmp(&b.word)));
    found.truncate(3);
    found
}

/// The nearest word: one edit off for four letters and more, two for eight and more. A swap of neighbours is one edit.
///
/// Among equals the one with the same first letter, then the commonest, then the first in the alphabet.
pub(super) fn correction<'s>(word: &str, surfaces: &'s [Surface]) -> Option<&'s Surface> {
    let wanted: Vec<char> = word.chars().collect();
    let budget = match wanted.len() {
        0..4 => return None,
        4..8 => 1,
        _ => 2,
    };
    let bits = letters(word);
    let first = wanted.first();
    surfaces
        .iter()
        .filter(|s| s.length >= 3 && s.length.abs_diff(wanted.len()) <= budget)
        .filter(|s| (s.letters ^ bits).count_ones() as usize <= 2 * budget)
        .filter_map(|s| Some((distance(&wanted, &s.word, budget)?, s)))
        .min_by(|(da, a), (db, b)| {
            let moved = |s: &Surface| s.word.chars().next().as_ref() != first;
            da.cmp(db)
                .then_with(|| moved(a).cmp(&moved(b)))
                .then_with(|| b.documents.cmp(&a.documents))
                .then_with(|| a.word.cmp(&b.word))
        })
        .map(|(_, s)| s)
}

/// Edits from one word to another (insert, delete, replace, swap neighbours); `None` above `budget`.
fn distance(a: &[char], b: &str, budget: usize) -> Option<usize> {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut left_letter = None;
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        let mut up_letter = None;
        for (j, y) in b.iter().enumerate() {
            let at = |cells: &[usize], k: usize| cells.get(k).copied().unwrap_or(usize::MAX - 1);
            let mut cell = (at(&above, j) + usize::from(x != y)).min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            if j > 0 && left_letter == Some(y) && up_letter == Some(x) {
                cell = cell.min(at(&before, j - 1) + 1);
            }
            row.push(cell);
            up_letter = Some(y);
        }
        if row.iter().all(|cell| *cell > budget) {
            return None;
        }
        before = std::mem::replace(&mut above, row);
        left_letter = Some(x);
    }
    above.last().copied().filter(|d| *d <= budget)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surfaces(words: &[&str]) -> Vec<Surface> {
        let mut all: Vec<_> = words.iter().map(|w| Surface::new((*w).to_owned(), 0, 1)).collect();
        all.sort_by(|a, b| a.word.cmp(&b.word));
        all
    }

    #[track_caller]
    fn check(word: &str, expected: Option<&str>) {
        let all = surfaces(&["weather", "leather", "pizza", "delivery", "restaurant", "ride", "taxi"]);
        assert_eq!(correction(word, &all).map(Surface::word), expected, "{word}");
    }

    #[test]
    fn a_slip_is_mended() {
        check("wether", Some("weather"));
        check("waether", Some("weather"));
        check("piza", Some("pizza"));
        check("restuarent", Some("restaurant"));
        check("delivrey", Some("delivery"));
        check("rdie", Some("ride"));
    }

    #[test]
    fn another_word_is_left_alone() {
        check("sunshine", None);
        check("tax", None);
        check("rude", Some("ride"));
        check("", None);
    }

    #[test]
    fn the_beginning_of_a_word_finds_it() {
        let all = surfaces(&["delivery", "deliver", "delicious", "ride"]);
        let words: Vec<_> = completions("deliv", &all).into_iter().map(Surface::word).collect();
        assert_eq!(words, ["deliver", "delivery"]);
        assert!(completions("del", &all).is_empty());
    }
}
