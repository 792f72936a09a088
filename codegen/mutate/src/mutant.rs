//! One mutant of a document, by its number.

use crate::rng::Rng;
use crate::slice::Original;
use crate::{change, text};

/// A changed document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// It.
    pub text: String,
    /// What was done, in order.
    pub changes: Vec<&'static str>,
    /// Whether it was made from the whole document, or from a slice.
    pub whole: bool,
}

impl Original {
    /// The mutant `number`: the same one for the same document, seed and number.
    pub fn mutant(&self, seed: u64, number: u64) -> Mutant {
        let mut rng = Rng::new(seed, &self.name, number);
        let whole = rng.once_in(rarity(self.text.len())) || self.root.is_none();
        let keep = if whole { None } else { self.choose(&mut rng) };
        let is_yaml = !self.text.trim_start().starts_with('{');
        let mut changes = Vec::new();
        if rng.once_in(4) || self.root.is_none() {
            let cut = keep.as_ref().and_then(|keep| self.cut(keep).or_else(|| Some(self.tree(keep)?.yaml())));
            let mut made = cut.unwrap_or_else(|| self.text.clone());
            for _ in 0..=rng.below(3) {
                changes.push(text::change(&mut made, &mut rng));
            }
            return Mutant { text: made, changes, whole: keep.is_none() };
        }
        let tree = keep.as_ref().and_then(|keep| self.tree(keep));
        let whole = tree.is_none();
        let mut tree =
            tree.or_else(|| self.root.as_ref().map(crate::Tree::of)).unwrap_or(crate::Tree::List(Vec::new()));
        // Few changes leave a document that passes the rules, and that the compiler goes through to its end.
        for _ in 0..=rng.skewed(4) {
            changes.push(change::change(&mut tree, &mut rng));
        }
        let made = if rng.once_in(4) != is_yaml { tree.yaml() } else { tree.json() };
        Mutant { text: made, changes, whole }
    }
}

/// How rare mutants of the whole are, so that they take about a tenth of the time.
fn rarity(bytes: usize) -> usize {
    match bytes {
        0..32_768 => 8,
        32_768..262_144 => 64,
        262_144..1_048_576 => 256,
        _ => 512,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str =
        "openapi: 3.0.3\npaths:\n  /a:\n    get:\n      responses: { '200': { description: Yes. } }\n";

    #[test]
    fn a_number_is_one_mutant_for_ever() {
        let original = Original::new("a.yaml", DOCUMENT);
        let mutants: Vec<Mutant> = (0..200).map(|number| original.mutant(1, number)).collect();
        for (number, mutant) in mutants.iter().enumerate() {
            assert_eq!(&Original::new("a.yaml", DOCUMENT).mutant(1, number as u64), mutant);
        }
        let texts: std::collections::BTreeSet<_> = mutants.iter().map(|mutant| &mutant.text).collect();
        assert!(texts.len() > 150, "{} texts", texts.len());
        assert!(mutants.iter().any(|mutant| mutant.whole) && mutants.iter().any(|mutant| !mutant.whole));
    }

    #[test]
    fn a_document_that_cannot_be_read_has_mutants_too() {
        for text in ["", "a: [", "\u{0}", "[]", "paths: 3"] {
            let original = Original::new("a.yaml", text);
            (0..100).for_each(|number| drop(original.mutant(1, number)));
        }
    }
}
