//! Text of a document on its way into a Rust comment.

use uaps_model::is_unprintable;

/// Without what a comment can't hold: control characters, and the marks that turn the direction of text (the compiler
/// refuses them in comments, rightly).
pub(in crate::clients) fn clean(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let line: String = line.chars().filter(|c| !is_unprintable(*c)).collect();
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn comments_hold_no_control_characters() {
        assert_eq!(super::clean("  A\r\nline \u{202E}turned\u{0} \n\n"), "A\nline turned");
    }
}
