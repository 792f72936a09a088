//! Texts that need encoding somewhere.

use serde_json::{Map, Value};

/// Which characters a place can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Any.
    Any,
    /// Visible ASCII and spaces, without the comma that separates elements.
    Header,
    /// No character that separates the elements of a list in some style.
    Word,
}

/// Between them: every reserved character of RFC 3986, quotes, a percent sign, a plus, spaces, text of two to four bytes
/// a character, and what looks encoded already.
const ANY: &[&str] = &[
    "a b/c?d=e&f+g%20#[h]@i!",
    "naïve 日本 😀 \"quoted\" 'single' \\ ~",
    "1,2;3:4|5 100% $x (y) *z* -._~",
    "<tag attr=\"v\">^`{}</tag>",
];

const HEADER: &[&str] = &["a b/c?d=e&f+g%20#[h]", "\"quoted\" 'single' \\ ~", "1;3:4|5 100% $x (y) *z*"];

const WORD: &[&str] = &["a/b?c=d&e+f%20#[g]@h!", "naïve日本😀\"quoted\"\\~", "1;3:4100%$x(y)*z*"];

/// Bodies of bytes, as base64: text, none that is text, and one in the other alphabet.
pub(super) const BYTES: &[&str] = &["ZXhhbXBsZQ==", "AAECA/7/", "_v8", "DQotLQ0K"];

/// The `nth` text of an alphabet.
pub(super) fn text(alphabet: Alphabet, nth: usize) -> &'static str {
    let texts = match alphabet {
        Alphabet::Any => ANY,
        Alphabet::Header => HEADER,
        Alphabet::Word => WORD,
    };
    nth.checked_rem(texts.len()).and_then(|nth| texts.get(nth)).copied().unwrap_or_default()
}

/// A text for a schema that says nothing of its texts but their length. `None` where it says more.
pub(super) fn rich(schema: &Map<String, Value>, alphabet: Alphabet, nth: usize) -> Option<String> {
    if ["pattern", "format", "contentEncoding", "contentMediaType"].iter().any(|word| schema.contains_key(*word)) {
        return None;
    }
    let count = |keyword: &str| schema.get(keyword).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let (least, most) = (count("minLength").unwrap_or(0), count("maxLength").unwrap_or(usize::MAX));
    let text = text(alphabet, nth);
    let cycled: String = match text.chars().count() {
        0 => return None,
        length if length < least => text.chars().filter(|c| *c != ' ').cycle().take(least.min(4096)).collect(),
        _ => text.chars().take(most).collect(),
    };
    // A header's value has no space at either end.
    Some(cycled.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A whole number of either sign, one that a float can't hold among them, as far as the schema's bounds allow.
pub(super) fn integer(schema: &Map<String, Value>, nth: usize) -> Option<Value> {
    let most = match schema.get("format").and_then(Value::as_str) {
        Some("int8") => 127,
        Some("uint8") => 255,
        Some("int16") => 32_767,
        Some("uint16") => 65_535,
        Some("int32") => 2_147_483_647,
        Some("uint32") => 4_294_967_295,
        _ => 9_007_199_254_740_993,
    };
    let tries: &[i64] = match nth % 3 {
        0 => &[most, 1_000_000, 100, 10],
        1 => &[-7, 0, 3, 17],
        _ => &[0, 2, 5, 23],
    };
    tries.iter().copied().find(|n| within(schema, *n as f64)).map(Value::from)
}

/// A number with a fraction, of either sign, or a large one.
pub(super) fn number(schema: &Map<String, Value>, nth: usize) -> Option<Value> {
    let tries: &[f64] = match nth % 3 {
        0 => &[0.1, 12.5, 1234.5],
        1 => &[-1234.5678, 0.25, 55.75],
        _ => &[1.5e21, 1.25],
    };
    tries.iter().copied().find(|n| within(schema, *n)).map(Value::from)
}

fn within(schema: &Map<String, Value>, n: f64) -> bool {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    bound("minimum").is_none_or(|least| n >= least)
        && bound("exclusiveMinimum").is_none_or(|least| n > least)
        && bound("maximum").is_none_or(|most| n <= most)
        && bound("exclusiveMaximum").is_none_or(|most| n < most)
        && bound("multipleOf").is_none_or(|step| n % step == 0.0)
}
