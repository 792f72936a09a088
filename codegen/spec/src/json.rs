//! JSON to nodes. Strings and numbers are decoded by `serde_json`; only the structure, with its places, is ours.

use crate::node::{Kind, Member, Node};
use crate::{Diagnostic, FileId, Span, codes, limits, yaml};

/// Reads a text that is one JSON value.
pub(crate) fn parse(text: &str, file: FileId) -> (Option<Node>, Vec<Diagnostic>) {
    let at = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let mut parser = Parser { text, file, at, depth: 0, nodes: 0, diagnostics: Vec::new() };
    let node = parser.value().and_then(|node| {
        parser.space();
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

struct Parser<'t> {
    text: &'t str,
    file: FileId,
    at: usize,
    depth: usize,
    nodes: usize,
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

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn span(&self, start: usize) -> Span {
        Span { file: self.file, start, end: self.at }
    }

    fn error(&self, what: &str) -> Box<Diagnostic> {
        let message = format!("this is not well-formed JSON: {what}");
        Box::new(Diagnostic::error(codes::SYNTAX, message, self.span(self.at)))
    }

    fn too_large(&self, message: String) -> Box<Diagnostic> {
        Box::new(Diagnostic::error(codes::TOO_LARGE, message, self.span(self.at)))
    }

    fn value(&mut self) -> Parsed<Node> {
        self.space();
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
        self.space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.error(what)),
        }
    }

    fn closes_at_once(&mut self, close: u8) -> bool {
        self.space();
        let closes = self.peek() == Some(close);
        self.at += usize::from(closes);
        closes
    }

    fn array(&mut self) -> Parsed<Kind> {
        let mut items = Vec::new();
        if self.closes_at_once(b']') {
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
        let mut members: Vec<Member> = Vec::new();
        let mut keys = std::collections::HashMap::new();
        if self.closes_at_once(b'}') {
            return Ok(Kind::Object(members));
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.error("a key in double quotes is missing here"));
            }
            let key = self.string()?;
            let key_span = self.span(start);
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.error("`:` is missing after this key"));
            }
            self.at += 1;
            let value = self.value()?;
            match keys.get(&key) {
                Some(first) => self.diagnostics.push(yaml::duplicate(&key, key_span, *first)),
                None => {
                    keys.insert(key.clone(), key_span);
                    members.push(Member { key, key_span, value });
                }
            }
            if self.separator(b'}', "`,` or `}` is missing here")? {
                return Ok(Kind::Object(members));
            }
        }
    }

    fn string(&mut self) -> Parsed<String> {
        let mut escaped = false;
        let end = self.rest().bytes().skip(1).position(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        });
        let Some(end) = end else { return Err(self.error("this string has no closing quote")) };
        let literal = self.rest().get(..end + 2).unwrap_or_default();
        let text = serde_json::from_str(literal)
            .map_err(|_| self.error("this string has an unknown escape or a control character"))?;
        self.at += end + 2;
        Ok(text)
    }

    fn number(&mut self) -> Parsed<Kind> {
        let length =
            self.rest().bytes().take_while(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')).count();
        let literal = self.rest().get(..length).unwrap_or_default();
        let number = serde_json::from_str(literal).map_err(|_| self.error("this is not a number"))?;
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
        check_error(r#"{"a": 1,}"#, "a key in double quotes", 8);
        check_error(r#"["a"#, "no closing quote", 1);
        check_error("[1] x", "more text", 4);
        check_error("[1, tru]", "a value is missing", 4);
        check_error("[01]", "not a number", 1);
        check_error(&"[".repeat(300), "nested", 200);
    }
}
