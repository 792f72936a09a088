//! Following a query through a schema: does it always lead to a value in an answer, or to a place for one in a request, and
//! to which?

use super::shape::{self, Alternative, ShapeError};
use uaps_model::{Query, Segment};
use uaps_spec::{Document, Node, Span};

/// The value at a query's end, in one of the ways the answer may look.
#[derive(Debug, Clone)]
pub(crate) struct Leaf<'d> {
    document: &'d Document,
    schemas: Alternative<'d>,
}

/// Why a query need not lead to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Miss {
    /// The schema that leaves it open.
    pub span: Span,
    /// A clause: "`total` is not `required` here".
    pub reason: String,
    /// What mends it, beyond correcting the query.
    pub help: Option<String>,
}

impl Miss {
    /// A miss at `span`.
    pub(crate) fn new(span: Span, reason: impl Into<String>) -> Self {
        Miss { span, reason: reason.into(), help: None }
    }

    /// Adds what mends it.
    pub(crate) fn with(self, help: impl Into<String>) -> Self {
        Miss { help: Some(help.into()), ..self }
    }
}

impl From<ShapeError> for Miss {
    fn from(error: ShapeError) -> Self {
        match error {
            ShapeError::Broken(span, error) => Miss::new(span, format!("this reference {error}")),
            ShapeError::Endless(span) => Miss::new(span, "this schema is composed of itself, or of too many parts"),
        }
    }
}

impl<'d> Leaf<'d> {
    /// The types that its schemas name.
    pub(crate) fn types(&self) -> Vec<&'d str> {
        types(&self.schemas)
    }

    /// Text at a keyword, in any of its schemas.
    pub(crate) fn keyword(&self, key: &str) -> Option<&'d str> {
        self.schemas.iter().find_map(|schema| schema.str_at(key))
    }

    /// The values it is limited to.
    pub(crate) fn values(&self) -> Option<&'d [Node]> {
        self.schemas.iter().find_map(|schema| schema.get("enum")).map(Node::items)
    }

    /// The most characters that its text may have.
    pub(crate) fn most_characters(&self) -> Option<i64> {
        self.schemas.iter().filter_map(|schema| schema.get("maxLength")?.as_i64()).min()
    }

    /// Where it is described.
    pub(crate) fn span(&self) -> Span {
        place(self.document, &self.schemas)
    }
}

/// What is followed: what others tell us, or what we tell them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Every way an answer may look must lead to a value that is not null.
    Answer,
    /// Every way a request may look must have a place for the value.
    Request,
}

/// Follows `query` from an answer of `schema`. Every way the answer may look must lead to a value that is not null.
pub(crate) fn follow<'d>(document: &'d Document, schema: &'d Node, query: &Query) -> Result<Vec<Leaf<'d>>, Miss> {
    walk(document, schema, query, Side::Answer)
}

/// Follows `query` from a request's body of `schema`. Every way the body may look must have a place there.
pub(crate) fn place_for<'d>(document: &'d Document, schema: &'d Node, query: &Query) -> Result<Vec<Leaf<'d>>, Miss> {
    walk(document, schema, query, Side::Request)
}

/// What a schema says of a value itself, in each way it may look.
pub(crate) fn leaves<'d>(document: &'d Document, schema: &'d Node) -> Result<Vec<Leaf<'d>>, Miss> {
    Ok(shape::alternatives(document, schema)?.into_iter().map(|schemas| Leaf { document, schemas }).collect())
}

fn walk<'d>(document: &'d Document, schema: &'d Node, query: &Query, side: Side) -> Result<Vec<Leaf<'d>>, Miss> {
    let not_null = |way: &[&Node]| if side == Side::Answer { not_null(way) } else { Ok(()) };
    let mut ways = shape::alternatives(document, schema)?;
    for segment in &query.segments {
        let mut next: Vec<Alternative<'d>> = Vec::new();
        for way in &ways {
            not_null(way)?;
            let below = match segment {
                Segment::Name(name) => property(document, way, name, side)?,
                Segment::Index(index) => element(document, way, *index)?,
            };
            // Branches often share what they lead to; each is followed once.
            for found in shape::together(document, &below)? {
                if !next.iter().any(|known| same(known, &found)) {
                    next.push(found);
                }
            }
        }
        ways = next;
    }
    ways.iter().try_for_each(|way| not_null(way))?;
    Ok(ways.into_iter().map(|schemas| Leaf { document, schemas }).collect())
}

fn same(a: &[&Node], b: &[&Node]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| std::ptr::eq(*a, *b))
}

fn types<'d>(way: &[&'d Node]) -> Vec<&'d str> {
    way.iter().filter_map(|schema| schema.str_at("type")).collect()
}

/// A place for a message: the key under which the schema stands, such as the name of a property. A branch in a list has
/// none; there it is the first of its own.
fn place(document: &Document, way: &[&Node]) -> Span {
    // The last one is the innermost: a branch rather than the schema that lists the branches.
    let Some(schema) = way.last() else { return document.root.span };
    let own = schema.members().first().map_or(schema.span, |member| member.key_span);
    key_of(&document.root, schema).unwrap_or(own)
}

/// The key whose value `wanted` is. Looks through the whole document, which only a finding needs.
fn key_of(root: &Node, wanted: &Node) -> Option<Span> {
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        if let Some(member) = node.members().iter().find(|member| std::ptr::eq(&member.value, wanted)) {
            return Some(member.key_span);
        }
        todo.extend(node.items());
        todo.extend(node.members().iter().map(|member| &member.value));
    }
    None
}

fn not_null(way: &[&Node]) -> Result<(), Miss> {
    let open = way.iter().find_map(|schema| schema.member("nullable").filter(|m| m.value.as_bool() == Some(true)));
    match open {
        None => Ok(()),
        Some(member) => Err(Miss::new(member.key_span, "this may be null")
            .with("if the provider never answers null here, set `nullable: false` by overlay")),
    }
}

fn of_type(document: &Document, way: &[&Node], wanted: &str) -> Result<(), Miss> {
    match types(way).as_slice() {
        [] => Ok(()),
        found if found.contains(&wanted) => Ok(()),
        [found, ..] => {
            let named = way.iter().find_map(|schema| schema.get("type")).map(|node| node.span);
            Err(Miss::new(
                named.unwrap_or_else(|| place(document, way)),
                format!("this is of type {found}, not {wanted}"),
            ))
        }
    }
}

fn property<'d>(document: &Document, way: &[&'d Node], name: &str, side: Side) -> Result<Vec<&'d Node>, Miss> {
    of_type(document, way, "object")?;
    let members = || way.iter().filter_map(|schema| schema.get("properties")).flat_map(Node::members);
    let declared: Vec<_> = members().filter(|member| member.key == name).collect();
    let first = declared.first().map(|member| member.key_span);
    let (mark, reason) = match side {
        Side::Answer => ("writeOnly", "no answer holds it"),
        Side::Request => ("readOnly", "no request holds it"),
    };
    if let Some(marked) = declared.iter().find(|member| member.value.is_true(mark)) {
        return Err(Miss::new(marked.key_span, format!("`{name}` is `{mark}`: {reason}")));
    }
    let mut found: Vec<&'d Node> = declared.into_iter().map(|member| &member.value).collect();
    if found.is_empty() {
        let open = way.iter().filter_map(|schema| schema.get("additionalProperties"));
        found.extend(open.filter(|schema| schema.is_object()));
    }
    if found.is_empty() {
        let miss = Miss::new(place(document, way), format!("this has no property `{name}`"));
        return Err(match uaps_model::nearest(name, members().map(|member| member.key.as_str())).first() {
            Some(near) => miss.with(format!("did you mean `{near}`?")),
            None => miss,
        });
    }
    let required = |schema: &&Node| {
        let names = schema.get("required").map(Node::items).unwrap_or_default();
        names.iter().any(|item| item.as_str() == Some(name))
    };
    if side == Side::Answer && !way.iter().any(required) {
        let reason = format!("`{name}` is not `required`, so an answer may lack it");
        return Err(Miss::new(first.unwrap_or_else(|| place(document, way)), reason).with(format!(
            "if the provider always answers `{name}`, add it to `required` by overlay; or lead the query elsewhere"
        )));
    }
    Ok(found)
}

fn element<'d>(document: &Document, way: &[&'d Node], index: i64) -> Result<Vec<&'d Node>, Miss> {
    of_type(document, way, "array")?;
    let found: Vec<_> = way.iter().filter_map(|schema| schema.get("items")).filter(|items| items.is_object()).collect();
    if found.is_empty() {
        return Err(Miss::new(place(document, way), "this has no `items`, so nothing is known of its elements"));
    }
    let needed = if index < 0 { index.saturating_neg() } else { index.saturating_add(1) };
    let least = way.iter().filter_map(|schema| schema.get("minItems")?.as_i64()).max().unwrap_or(0);
    if least < needed {
        let reason = format!("this list may have fewer than {needed} elements");
        return Err(Miss::new(place(document, way), reason)
            .with(format!("if the provider always answers so many, set `minItems: {needed}` by overlay")));
    }
    Ok(found)
}
