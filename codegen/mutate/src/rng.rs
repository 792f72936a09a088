//! Chance that can be repeated.

/// A stream of numbers that depends on nothing but what it was made from (SplitMix64).
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// The stream of the mutant `number` of the document `name`. Another document in the folder changes nothing for
    /// this one.
    pub fn new(seed: u64, name: &str, number: u64) -> Self {
        let name = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut rng = Rng(seed);
        for part in [name, number] {
            rng.0 = rng.next() ^ part;
        }
        rng
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number less than `end`; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or(0)
    }

    /// Mostly a small number, at times one near two to the `bits` less one.
    pub fn skewed(&mut self, bits: usize) -> usize {
        let end = 1 << self.below(bits);
        self.below(end)
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several; `None` of none.
    pub fn pick<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        of.get(self.below(of.len()))
    }

    /// One of several words; the empty one of none.
    pub fn word(&mut self, of: &[&'static str]) -> &'static str {
        self.pick(of).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_answer_and_others_have_others() {
        let stream = |seed, name, number| {
            let mut rng = Rng::new(seed, name, number);
            [rng.below(1000), rng.below(1000), rng.below(1000)]
        };
        assert_eq!(stream(1, "a.yaml", 0), stream(1, "a.yaml", 0));
        for other in [stream(2, "a.yaml", 0), stream(1, "b.yaml", 0), stream(1, "a.yaml", 1)] {
            assert_ne!(stream(1, "a.yaml", 0), other);
        }
        assert_eq!(Rng::new(1, "", 1).below(0), 0);
    }
}
