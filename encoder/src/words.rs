//! Vectors of common words: `assets/words.bin`, which `examples/words.rs` makes of `assets/words.txt`.

use crate::{Broken, DIMENSIONS, Vector};

/// The common words, each with its direction.
#[derive(Debug)]
pub struct Words<'w> {
    words: Vec<&'w str>,
    /// [`DIMENSIONS`] bytes a word.
    vectors: &'w [u8],
}

impl Words<'static> {
    /// The words that are linked in.
    #[cfg(feature = "words")]
    pub fn linked() -> Result<Self, Broken> {
        Words::new(include_str!("../assets/words.txt"), include_bytes!("../assets/words.bin"))
    }
}

impl<'w> Words<'w> {
    /// Words, one a line, and their vectors, one after the other.
    pub fn new(words: &'w str, vectors: &'w [u8]) -> Result<Self, Broken> {
        let words: Vec<&str> = words.lines().collect();
        let fits = vectors.len() == words.len() * DIMENSIONS;
        fits.then_some(Words { words, vectors }).ok_or(Broken("the common words and their vectors don't fit together"))
    }

    /// The `most` words that point most nearly where `vector` does, the nearest first; none that tells nothing.
    pub fn nearest(&self, vector: &Vector, most: usize) -> Vec<&'w str> {
        self.near(vector, most).into_iter().map(|(word, _)| word).collect()
    }

    /// Where those words point together.
    pub(crate) fn around(&self, vector: &Vector, most: usize) -> Vector {
        let near: Vec<Vector> = self.near(vector, most).into_iter().map(|(_, bytes)| from_bytes(bytes)).collect();
        Vector::blend(near.iter().map(|vector| (1.0, vector)))
    }

    fn near(&self, vector: &Vector, most: usize) -> Vec<(&'w str, &'w [u8])> {
        let telling = self.words.iter().zip(self.vectors.chunks_exact(DIMENSIONS));
        let telling = telling.filter(|(word, _)| !uaps_model::is_filler(word));
        let mut near: Vec<(f32, &str, &[u8])> =
            telling.map(|(word, bytes)| (cosine(vector, bytes), *word, bytes)).collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        near.into_iter().take(most).map(|(_, word, bytes)| (word, bytes)).collect()
    }
}

fn from_bytes(bytes: &[u8]) -> Vector {
    Vector::from_bytes(&bytes.iter().map(|byte| byte.cast_signed()).collect::<Vec<_>>())
}

fn cosine(vector: &Vector, bytes: &[u8]) -> f32 {
    let (mut along, mut length) = (0.0, 0.0);
    for (x, byte) in vector.components().iter().zip(bytes) {
        let y = f32::from(byte.cast_signed());
        along += x * y;
        length += y * y;
    }
    along / length.max(1.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_words_come_first_without_fillers() {
        let towards = |at: usize| {
            let mut components = vec![0.1; DIMENSIONS];
            components[at] = 9.0;
            Vector::pointing(components)
        };
        let bytes: Vec<u8> =
            [0, 1, 0].into_iter().flat_map(|at| towards(at).to_bytes()).map(i8::cast_unsigned).collect();
        let words = Words::new("rain\nmoney\nthe\n", &bytes).unwrap();
        assert_eq!(words.nearest(&towards(0), 9), ["rain", "money"]);
        assert_eq!(words.nearest(&towards(1), 1), ["money"]);
        assert!(words.around(&towards(0), 1).cosine(&towards(0)) > 0.98);
        assert!(Words::new("rain\n", &bytes).is_err());
    }
}
