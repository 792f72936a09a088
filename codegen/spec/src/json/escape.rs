//! Strings that break the rules of JSON and can still be read.

/// A string literal with its control characters escaped, and each half of a surrogate pair that stands alone replaced.
pub(super) fn mend(literal: &str) -> String {
    let mut mended = String::with_capacity(literal.len() + 16);
    let mut rest = literal;
    while let Some(next) = rest.chars().next() {
        let taken = match next {
            '\\' => escape(rest, &mut mended),
            c if c < ' ' => {
                mended.push_str(&format!("\\u{:04x}", u32::from(c)));
                1
            }
            c => {
                mended.push(c);
                c.len_utf8()
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    mended
}

/// Copies the escape that a text begins with; how many bytes it takes.
fn escape(text: &str, mended: &mut String) -> usize {
    let length = match unit(text) {
        Some(0xd800..0xdc00) if matches!(text.get(6..).and_then(unit), Some(0xdc00..0xe000)) => 12,
        Some(0xd800..0xe000) => {
            mended.push_str("\\ufffd");
            return 6;
        }
        _ => 1 + text.chars().nth(1).map_or(0, char::len_utf8),
    };
    mended.push_str(text.get(..length).unwrap_or_default());
    length
}

/// The value of the `\uXXXX` that a text begins with.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wrong_changes() {
        for (literal, mended) in [
            (r#""a\n\"é\\""#, r#""a\n\"é\\""#),
            ("\"a\tb\nc\"", r#""a\u0009b\u000ac""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\ude00\ud83d\ud83d\ude00x""#, r#""\ufffd\ufffd\ud83d\ude00x""#),
            (r#""\\ud83d\uzzzz\é""#, r#""\\ud83d\uzzzz\é""#),
        ] {
            assert_eq!(mend(literal), mended);
        }
    }
}
