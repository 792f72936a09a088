//! Where the parser gives up, told so that a person can mend it.

use crate::{Diagnostic, FileId, Span, codes};

/// Where the parser gave up, and why. Places are bytes of the text that it was given.
pub(super) struct Refusal {
    /// Its reason.
    pub info: String,
    /// Where.
    pub at: usize,
    /// The end of the last thing it understood.
    pub understood: usize,
    /// The outermost `{` or `[` that it knew to be open.
    pub flow: Option<usize>,
}

impl Refusal {
    /// The finding, for a text that begins at byte `base` of its file.
    pub(super) fn diagnostic(&self, text: &str, base: usize, file: FileId) -> Diagnostic {
        let span = |at: usize| Span { file, start: base + at, end: base + at };
        let error = |message: String, at: usize| Diagnostic::error(codes::SYNTAX, message, span(at));
        // The scanner reads ahead, so that its own limit may be met before ours.
        if self.info.contains("recursion limit") {
            return Diagnostic::error(codes::TOO_LARGE, "this is nested too deeply", span(self.at));
        }
        if let Some((at, length)) = self.tab(text) {
            let mut finding = error("a tab indents this line, and YAML is indented with spaces".to_owned(), at);
            finding.primary.span.end += length;
            return finding.help("replace the tabs before the first word of each line by spaces");
        }
        let help = match self.info.as_str() {
            info if info.contains("unprintable") => "remove the character; it can't be seen in most editors",
            info if info.contains("Unicode character escape") => {
                "write the character itself, or `\\U` and eight digits: `\\ud83d\\ude00` is `\\U0001F600`"
            }
            info if info.contains("unexpected character") || info.contains("unknown escape") => {
                "put the value in single quotes"
            }
            info if info.contains("mapping values") => {
                "put a value with `: ` in it in quotes, and indent this line as far as its neighbours"
            }
            _ => "check indentation, quotes, brackets and tabs on this line and those above",
        };
        error(format!("this is not well-formed YAML: {}", self.info), self.at).help(help)
    }

    /// The tab that is to blame: on the line of the refusal or, where a scalar is refused that goes on, on one of the
    /// next.
    fn tab(&self, text: &str) -> Option<(usize, usize)> {
        let start = text.get(..self.at)?.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let lines = if self.info.contains("tab") { 100 } else { 1 };
        let mut at = start;
        for line in text.get(start..)?.split_inclusive(['\n', '\r']).take(lines) {
            let margin = line.len() - line.trim_start_matches([' ', '\t']).len();
            if let Some(tab) = line.get(..margin)?.find('\t')
                && !line.trim().is_empty()
            {
                return Some((at + tab, margin - tab));
            }
            at += line.len();
        }
        None
    }
}
