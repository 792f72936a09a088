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
    let pattern = Pattern::of(&wanted)?;
    let bits = letters(word);
    let first = wanted.first();
    surfaces
        .iter()
        .filter(|s| s.length >= 3 && s.length.abs_diff(wanted.len()) <= budget)
        .filter(|s| (s.letters ^ bits).count_ones() as usize <= 2 * budget)
        .map(|s| (pattern.distance(&s.word), s))
        .filter(|(distance, _)| *distance <= budget)
        .min_by(|(da, a), (db, b)| {
            let moved = |s: &Surface| s.word.chars().next().as_ref() != first;
            da.cmp(db)
                .then_with(|| moved(a).cmp(&moved(b)))
                .then_with(|| b.documents.cmp(&a.documents))
                .then_with(|| a.word.cmp(&b.word))
        })
        .map(|(_, s)| s)
}

/// Longer words are no slips of anything.
const LONGEST: usize = 64;

/// A word that others are compared with: for each letter, bit `n` is set where it is the word's letter `n`.
#[derive(Debug)]
struct Pattern {
    length: usize,
    ascii: [u64; 128],
    others: Vec<(char, u64)>,
}

impl Pattern {
    /// `None` for no letters, and for more than there are bits.
    fn of(word: &[char]) -> Option<Self> {
        if !(1..=LONGEST).contains(&word.len()) {
            return None;
        }
        let mut pattern = Pattern { length: word.len(), ascii: [0; 128], others: Vec::new() };
        for (at, letter) in word.iter().enumerate() {
            match pattern.ascii.get_mut(*letter as usize) {
                Some(bits) => *bits |= 1 << at,
                None => pattern.others.push((*letter, 1 << at)),
            }
        }
        Some(pattern)
    }

    fn bits(&self, letter: char) -> u64 {
        let others = || self.others.iter().filter(|(other, _)| *other == letter).fold(0, |all, (_, bits)| all | bits);
        self.ascii.get(letter as usize).copied().unwrap_or_else(others)
    }

    /// Edits to another word: insert, delete, replace, swap neighbours. A column of the table of distances is two words of
    /// bits, for where it goes up and where it goes down (Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and
    /// Damerau edit distances").
    fn distance(&self, other: &str) -> usize {
        let (mut up, mut down, mut diagonal, mut before) = (!0_u64, 0_u64, 0_u64, 0_u64);
        let (mut distance, last) = (self.length, 1_u64 << (self.length - 1));
        for letter in other.chars() {
            let here = self.bits(letter);
            let swapped = ((!diagonal & here) << 1) & before;
            diagonal = ((here & up).wrapping_add(up) ^ up) | here | down | swapped;
            let (right, left) = (down | !(diagonal | up), diagonal & up);
            distance += usize::from(right & last != 0);
            distance -= usize::from(left & last != 0);
            let (right, left) = (right << 1 | 1, left << 1);
            (up, down, before) = (left | !(diagonal | right), diagonal & right, here);
        }
        distance
    }
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

    proptest::proptest! {
        #[test]
        fn edits_are_counted_as_everybody_counts_them(a in "[abcü]{1,12}", b in "[abcü]{0,12}", long in "[ab]{60,66}") {
            let pattern = |word: &str| Pattern::of(&word.chars().collect::<Vec<_>>());
            proptest::prop_assert_eq!(pattern(&a).unwrap().distance(&b), strsim::osa_distance(&a, &b));
            let counted = pattern(&long).map(|pattern| pattern.distance(&a));
            proptest::prop_assert_eq!(counted, (long.len() <= LONGEST).then(|| strsim::osa_distance(&long, &a)));
        }
    }

    #[test]
    fn the_beginning_of_a_word_finds_it() {
        let all = surfaces(&["delivery", "deliver", "delicious", "ride"]);
        let words: Vec<_> = completions("deliv", &all).into_iter().map(Surface::word).collect();
        assert_eq!(words, ["deliver", "delivery"]);
        assert!(completions("del", &all).is_empty());
    }
}
