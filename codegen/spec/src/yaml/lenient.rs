//! What the parser refuses although it can mean only one thing, and other readers take it: a tab between a key and its
//! value, and lists and objects in brackets whose lines are indented by tabs or not at all, as pasted JSON is.
//!
//! Such a text is changed in place, byte for byte, so that every position stays what it was.

use super::Refusal;

/// How many places of one text are mended. Each costs another reading of it.
pub(super) const MOST: usize = 50;

/// The text with the place made readable at which it was refused; `None` where it is refused with reason.
pub(super) fn mend(text: &str, refusal: &Refusal) -> Option<String> {
    match refusal.info.as_str() {
        "':' must be followed by a valid YAML whitespace" => spaced(text, refusal.at),
        info if info.contains("invalid indentation") || info.contains("tabs disallowed") => {
            flattened(text, refusal.flow.or_else(|| bracket(text, refusal))?)
        }
        _ => None,
    }
}

/// The tabs before a place as spaces.
fn spaced(text: &str, at: usize) -> Option<String> {
    let before = text.get(..at)?;
    let start = before.trim_end_matches([' ', '\t']).len();
    replaced(text, &[(start, at)])
}

/// A bracket that opens behind what was understood: the parser looks ahead of what it tells.
fn bracket(text: &str, refusal: &Refusal) -> Option<usize> {
    let between = text.get(refusal.understood..refusal.at)?;
    let at = between.find(['{', '['])?;
    let before = between.get(..at)?;
    let opens = before.ends_with([' ', '\t', '\n', '\r']) && !before.contains(['"', '\'', '#', '|', '>']);
    opens.then_some(refusal.understood + at)
}

/// The list or object that opens at `start` on one line, where indentation means nothing.
fn flattened(text: &str, start: usize) -> Option<String> {
    let bytes = text.as_bytes();
    let mut blank = Vec::new();
    let mut depth = 0_usize;
    let mut at = start;
    // Quotes and comments mean something only where a value may begin, or behind white space.
    let mut before = b'{';
    let mut behind_space = false;
    loop {
        let byte = *bytes.get(at)?;
        let begins = matches!(before, b'{' | b'[' | b',' | b':');
        let from = at;
        at += 1;
        match byte {
            b'"' | b'\'' if begins => at = quoted_end(bytes, from)?,
            b'#' if behind_space => {
                at += bytes.get(at..)?.iter().position(|b| matches!(b, b'\n' | b'\r'))?;
                blank.push((from, at));
                continue;
            }
            b'\n' | b'\r' | b'\t' => blank.push((from, at)),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        behind_space = byte.is_ascii_whitespace();
        if !behind_space {
            before = byte;
        }
        if depth == 0 {
            return replaced(text, &blank);
        }
    }
}

/// One past the closing quote of the string that begins at `start`.
pub(super) fn quoted_end(bytes: &[u8], start: usize) -> Option<usize> {
    let quote = *bytes.get(start)?;
    let mut at = start + 1;
    loop {
        match *bytes.get(at)? {
            b'\\' if quote == b'"' => at += 2,
            // Two single quotes are one that is meant.
            byte if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// The text with ranges turned into spaces; `None` where that changes nothing.
fn replaced(text: &str, ranges: &[(usize, usize)]) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    for (start, end) in ranges {
        bytes.get_mut(*start..*end)?.fill(b' ');
    }
    String::from_utf8(bytes).ok().filter(|mended| mended != text)
}
