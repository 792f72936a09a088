//! JSON to nodes. Strings are decoded by `serde_json`; the structure, with its places, is ours.
//!
//! What people add to JSON and what can mean only one thing is read too: a comma behind the last element in silence, as
//! YAML has it; comments, and characters that a string may hold only as an escape, with a warning.

use crate::members::{Members, duplicate};
use crate::node::{Kind, Member, Node};
use crate::{Diagnostic, FileId, Span, codes, limits, scalar};
use serde::de::IgnoredAny;

mod escape;

/// Reads a text that is one JSON value.
pub(crate) fn parse(text: &str, file: FileId) -> (Option<Node>, Vec<Diagnostic>) {
    let at = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let mut parser = Parser { text, file, at, depth: 0, nodes: 0, warned: Warned::default(), diagnostics: Vec::new() };
    let node = parser.value().and_then(|node| {
        parser.space()?;
        if parser.at == text.len() {
            Ok(node)
        } else {
            Err(parser.error("there is more text after the document's end"))
        }
    });
    match node {
        Ok(node) => (Some(node), parser.diagnostics),
        Err(diagnostic) => {
            parser.diagnostics.push(*diagnostic);
            (None, parser.diagnostics)
        }
    }
}

/// What a text has been warned of: once is enough.
#[derive(Default)]
struct Warned {
    comments: bool,
    characters: bool,
}

struct Parser<'t> {
    text: &'t str,
    file: FileId,
    at: usize,
    depth: usize,
    nodes: usize,
    warned: Warned,
    diagnostics: Vec<Diagnostic>,
}

type Parsed<T> = Result<T, Box<Diagnostic>>;

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over what stands between two tokens.
    fn space(&mut self) -> Parsed<()> {
        loop {
            while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.at += 1;
            }
            if self.peek() != Some(b'/') {
                return Ok(());
            }
            self.comment()?;
        }
    }

    fn comment(&mut self) -> Parsed<()> {
        let rest = self.rest();
        let length = if rest.starts_with("//") {
            rest.find(['\n', '\r']).unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            let end = rest.find("*/").ok_or_else(|| self.error("this comment has no end"))?;
            end + 2
        } else {
            return Err(self.error("a value is missing here"));
        };
        let start = self.at;
        self.at += length;
        if !std::mem::replace(&mut self.warned.comments, true) {
            let span = self.span(start);
            let warning =
                Diagnostic::warning(codes::SYNTAX, "JSON has no comments; this text is read without them", span);
            self.diagnostics.push(warning.help("remove them, or move what they say into a `description`"));
        }
        Ok(())
    }

    fn span(&self, start: usize) -> Span {
        Span { file: self.file, start, end: self.at }
    }

    fn error(&self, what: &str) -> Box<Diagnostic> {
        let message = format!("this is not well-formed JSON: {what}");
        let help = "check quotes, commas and brackets here and shortly before";
        Box::new(Diagnostic::error(codes::SYNTAX, message, self.span(self.at)).help(help))
    }

    fn too_large(&self, message: String) -> Box<Diagnostic> {
        Box::new(Diagnostic::error(codes::TOO_LARGE, message, self.span(self.at)))
    }

    fn value(&mut self) -> Parsed<Node> {
        self.space()?;
        self.nodes += 1;
        if self.nodes > limits::MAX_NODES {
            return Err(self.too_large(format!("this document has more than {} values", limits::MAX_NODES)));
        }
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.nested(Parser::object)?,
            Some(b'[') => self.nested(Parser::array)?,
            Some(b'"') => Kind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Node { span: self.span(start), kind })
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Parsed<Kind>) -> Parsed<Kind> {
        if self.depth >= limits::MAX_DEPTH {
            return Err(self.too_large(format!("this is nested more than {} levels deep", limits::MAX_DEPTH)));
        }
        self.depth += 1;
        self.at += 1;
        let kind = inner(self);
        self.depth -= 1;
        kind
    }

    /// Steps over `,` or the closing bracket. `true` at the end.
    fn separator(&mut self, close: u8, what: &str) -> Parsed<bool> {
        self.space()?;
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.closes_at_once(close)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.error(what)),
        }
    }

    fn closes_at_once(&mut self, close: u8) -> Parsed<bool> {
        self.space()?;
        let closes = self.peek() == Some(close);
        self.at += usize::from(closes);
        Ok(closes)
    }

    fn array(&mut self) -> Parsed<Kind> {
        let mut items = Vec::new();
        if self.closes_at_once(b']')? {
            return Ok(Kind::Array(items));
        }
        loop {
            items.push(self.value()?);
            if self.separator(b']', "`,` or `]` is missing here")? {
                return Ok(Kind::Array(items));
            }
        }
    }

    fn object(&mut self) -> Parsed<Kind> {
        let mut members = Members::default();
        if self.closes_at_once(b'}')? {
            return Ok(Kind::Object(members.into_list()));
        }
        loop {
            self.space()?;
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.error("a key in double quotes is missing here"));
            }
            let key = self.string()?;
            let key_span = self.span(start);
            self.space()?;
            if self.peek() != Some(b':') {
                return Err(self.error("`:` is missing after this key"));
            }
            self.at += 1;
            let value = self.value()?;
            let known = members.put(Member { key, key_span, value });
            let known = known.filter(|_| self.diagnostics.len() < limits::MAX_WARNINGS);
            self.diagnostics.extend(known.map(|first| duplicate(&first, key_span)));
            if self.separator(b'}', "`,` or `}` is missing here")? {
                return Ok(Kind::Object(members.into_list()));
            }
        }
    }

    fn string(&mut self) -> Parsed<String> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        let mut is_plain = true;
        loop {
            match bytes.get(end) {
                None => return Err(self.error("this string has no closing quote")),
                Some(b'"') => break,
                Some(b'\\') => {
                    is_plain = false;
                    end += 2;
                }
                Some(byte) => {
                    is_plain &= *byte >= b' ';
                    end += 1;
                }
            }
        }
        let literal = self.text.get(start..=end).unwrap_or_default();
        let text = if is_plain {
            literal.get(1..literal.len() - 1).unwrap_or_default().to_owned()
        } else {
            serde_json::from_str(literal).or_else(|_| self.mended(literal))?
        };
        self.at = end + 1;
        Ok(text)
    }

    /// A string with characters that JSON wants escaped, or escapes that stand for no character.
    fn mended(&mut self, literal: &str) -> Parsed<String> {
        let text = serde_json::from_str(&escape::mend(literal))
            .map_err(|_| self.error("this string has an unknown escape"))?;
        if !std::mem::replace(&mut self.warned.characters, true) {
            let span = Span { file: self.file, start: self.at, end: self.at + literal.len() };
            let message =
                "this string holds a line break, tab or other control character as it is, or half of a surrogate pair";
            let warning = Diagnostic::warning(codes::SYNTAX, message, span);
            self.diagnostics
                .push(warning.help("write it as an escape: `\\n`, `\\t`, `\\u0000`; a half is read as U+FFFD"));
        }
        Ok(text)
    }

    fn number(&mut self) -> Parsed<Kind> {
        let length =
            self.rest().bytes().take_while(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')).count();
        let literal = self.rest().get(..length).unwrap_or_default();
        // `serde_json` knows what a number looks like, and refuses one that is too large.
        let is_number = serde_json::from_str::<IgnoredAny>(literal).is_ok();
        let number = scalar::number(literal).filter(|_| is_number).ok_or_else(|| self.error("this is not a number"))?;
        if scalar::is_inexact(literal, &number) {
            let span = Span { file: self.file, start: self.at, end: self.at + length };
            let warning = scalar::inexact(literal, &number, span);
            self.diagnostics.push(warning);
        }
        self.at += length;
        Ok(Kind::Number(number))
    }

    fn word(&mut self) -> Parsed<Kind> {
        let words = [("true", Kind::Bool(true)), ("false", Kind::Bool(false)), ("null", Kind::Null)];
        for (word, kind) in words {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        Err(self.error("a value is missing here"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_places() {
        let text = r#"{"a": [1, -2.5e1, "x\ud83d\ude00\/"], "b": {"c": null}}"#;
        let (node, diagnostics) = parse(text, FileId(0));
        let node = node.unwrap();
        assert!(diagnostics.is_empty());
        assert_eq!(node.to_json(), serde_json::from_str::<serde_json::Value>(text).unwrap());
        let span = node.pointer("/b/c").unwrap().span;
        assert_eq!(&text[span.start..span.end], "null");
    }

    #[track_caller]
    fn check_error(text: &str, message: &str, at: usize) {
        let (node, diagnostics) = parse(text, FileId(0));
        assert!(node.is_none());
        let last = diagnostics.last().unwrap();
        assert!(last.message.contains(message), "{}", last.message);
        assert_eq!(last.primary.span.start, at, "{text:.40}");
    }

    #[test]
    fn what_is_refused() {
        check_error(r#"{"a" 1}"#, "`:` is missing", 5);
        check_error(r#"{"a": 1"#, "`,` or `}`", 7);
        check_error(r#"{"a": 1,,}"#, "a key in double quotes", 8);
        check_error(r#"["a"#, "no closing quote", 1);
        check_error("[1] x", "more text", 4);
        check_error("[1, tru]", "a value is missing", 4);
        check_error("[01]", "not a number", 1);
        check_error(&"[".repeat(300), "nested", limits::MAX_DEPTH);
    }
}
