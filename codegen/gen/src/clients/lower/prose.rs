//! Text of a document on its way into a Rust comment.

/// Without what a comment can't hold: control characters, and the marks that turn the direction of text (the compiler
/// refuses them in comments, rightly).
pub(in crate::clients) fn clean(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let line: String = line.chars().filter(|c| !c.is_control() && !turns_text(*c)).collect();
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn turns_text(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    #[test]
    fn comments_hold_no_control_characters() {
        assert_eq!(super::clean("  A\r\nline \u{202E}turned\u{0} \n\n"), "A\nline turned");
    }
}
