//! Foreign text where people read it: in a terminal, a log, a comment.

/// Whether a character would do something to the place where it is shown: control it, end its line, or turn its direction.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
        )
}

/// The text on one line that starts no other and ends nothing: a space stands for what is unprintable.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if is_unprintable(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_line_is_a_line() {
        assert_eq!(one_line("a\r\n::error::b\u{1b}[31m\u{202E}c\u{2028}é"), "a  ::error::b [31m c é");
    }
}
