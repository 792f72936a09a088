//! The part of a text that is shown for a finding: one line, cut to what a terminal holds.

use std::ops::Range;
use uaps_model::is_unprintable;
use uaps_spec::{Sources, Span};

/// Characters of a line that are shown.
const WIDTH: usize = 140;
/// Characters before the marked ones that are shown of a line that is cut.
const BEFORE: usize = 50;

/// One line of a text with a mark in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// Its number, from 1.
    pub line: usize,
    /// Column of the mark, from 1, in the whole line.
    pub column: usize,
    /// The line, perhaps cut, with `…` for what is missing.
    pub text: String,
    /// Bytes of `text` that are marked. Empty where the span is.
    pub mark: Range<usize>,
}

/// The line on which `span` begins; a span of several lines is marked to the end of its first. Never more of the text is
/// looked at than is shown: the line may be all of a large document.
pub(super) fn excerpt(sources: &Sources, span: Span) -> Excerpt {
    let position = sources.position(span.file, span.start);
    let all = sources.text(span.file);
    let start = boundary(all, span.start);
    let end = boundary(all, span.end.max(span.start)).max(start);
    let (before, rest) = all.split_at_checked(start).unwrap_or((all, ""));
    let marked = rest.get(..end - start).unwrap_or(rest);
    let marked = marked.split(['\n', '\r']).next().unwrap_or_default().trim_end();

    let shown: String = marked.chars().take(WIDTH - BEFORE).collect();
    let cut_mark = shown.len() < marked.len();
    let behind = rest.get(shown.len()..).unwrap_or_default();
    let room = WIDTH.saturating_sub(BEFORE + shown.chars().count());
    let mut tail: String = behind.chars().take_while(|c| !matches!(c, '\n' | '\r')).take(room).collect();
    let cut_tail = behind.get(tail.len()..).is_some_and(|more| !more.is_empty() && !more.starts_with(['\n', '\r']));
    if cut_mark || cut_tail {
        tail.push('…');
    }
    // A line that fits keeps its indentation; of a longer one the part next to the mark is kept.
    let limit = WIDTH.saturating_sub(shown.chars().count() + tail.chars().count()).max(BEFORE);
    let mut head: Vec<char> = before.chars().rev().take_while(|c| !matches!(c, '\n' | '\r')).take(limit + 1).collect();
    if head.len() > limit {
        head.truncate(BEFORE);
        head.push('…');
    }
    let head: String = head.iter().rev().collect();
    let visible = |part: &str, at: usize| -> String {
        let hidden = |offset: usize| sources.is_hidden(span.file, at + offset);
        part.char_indices().map(|(offset, c)| if hidden(offset) { '*' } else { plain(c) }).collect()
    };
    // An ellipsis stands in the place of what was before it.
    let head = visible(&head, start.saturating_sub(head.len()));
    let shown_text = visible(&shown, start);
    let tail = visible(&tail, start + shown.len());
    let mark = head.len()..head.len() + shown_text.len();
    Excerpt { line: position.line, column: position.column, text: format!("{head}{shown_text}{tail}"), mark }
}

/// Control characters must not reach a terminal.
fn plain(c: char) -> char {
    if is_unprintable(c) { ' ' } else { c }
}

fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, start: usize, end: usize, expected: &str) {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", text);
        let excerpt = excerpt(&sources, Span { file, start, end });
        let (mark, text) = (excerpt.mark, excerpt.text);
        assert_eq!(format!("{}[{}]{}", &text[..mark.start], &text[mark.clone()], &text[mark.end..]), expected);
    }

    #[test]
    fn one_line_is_shown() {
        check("a: 1\nbc: 2\nd: 3\n", 5, 7, "[bc]: 2");
        check("  a:\n    b: 1\n    c: 2\n", 9, 22, "    [b: 1]");
        check("a: 1\r\nb: 2\r\n", 6, 7, "[b]: 2");
        check("a: 1\rb: 2\rc: 3", 5, 9, "[b: 2]");
        check("é: ü\n", 4, 6, "é: [ü]");
        check("a\tb\u{1b}[31m", 0, 1, "[a] b [31m");
        check("", 0, 0, "[]");
        check("a", 7, 9, "a[]");
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let long = format!("{}MARK{}", "x".repeat(5_000_000), "y".repeat(5_000_000));
        check(&long, 5_000_000, 5_000_004, &format!("…{}[MARK]{}…", "x".repeat(50), "y".repeat(86)));
        check(&long, 0, 9_000_000, &format!("[{}]…", "x".repeat(90)));
        let short = format!("{}MARK", "x".repeat(136));
        check(&short, 136, 140, &format!("{}[MARK]", "x".repeat(136)));
    }
}
