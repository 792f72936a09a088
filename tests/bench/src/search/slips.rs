//! Queries as hasty fingers type them.

use super::Query;

/// Letters that a word has at least if a slip may be in it.
const SHORTEST: usize = 4;

/// Every query with one edit in one of its words. The same seed gives the same slips.
pub(super) fn slipped(queries: &[Query], seed: u64) -> Vec<Query> {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    queries.iter().map(|q| Query { text: slip(&q.text, &mut dice), service: q.service.clone() }).collect()
}

struct Dice(u64);

impl Dice {
    /// A number below `sides`; xorshift64* is random enough here.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap_or(0) % sides.max(1)
    }

    fn letter(&mut self) -> char {
        char::from(b'a' + u8::try_from(self.roll(26)).unwrap_or(0))
    }
}

fn slip(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let words = words(&letters);
    let Some((start, length)) = words.get(dice.roll(words.len())).copied() else { return text.to_owned() };
    let at = start + dice.roll(length);
    match dice.roll(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, dice.letter()),
        2 => letters.splice(at..=at, [dice.letter()]).for_each(drop),
        _ => {
            let at = at.min(start + length - 2);
            letters.swap(at, at + 1);
        }
    }
    letters.into_iter().collect()
}

/// Where each word starts, and how long it is.
fn words(letters: &[char]) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut start = 0;
    for part in letters.split(|c| !c.is_ascii_alphabetic()) {
        if part.len() >= SHORTEST {
            words.push((start, part.len()));
        }
        start += part.len() + 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_of_a_query_slips() {
        let query = |text: &str| Query { text: text.to_owned(), service: "x".to_owned() };
        let queries: Vec<Query> = (0..50).map(|_| query("is it going to rain tomorrow?")).collect();
        let slipped = slipped(&queries, 7);
        for Query { text, .. } in &slipped {
            let (before, after) = ("is it going to rain tomorrow?".split(' '), text.split(' '));
            assert!(before.zip(after).filter(|(before, after)| before != after).count() <= 1, "{text}");
        }
        assert!(slipped.iter().filter(|q| q.text != "is it going to rain tomorrow?").count() > 40);
        assert_eq!(super::slipped(&[query("a b?")], 7)[0].text, "a b?");
    }
}
