//! The encoder against the model it was made of: the expected cosines are those that the original weights give in
//! floating point, with the same weights of words.

#![allow(clippy::unwrap_used, reason = "a test that can not go on fails")]

use encoder::{Encoder, Vector, model};
use std::sync::LazyLock;

static ENCODER: LazyLock<Encoder<'static>> = LazyLock::new(|| Encoder::new(model()).unwrap());

/// What rounding to seven and eight bits may cost.
const TOLERANCE: f32 = 0.03;

#[track_caller]
fn check(one: &str, other: &str, expected: f32) {
    let cosine = ENCODER.encode(one).cosine(&ENCODER.encode(other));
    assert!((cosine - expected).abs() < TOLERANCE, "{one} | {other}: {cosine}, not {expected}");
}

#[test]
fn meanings_are_as_near_as_the_model_says() {
    check("dinner at home tonight", "Restaurants that deliver meals to your door", 0.4086);
    check("dinner at home tonight", "Exchange rates of the central bank", 0.0586);
    check("Will I need an umbrella in Zürich?", "Global weather forecasts and climate data", 0.1529);
    check("how much is a euro in yen", "Exchange rates of the central bank", 0.3930);
    check("taxi to the airport", "Request a ride", 0.2994);
    check("don't know", "The quick brown fox", 0.0862);
}

/// Kernels work on tiles of rows, so that a text of many tokens takes other ways than one of few.
#[test]
fn meanings_of_long_texts_too() {
    let hungry = "I would like to have something warm to eat delivered to my office in the next hour, please, for four \
                  people and one child";
    let food = "Restaurants that deliver pizza, sushi and other meals to your door, with prices, opening hours and the \
                time until the courier is there";
    let rain = "rain ".repeat(60) + "umbrella";
    check(hungry, food, 0.4516);
    check(food, "Exchange rates of the central bank", 0.0142);
    check(&rain, food, 0.1053);
    check(&rain, "Global weather forecasts and climate data", 0.2295);
}

#[test]
fn a_vector_is_the_models() {
    let vector = ENCODER.encode("taxi to the airport");
    for (is, expected) in vector.components().iter().zip([0.0241, 0.0438, -0.0373, 0.0912, 0.0091, -0.0126]) {
        assert!((is - expected).abs() < 0.015, "{is}, not {expected}");
    }
    let length: f32 = vector.components().iter().map(|x| x * x).sum();
    assert!((length - 1.0).abs() < 1e-5);
}

#[test]
fn the_same_text_has_the_same_vector() {
    let again = Encoder::new(model()).unwrap();
    assert_eq!(again.encode("a table for two"), ENCODER.encode("a table for two"));
    assert_eq!(again.encode("A TABLE for two"), ENCODER.encode("a table for two"));
}

#[test]
fn any_text_has_a_vector() {
    for text in ["", " ", "\u{0}", "💥💥", "中国", "naïve", "antidisestablishmentarianism", &"long ".repeat(10_000)]
    {
        let vector: Vector = ENCODER.encode(text);
        assert!(vector.components().iter().all(|x| x.is_finite()), "{text}");
    }
}

#[test]
fn words_are_known_or_not() {
    assert!(ENCODER.knows("weather") && !ENCODER.knows("wether") && !ENCODER.knows("xyzzy"));
}

#[test]
fn a_damaged_model_is_refused() {
    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        let error = Encoder::new(bytes).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    check(b"", "the encoder's model is damaged: it does not start as one");
    check(&model()[..100], "the encoder's model is damaged: it ends early");
    check(&model()[..model().len() - 1], "the encoder's model is damaged: it ends early");
    check(&[model(), b"x"].concat(), "the encoder's model is damaged: it goes on after its end");
}
