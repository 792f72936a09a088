//! A vector of length one, and how it is kept.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Components of a vector.
pub const DIMENSIONS: usize = 384;

/// Where a text points. Of length one, or all zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Vector(Vec<f32>);

impl Vector {
    /// The direction of `components`, [`DIMENSIONS`] of them; missing ones are zero.
    pub fn pointing(mut components: Vec<f32>) -> Self {
        components.resize(DIMENSIONS, 0.0);
        let length = components.iter().map(|x| x * x).sum::<f32>().sqrt();
        if length > 1e-9 {
            components.iter_mut().for_each(|x| *x /= length);
        }
        Vector(components)
    }

    /// The components.
    pub fn components(&self) -> &[f32] {
        &self.0
    }

    /// The cosine of the angle between two: 1 for the same meaning, about 0 for nothing in common.
    pub fn cosine(&self, other: &Vector) -> f32 {
        self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum()
    }

    /// The direction between several, each with its weight.
    pub fn blend<'v>(parts: impl IntoIterator<Item = (f32, &'v Vector)>) -> Self {
        let mut sum = vec![0.0; DIMENSIONS];
        for (weight, vector) in parts {
            for (to, from) in sum.iter_mut().zip(&vector.0) {
                *to += weight * from;
            }
        }
        Vector::pointing(sum)
    }

    /// Each component in eight bits, the largest one as 127.
    pub fn to_bytes(&self) -> Vec<i8> {
        let largest = self.0.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
        let scale = if largest > 0.0 { 127.0 / largest } else { 0.0 };
        // Within ±127 by the scale, so that the cast cuts nothing off.
        self.0.iter().map(|x| (x * scale).round() as i8).collect()
    }

    /// From what [`Vector::to_bytes`] gave.
    pub fn from_bytes(bytes: &[i8]) -> Self {
        Vector::pointing(bytes.iter().map(|byte| f32::from(*byte)).collect())
    }

    /// [`Vector::to_bytes`] as text.
    pub fn to_text(&self) -> String {
        let bytes: Vec<u8> = self.to_bytes().into_iter().map(i8::cast_unsigned).collect();
        STANDARD_NO_PAD.encode(bytes)
    }

    /// From what [`Vector::to_text`] gave; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = STANDARD_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == DIMENSIONS)?;
        Some(Vector::from_bytes(&bytes.into_iter().map(u8::cast_signed).collect::<Vec<_>>()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_keeps_its_direction_in_eight_bits() {
        let vector = Vector::pointing((0..384_u16).map(|n| (f32::from(n) * 0.7).sin()).collect());
        let kept = Vector::from_text(&vector.to_text()).unwrap();
        assert!(vector.cosine(&kept) > 0.9999, "{}", vector.cosine(&kept));
        assert_eq!(kept.to_text(), vector.to_text(), "keeping it twice changes nothing");
        assert_eq!(Vector::from_text("no vector"), None);
    }

    #[test]
    fn nothing_points_nowhere() {
        let nowhere = Vector::pointing(Vec::new());
        assert_eq!(nowhere.cosine(&nowhere), 0.0);
        assert_eq!(Vector::from_text(&nowhere.to_text()), Some(nowhere));
    }
}
