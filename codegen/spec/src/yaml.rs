//! YAML to nodes, over the event stream of `saphyr-parser`.

mod lenient;
mod offsets;
mod refusal;

use crate::members::{Members, duplicate};
use crate::node::{Kind, Member, Node};
use crate::{Diagnostic, FileId, Span, codes, limits, scalar};
use offsets::Offsets;
use refusal::Refusal;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use std::collections::{HashMap, HashSet};

/// A tree, where there is one, and what is to be said.
type Outcome = (Option<Node>, Vec<Diagnostic>);

/// Reads the first document of a text.
pub(crate) fn parse(text: &str, file: FileId) -> Outcome {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let base = text.len() - body.len();
    let mut outcome = read(body, base, file);
    // What the parser refuses and other readers take is made readable in its place, one refusal after the other.
    let mut mended: Option<String> = None;
    for _ in 0..lenient::MOST {
        let Err(refusal) = &outcome else { break };
        let Some(next) = lenient::mend(mended.as_deref().unwrap_or(body), refusal) else { break };
        outcome = read(&next, base, file);
        mended = Some(next);
    }
    outcome.unwrap_or_else(|refusal| (None, vec![refusal.diagnostic(body, base, file)]))
}

fn read(body: &str, base: usize, file: FileId) -> Result<Outcome, Refusal> {
    let offsets = Offsets::new(body, base);
    let mut builder = Builder { offsets, open: Vec::new(), anchors: HashMap::new(), nodes: 0, diagnostics: Vec::new() };
    let mut root = None;
    let mut ended = false;
    let mut understood = 0;
    for event in Parser::new_from_str(body) {
        let (event, span) = match event {
            Ok(event) => event,
            // What follows the end of the first document is not read.
            Err(_) if ended => break,
            Err(error) => {
                let at = builder.offsets.byte(error.marker().index()) - base;
                let flow = builder.open.iter().map(|open| open.start.start - base);
                let flow = flow.into_iter().find(|at| matches!(body.as_bytes().get(*at), Some(b'{' | b'[')));
                return Err(Refusal { info: error.info().to_owned(), at, understood, flow });
            }
        };
        let start = builder.offsets.byte(span.start.index());
        let mut span = Span { file, start, end: builder.offsets.byte(span.end.index()) };
        understood = span.end - base;
        span.end = end_of(&event, body.as_bytes(), base, span);
        match event {
            Event::DocumentEnd => ended = true,
            Event::DocumentStart(_) if ended => {
                builder.diagnostics.push(another_document(span));
                break;
            }
            event => match builder.event(event, span) {
                Ok(Some(node)) => root = Some(node),
                Ok(None) => {}
                Err(diagnostic) => {
                    builder.diagnostics.push(*diagnostic);
                    return Ok((None, builder.diagnostics));
                }
            },
        }
    }
    if root.is_none() {
        builder.diagnostics.push(Diagnostic::error(codes::SYNTAX, "this document is empty", Span::whole(file)));
    }
    Ok((root, builder.diagnostics))
}

/// Where an event ends. The parser counts what stands behind a closing quote or bracket, even a comment, as part of it.
fn end_of(event: &Event<'_>, bytes: &[u8], base: usize, span: Span) -> usize {
    match event {
        Event::Scalar(_, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, ..) => {
            lenient::quoted_end(bytes, span.start - base).map_or(span.end, |end| base + end)
        }
        Event::SequenceEnd | Event::MappingEnd if span.end > span.start => span.start + 1,
        _ => span.end,
    }
}

fn another_document(span: Span) -> Diagnostic {
    Diagnostic::warning(codes::SEVERAL_DOCUMENTS, "a second YAML document begins here, and is not read", span)
        .help("keep one document a file: only the first is read")
}

/// A collection that is not closed yet.
struct Open {
    start: Span,
    /// Where its last child ends.
    end: usize,
    anchor: usize,
    content: Content,
    /// The weight of the values in it, itself included.
    size: usize,
    /// Levels of arrays and objects below it.
    depth: usize,
}

enum Content {
    List(Vec<Node>),
    Object {
        members: Members,
        key: Option<Key>,
        /// Objects that `<<` names, in order.
        merged: Vec<Node>,
    },
}

struct Key {
    text: String,
    span: Span,
    /// Whether it is a plain `<<`.
    is_merge: bool,
}

/// A finished value with its measures.
#[derive(Clone)]
struct Finished {
    node: Node,
    size: usize,
    depth: usize,
}

struct Builder<'t> {
    offsets: Offsets<'t>,
    open: Vec<Open>,
    anchors: HashMap<usize, Finished>,
    nodes: usize,
    diagnostics: Vec<Diagnostic>,
}

type Step = Result<Option<Node>, Box<Diagnostic>>;

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Step {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let size = weight(&text);
                self.count(size, span)?;
                let is_key = self.awaits_key();
                let is_merge = text == "<<" && style == ScalarStyle::Plain;
                if is_key && anchor == 0 {
                    // A key keeps its spelling: `3.10` is no number here, and `007` has its zeros.
                    return self.key(Key { text: text.into_owned(), span, is_merge });
                }
                let kind = self.scalar_kind(&text, style, tag.as_deref(), span);
                let value = Finished { node: Node { span, kind }, size, depth: 0 };
                if is_key {
                    self.anchor(anchor, &value, span)?;
                    return self.key(Key { text: text.into_owned(), span, is_merge });
                }
                self.finish(value, anchor, span)
            }
            Event::SequenceStart(anchor, _) => self.begin(Content::List(Vec::new()), anchor, span),
            Event::MappingStart(anchor, _) => {
                let content = Content::Object { members: Members::default(), key: None, merged: Vec::new() };
                self.begin(content, anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(None) };
                // A block collection ends where its last child does, not at the next token.
                let end = if span.start == span.end && open.end > 0 { open.end } else { span.end };
                let span = Span { end: end.max(open.start.start), ..open.start };
                let kind = match open.content {
                    Content::List(items) => Kind::Array(items),
                    Content::Object { members, merged, .. } => Kind::Object(merge(members.into_list(), merged)),
                };
                let value = Finished { node: Node { span, kind }, size: open.size, depth: open.depth + 1 };
                self.finish(value, open.anchor, span)
            }
            Event::Alias(anchor) => {
                let Some(size) = self.anchors.get(&anchor).map(|value| value.size) else {
                    let finding = Diagnostic::error(codes::SYNTAX, "this alias has no anchor", span);
                    return Err(Box::new(finding.help("an anchor `&name` stands before the first `*name`")));
                };
                // Counted before it is copied.
                self.count(size, span)?;
                let Some(value) = self.anchors.get(&anchor).cloned() else { return Ok(None) };
                self.limit_depth(self.open.len() + value.depth, span)?;
                if self.awaits_key() {
                    let text = key_text(&value.node).ok_or_else(|| not_text(span))?;
                    return self.key(Key { text, span, is_merge: false });
                }
                self.finish(value, 0, span)
            }
            _ => Ok(None),
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { content: Content::Object { key: None, .. }, .. }))
    }

    fn key(&mut self, new: Key) -> Step {
        if let Some(Open { content: Content::Object { key, .. }, size, .. }) = self.open.last_mut() {
            *size = size.saturating_add(weight(&new.text));
            *key = Some(new);
        }
        Ok(None)
    }

    fn begin(&mut self, content: Content, anchor: usize, span: Span) -> Step {
        self.count(1, span)?;
        self.limit_depth(self.open.len() + 1, span)?;
        if self.awaits_key() {
            return Err(not_text(span));
        }
        self.open.push(Open { start: span, end: 0, anchor, content, size: 1, depth: 0 });
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
        let message = format!(
            "this document has more than {} values once its aliases are expanded, {} bytes of text counted as one",
            limits::MAX_NODES,
            limits::TEXT_BYTES
        );
        Err(Box::new(Diagnostic::error(codes::TOO_LARGE, message, span)))
    }

    /// Keeps a copy of a value under its anchor; it counts like another use of it.
    fn anchor(&mut self, anchor: usize, value: &Finished, span: Span) -> Result<(), Box<Diagnostic>> {
        if anchor != 0 {
            self.count(value.size, span)?;
            self.anchors.insert(anchor, value.clone());
        }
        Ok(())
    }

    /// Puts a value where it belongs. `place` is where it is used, which is not where an alias's value stands.
    fn finish(&mut self, value: Finished, anchor: usize, place: Span) -> Step {
        self.anchor(anchor, &value, place)?;
        let Some(parent) = self.open.last_mut() else { return Ok(Some(value.node)) };
        parent.size = parent.size.saturating_add(value.size);
        parent.depth = parent.depth.max(value.depth);
        parent.end = parent.end.max(place.end);
        match &mut parent.content {
            Content::List(items) => items.push(value.node),
            Content::Object { members, key, merged } => match key.take() {
                Some(key) if key.is_merge => merged.extend(mergeable(value.node, place)?),
                Some(Key { text, span, .. }) => {
                    let known = members.put(Member { key: text, key_span: span, value: value.node });
                    let known = known.filter(|_| self.diagnostics.len() < limits::MAX_WARNINGS);
                    self.diagnostics.extend(known.map(|first| duplicate(&first, span)));
                }
                None => {}
            },
        }
        Ok(None)
    }

    fn scalar_kind(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Kind {
        let kind = match tag.map(core_tag) {
            Some(Some("str")) => return Kind::String(text.to_owned()),
            Some(Some("int" | "float" | "bool" | "null")) => scalar::resolve(text),
            _ if style == ScalarStyle::Plain => scalar::resolve(text),
            _ => return Kind::String(text.to_owned()),
        };
        if let Kind::Number(number) = &kind
            && scalar::is_inexact(text, number)
        {
            self.diagnostics.push(scalar::inexact(text, number, span));
        }
        kind
    }
}

/// What a tag of the core schema calls its value: `str` of `!!str`. `!` alone says that a value is text.
fn core_tag(tag: &Tag) -> Option<&str> {
    const CORE: &str = "tag:yaml.org,2002:";
    match (tag.handle.as_str(), tag.suffix.as_str()) {
        ("!", "") | ("", "!") => Some("str"),
        (CORE, suffix) => Some(suffix),
        ("", suffix) => suffix.strip_prefix(CORE),
        _ => None,
    }
}

fn not_text(span: Span) -> Box<Diagnostic> {
    let finding = Diagnostic::error(codes::SYNTAX, "a key must be text, not a list or object", span);
    Box::new(finding.help("put it in quotes if it is a name: `\"{id}\":`"))
}

/// The text of an aliased key.
fn key_text(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::String(text) => Some(text.clone()),
        Kind::Number(number) => Some(number.to_string()),
        Kind::Bool(value) => Some(value.to_string()),
        Kind::Null => Some("null".to_owned()),
        Kind::Array(_) | Kind::Object(_) => None,
    }
}

/// What a text counts for: long ones as several values, so that copies of them are bounded too.
fn weight(text: &str) -> usize {
    1 + text.len() / limits::TEXT_BYTES
}

/// The objects that stand behind `<<`: one, or a list of them.
fn mergeable(node: Node, place: Span) -> Result<Vec<Node>, Box<Diagnostic>> {
    let objects = match node.kind {
        Kind::Array(items) => items,
        _ => vec![node],
    };
    if objects.iter().all(Node::is_object) {
        return Ok(objects);
    }
    let finding = Diagnostic::error(codes::SYNTAX, "`<<` merges an object, or a list of objects", place);
    Err(Box::new(finding.help("write `<<: *name`, or `\"<<\":` if this is a key like any other")))
}

/// `<<: *defaults`: the members of the merged objects behind the object's own, the first of each key.
fn merge(mut members: Vec<Member>, merged: Vec<Node>) -> Vec<Member> {
    if merged.is_empty() {
        return members;
    }
    let mut known: HashSet<String> = members.iter().map(|member| member.key.clone()).collect();
    for object in merged {
        let Kind::Object(inherited) = object.kind else { continue };
        members.extend(inherited.into_iter().filter(|member| known.insert(member.key.clone())));
    }
    members
}

#[cfg(test)]
mod tests;
