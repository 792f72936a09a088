//! From the bytes of a file to its text.

use crate::{Diagnostic, Sources, Span, codes};

/// The text that bytes stand for. Only UTF-8 is read: a document stays byte for byte as it came, and is hashed as text.
///
/// # Errors
/// A finding at the first byte that is no text; what can be read of the file is added to `sources` so that it can be shown.
pub fn decode(sources: &mut Sources, path: &str, bytes: Vec<u8>) -> Result<String, Box<Diagnostic>> {
    let error = |sources: &mut Sources, readable: String, at: usize, message: String, help: &str| {
        let file = sources.add(path, readable);
        let span = Span { file, start: at, end: at };
        Err(Box::new(Diagnostic::error(codes::SYNTAX, message, span).help(help)))
    };
    if let Some(name) = wide(&bytes) {
        let help = format!("save it as UTF-8: `iconv -f {name} -t UTF-8`, or your editor's \"save with encoding\"");
        return error(sources, String::new(), 0, format!("this file is {name} text, and UTF-8 is needed"), &help);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(wrong) => {
            let at = wrong.utf8_error().valid_up_to();
            let byte = wrong.as_bytes().get(at).copied().unwrap_or_default();
            let readable = String::from_utf8_lossy(wrong.as_bytes()).into_owned();
            let message = format!("this file is no UTF-8 text: the byte 0x{byte:02X} stands here");
            let help = "save it as UTF-8; it may be in an older encoding such as Latin-1 or Windows-1252";
            error(sources, readable, at, message, help)
        }
    }
}

/// The name of an encoding with more than one byte a character, told by its mark or by the zeros beside ASCII.
fn wide(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [_, 0, 0, 0, ..] => Some("UTF-32LE"),
        [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, _, ..] => Some("UTF-32BE"),
        [0xff, 0xfe, ..] | [1..=255, 0, 1..=255, 0, ..] => Some("UTF-16LE"),
        [0xfe, 0xff, ..] | [0, 1..=255, 0, 1..=255, ..] => Some("UTF-16BE"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        let mut sources = Sources::default();
        let said = match decode(&mut sources, "a.yaml", bytes.to_vec()) {
            Ok(text) => text,
            Err(found) => format!("{}: {}", sources.locate(found.primary.span), found.message),
        };
        assert_eq!(said, expected);
    }

    #[test]
    fn only_utf_8_is_text() {
        check("\u{feff}a: é".as_bytes(), "\u{feff}a: é");
        check(b"", "");
        check(b"\xff\xfea\0:\0", "a.yaml:1:1: this file is UTF-16LE text, and UTF-8 is needed");
        check(b"\xfe\xff\0a\0:", "a.yaml:1:1: this file is UTF-16BE text, and UTF-8 is needed");
        check(b"{\0\"\0", "a.yaml:1:1: this file is UTF-16LE text, and UTF-8 is needed");
        check(b"\xff\xfe\0\0a\0\0\0", "a.yaml:1:1: this file is UTF-32LE text, and UTF-8 is needed");
        check(b"a: 1\nb: caf\xe9\n", "a.yaml:2:7: this file is no UTF-8 text: the byte 0xE9 stands here");
    }
}
