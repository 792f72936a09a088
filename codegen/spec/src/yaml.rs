//! YAML to nodes, over the event stream of `saphyr-parser`.

use crate::node::{Kind, Member, Node};
use crate::{Diagnostic, FileId, Span, codes, limits, scalar};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use std::collections::HashMap;

/// Reads the first document of a text.
pub(crate) fn parse(text: &str, file: FileId) -> (Option<Node>, Vec<Diagnostic>) {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offsets = Offsets::new(body, text.len() - body.len());
    let mut builder = Builder { offsets, open: Vec::new(), anchors: HashMap::new(), nodes: 0, diagnostics: Vec::new() };
    let mut root = None;
    for event in Parser::new_from_str(body) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let at = builder.offsets.byte(error.marker().index());
                builder.diagnostics.push(syntax_error(error.info(), Span { file, start: at, end: at }));
                return (None, builder.diagnostics);
            }
        };
        if matches!(event, Event::DocumentEnd) {
            break;
        }
        let span =
            Span { file, start: builder.offsets.byte(span.start.index()), end: builder.offsets.byte(span.end.index()) };
        match builder.event(event, span) {
            Ok(Some(node)) => root = Some(node),
            Ok(None) => {}
            Err(diagnostic) => {
                builder.diagnostics.push(*diagnostic);
                return (None, builder.diagnostics);
            }
        }
    }
    if root.is_none() {
        builder.diagnostics.push(Diagnostic::error(codes::SYNTAX, "this document is empty", Span::whole(file)));
    }
    (root, builder.diagnostics)
}

fn syntax_error(info: &str, span: Span) -> Diagnostic {
    // The scanner reads ahead, so that its own limit may be met before ours.
    if info.contains("recursion limit") {
        return Diagnostic::error(codes::TOO_LARGE, "this is nested too deeply", span);
    }
    Diagnostic::error(codes::SYNTAX, format!("this is not well-formed YAML: {info}"), span)
        .help("check indentation, quotes, brackets and tabs on this line and those above")
}

/// Character indices, which the parser counts in, to bytes.
struct Offsets<'t> {
    text: &'t str,
    base: usize,
    /// Byte offset of every 256th character; empty for ASCII text.
    marks: Vec<usize>,
}

impl<'t> Offsets<'t> {
    fn new(text: &'t str, base: usize) -> Self {
        let marks =
            if text.is_ascii() { Vec::new() } else { text.char_indices().step_by(256).map(|(at, _)| at).collect() };
        Offsets { text, base, marks }
    }

    fn byte(&self, index: usize) -> usize {
        if self.marks.is_empty() {
            return self.base + index.min(self.text.len());
        }
        let start = self.marks.get(index / 256).copied().unwrap_or(self.text.len());
        let rest = self.text.get(start..).unwrap_or_default();
        self.base + start + rest.char_indices().nth(index % 256).map_or(rest.len(), |(at, _)| at)
    }
}

/// A collection that is not closed yet.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<(String, Span)>,
    /// The keys so far, so that a huge object costs no quadratic search.
    keys: HashMap<String, Span>,
}

struct Builder<'t> {
    offsets: Offsets<'t>,
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    diagnostics: Vec<Diagnostic>,
}

type Step = Result<Option<Node>, Box<Diagnostic>>;

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Step {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = Node { span, kind: scalar_kind(&text, style, tag.as_deref()) };
                self.count(1, span)?;
                self.finish(node, anchor, 1)
            }
            Event::SequenceStart(anchor, _) => self.begin(Kind::Array(Vec::new()), anchor, span),
            Event::MappingStart(anchor, _) => self.begin(Kind::Object(Vec::new()), anchor, span),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(mut open) = self.open.pop() else { return Ok(None) };
                open.node.span.end = self.end_of(&open.node, span);
                merge_keys(&mut open.node);
                let size = size(&open.node);
                self.finish(open.node, open.anchor, size)
            }
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor).cloned() else {
                    return Err(Box::new(Diagnostic::error(codes::SYNTAX, "this alias has no anchor", span)));
                };
                self.count(size, span)?;
                self.limit_depth(self.open.len() + depth(&node), span)?;
                self.finish(node, 0, size)
            }
            _ => Ok(None),
        }
    }

    /// A block collection ends where its last child does, not at the next token.
    fn end_of(&self, node: &Node, end: Span) -> usize {
        let last = match &node.kind {
            Kind::Array(items) => items.last().map(|item| item.span),
            Kind::Object(members) => members.last().map(Member::span),
            _ => None,
        };
        match last {
            Some(last) if end.start == end.end && last.end >= node.span.start => last.end,
            _ => end.end.max(node.span.start),
        }
    }

    fn begin(&mut self, kind: Kind, anchor: usize, span: Span) -> Step {
        self.count(1, span)?;
        self.limit_depth(self.open.len() + 1, span)?;
        self.open.push(Open { node: Node { span, kind }, anchor, key: None, keys: HashMap::new() });
        Ok(None)
    }

    /// Refuses what is nested too deeply; whoever walks the tree may recurse.
    fn limit_depth(&self, depth: usize, span: Span) -> Result<(), Box<Diagnostic>> {
        if depth <= limits::MAX_DEPTH {
            return Ok(());
        }
        let message = format!("this is nested more than {} levels deep", limits::MAX_DEPTH);
        Err(Box::new(Diagnostic::error(codes::TOO_LARGE, message, span)))
    }

    fn count(&mut self, size: usize, span: Span) -> Result<(), Box<Diagnostic>> {
        self.nodes = self.nodes.saturating_add(size);
        if self.nodes <= limits::MAX_NODES {
            return Ok(());
        }
        let message = format!("this document has more than {} values once its aliases are expanded", limits::MAX_NODES);
        Err(Box::new(Diagnostic::error(codes::TOO_LARGE, message, span)))
    }

    fn finish(&mut self, node: Node, anchor: usize, size: usize) -> Step {
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(parent) = self.open.last_mut() else { return Ok(Some(node)) };
        match (&mut parent.node.kind, parent.key.take()) {
            (Kind::Array(items), _) => items.push(node),
            (Kind::Object(members), Some((key, key_span))) => match parent.keys.get(&key).filter(|_| key != "<<") {
                Some(first) => self.diagnostics.push(duplicate(&key, key_span, *first)),
                None => {
                    parent.keys.insert(key.clone(), key_span);
                    members.push(Member { key, key_span, value: node });
                }
            },
            (Kind::Object(_), None) => match key_text(&node) {
                Some(key) => parent.key = Some((key, node.span)),
                None => {
                    return Err(Box::new(Diagnostic::error(
                        codes::SYNTAX,
                        "a key must be text, not a list or object",
                        node.span,
                    )));
                }
            },
            _ => {}
        }
        Ok(None)
    }
}

pub(crate) fn duplicate(key: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error(codes::DUPLICATE_KEY, format!("the key `{key}` occurs twice in this object"), span)
        .label("the second one; only the first is used")
        .related(first, "the first one")
        .help("remove or rename one of the two")
}

/// Keys are text. A plain `200:` or `true:` keeps its spelling.
fn key_text(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::String(text) => Some(text.clone()),
        Kind::Number(number) => Some(number.to_string()),
        Kind::Bool(value) => Some(value.to_string()),
        Kind::Null => Some("null".to_owned()),
        Kind::Array(_) | Kind::Object(_) => None,
    }
}

fn scalar_kind(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Kind {
    let is_text_tag = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    if style == ScalarStyle::Plain && !is_text_tag { scalar::resolve(text) } else { Kind::String(text.to_owned()) }
}

fn size(node: &Node) -> usize {
    match &node.kind {
        Kind::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Kind::Object(members) => 1 + members.iter().map(|m| size(&m.value)).sum::<usize>(),
        _ => 1,
    }
}

/// Levels of arrays and objects.
fn depth(node: &Node) -> usize {
    match &node.kind {
        Kind::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Kind::Object(members) => 1 + members.iter().map(|m| depth(&m.value)).max().unwrap_or(0),
        _ => 0,
    }
}

/// `<<: *defaults`: the members of the merged objects, where the object has none of its own by that name.
fn merge_keys(node: &mut Node) {
    let Kind::Object(members) = &mut node.kind else { return };
    if !members.iter().any(|m| m.key == "<<") {
        return;
    }
    let (merges, own): (Vec<_>, Vec<_>) = std::mem::take(members).into_iter().partition(|m| m.key == "<<");
    *members = own;
    for merge in merges {
        let sources = match merge.value.kind {
            Kind::Array(items) => items,
            _ => vec![merge.value],
        };
        for source in sources {
            let Kind::Object(inherited) = source.kind else { continue };
            for member in inherited {
                if !members.iter().any(|m| m.key == member.key) {
                    members.push(member);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, json: &str) {
        let (node, diagnostics) = parse(text, FileId(0));
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        assert_eq!(node.unwrap().to_json().to_string(), json);
    }

    #[track_caller]
    fn check_error(text: &str, code: crate::Code) {
        let (_, diagnostics) = parse(text, FileId(0));
        assert_eq!(diagnostics.first().map(|d| d.code), Some(code), "{text:.40}");
    }

    #[test]
    fn yaml_becomes_json() {
        check("a: 1\nb: [x, 'y', \"z\"]\n200: ok\n", r#"{"200":"ok","a":1,"b":["x","y","z"]}"#);
        check("a: &x {k: 1}\nb: *x\nc: {<<: *x, m: 2}\n", r#"{"a":{"k":1},"b":{"k":1},"c":{"k":1,"m":2}}"#);
        check("a: |\n  line\n  two\n", r#"{"a":"line\ntwo\n"}"#);
        check("\u{feff}a: é\r\nb: 2\r\n", r#"{"a":"é","b":2}"#);
    }

    #[test]
    fn spans_are_bytes_even_after_wide_characters() {
        let text = "é: ü\nkey: value\n";
        let (node, _) = parse(text, FileId(0));
        let span = node.unwrap().get("key").unwrap().span;
        assert_eq!(&text[span.start..span.end], "value");
    }

    #[test]
    fn a_block_ends_with_its_last_line() {
        let text = "a:\n  b: 1\n  c: 2\n\nd: 3\n";
        let (node, _) = parse(text, FileId(0));
        let span = node.unwrap().get("a").unwrap().span;
        assert_eq!(&text[span.start..span.end], "b: 1\n  c: 2");
    }

    #[test]
    fn a_bracket_that_is_not_closed() {
        let (_, found) = parse("a: [1, 2\nb: 3\n", FileId(0));
        assert!(found[0].help.as_ref().unwrap().contains("brackets"), "{found:?}");
    }

    #[test]
    fn what_is_refused() {
        check_error("a: [1\nb: 2", codes::SYNTAX);
        check_error("", codes::SYNTAX);
        check_error("a: 1\na: 2", codes::DUPLICATE_KEY);
        check_error("? [1]\n: 2", codes::SYNTAX);
        check_error("a: *nowhere", codes::SYNTAX);
        check_error(&"[".repeat(300), codes::TOO_LARGE);
    }

    #[test]
    fn a_billion_laughs_are_refused() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let refs = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
        }
        check_error(&text, codes::TOO_LARGE);
    }

    #[test]
    fn aliases_do_not_deepen_a_document_without_end() {
        let mut text = String::from("a0: &a0 []\n");
        for level in 1..100 {
            text.push_str(&format!("a{level}: &a{level} {}*a{}{}\n", "[".repeat(90), level - 1, "]".repeat(90)));
        }
        check_error(&text, codes::TOO_LARGE);
    }
}
