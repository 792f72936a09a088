//! What a rule is.

use crate::Context;
use uaps_spec::{Code, Diagnostic, Severity, Span};

/// One rule of UAPS-1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// Its stable code and its name, which is the name of its file.
    pub code: Code,
    /// How bad its findings are.
    pub severity: Severity,
    /// What it finds, in one line without a final period.
    pub title: &'static str,
    /// Its page in the manual, Markdown: What it does, Why, Example, Use instead.
    pub manual: &'static str,
    /// What it has to say of a provider.
    pub check: fn(&Context<'_>) -> Vec<Diagnostic>,
}

impl Rule {
    /// A finding of this rule.
    pub(crate) fn at(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: self.severity, ..Diagnostic::error(self.code, message, span) }
    }
}

/// Declares a rule's `RULE`, with the doc comment of the rule's own file as its manual.
macro_rules! rule {
    ($severity:ident $id:literal $name:literal in $file:literal: $title:literal) => {
        pub(crate) const RULE: $crate::rule::Rule = $crate::rule::Rule {
            code: uaps_spec::Code { id: $id, name: $name },
            severity: uaps_spec::Severity::$severity,
            title: $title,
            manual: {
                const SOURCE: &[u8] = include_str!($file).as_bytes();
                const PAGE: [u8; $crate::rule::page_length(SOURCE)] = $crate::rule::page(SOURCE);
                match std::str::from_utf8(&PAGE) {
                    Ok(page) => page,
                    Err(_) => "",
                }
            },
            check,
        };
    };
}
pub(crate) use rule;

/// How long the page of a source is, in bytes.
pub(crate) const fn page_length(source: &[u8]) -> usize {
    let mut length = 0;
    let mut at = 0;
    while let Some((start, end)) = page_line(source, at) {
        length += end - start + 1;
        at = end + 1;
    }
    length
}

/// The page of a source: its leading `//!` lines without their markers. `N` is its [`page_length`].
pub(crate) const fn page<const N: usize>(source: &[u8]) -> [u8; N] {
    let mut page = [b'\n'; N];
    let mut length = 0;
    let mut at = 0;
    while let Some((start, end)) = page_line(source, at) {
        let mut from = start;
        while from < end {
            page[length] = source[from];
            length += 1;
            from += 1;
        }
        length += 1;
        at = end + 1;
    }
    page
}

/// Where the text of the doc line that begins at `at` stands. `None` where no doc line begins there.
const fn page_line(source: &[u8], at: usize) -> Option<(usize, usize)> {
    if at + 2 >= source.len() || source[at] != b'/' || source[at + 1] != b'/' || source[at + 2] != b'!' {
        return None;
    }
    let mut end = at;
    while end < source.len() && source[end] != b'\n' {
        end += 1;
    }
    let start = if at + 3 < end && source[at + 3] == b' ' { at + 4 } else { at + 3 };
    Some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_the_leading_doc_comment() {
        const SOURCE: &[u8] = b"//! One\n//!\n//!   two\n\nuse x;\n//! three\n";
        const PAGE: [u8; page_length(SOURCE)] = page(SOURCE);
        assert_eq!(std::str::from_utf8(&PAGE), Ok("One\n\n  two\n"));
        assert_eq!(page_length(b""), 0);
    }
}
