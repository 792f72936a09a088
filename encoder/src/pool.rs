//! One vector of a text's many.

use crate::vector::Vector;
use crate::wordpiece::Token;

/// What a token counts that says little of what a text is about: "the", a comma, the text's two ends.
const FAINT: f32 = 0.3;

/// The mean of the tokens' vectors, in which words that tell nothing count less.
pub(crate) fn pool(tokens: &[Token<'_>], hidden: &[f32]) -> Vector {
    let mut sum = vec![0.0; crate::DIMENSIONS];
    for (token, vector) in tokens.iter().zip(hidden.chunks_exact(crate::DIMENSIONS)) {
        let weight = if is_faint(token.text) { FAINT } else { 1.0 };
        for (to, from) in sum.iter_mut().zip(vector) {
            *to += weight * from;
        }
    }
    Vector::pointing(sum)
}

fn is_faint(token: &str) -> bool {
    uaps_model::is_filler(token) || !token.ends_with(char::is_alphanumeric)
}
