//! Percent-encoding after RFC 3986.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but the unreserved characters.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// As [`STRICT`], and the dot too, because the `label` style separates with dots.
const DOTLESS: &AsciiSet = &STRICT.add(b'.');

/// `allowReserved`: the reserved characters that mean nothing in a query stay. `#` would end the query, `&` and `+` would
/// change its pairs, and square brackets are not allowed there at all.
const RESERVED: &AsciiSet = &STRICT
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// Literal text of a path template: only what can't stand in a path.
const LITERAL: &AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'\\')
    .add(b'^')
    .add(b'|');

/// Encodes all but letters, digits and `-._~`.
pub fn strict(text: &str) -> String {
    utf8_percent_encode(text, STRICT).to_string()
}

/// Encodes all but letters, digits and `-_~`.
pub fn dotless(text: &str) -> String {
    utf8_percent_encode(text, DOTLESS).to_string()
}

/// Encodes what `allowReserved` must still encode.
pub fn reserved(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Encodes what a template's own text may hold but a URL may not.
pub fn literal(text: &str) -> String {
    utf8_percent_encode(text, LITERAL).to_string()
}

/// Decodes once. `None` where the bytes are not UTF-8.
pub fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(|t| t.into_owned())
}
