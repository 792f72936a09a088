//! The names under which a caller passes an operation what it needs.

use super::shape;
use uaps_model::BodyKind;
use uaps_spec::{Document, Node, OperationRef, Span};

/// What an operation takes.
#[derive(Debug, Default)]
pub(crate) struct Arguments<'d> {
    /// Parameters: name, place of the description, whether required.
    pub parameters: Vec<(&'d str, Span, bool)>,
    /// The body's properties, likewise; of every way the body may look.
    pub properties: Vec<(&'d str, Span, bool)>,
    /// Whether there is a body.
    pub body: Option<Span>,
    /// Whether a request without a body is wrong.
    pub body_required: bool,
    /// Whether the body takes properties that it does not name, or can't be looked into.
    pub open: bool,
}

/// The arguments of an operation. Broken references are left out, their rule reports them.
pub(crate) fn arguments<'d>(document: &'d Document, operation: &OperationRef<'d>) -> Arguments<'d> {
    let mut arguments = Arguments::default();
    for parameter in document.parameters(operation) {
        if let Some(name) = parameter.get("name")
            && let Some(text) = name.as_str()
        {
            arguments.parameters.push((text, name.span, parameter.is_true("required")));
        }
    }
    let body = operation.node.member("requestBody");
    let Some((member, body)) = body.and_then(|member| Some((member, document.resolve(&member.value).ok()?))) else {
        return arguments;
    };
    arguments.body = Some(member.key_span);
    arguments.body_required = body.is_true("required");
    let media = body.get("content").map(Node::members).unwrap_or_default();
    let json = media.iter().find(|m| BodyKind::of(&m.key) == BodyKind::Json).or(media.first());
    let schema = json.and_then(|member| member.value.get("schema"));
    let ways = schema.and_then(|schema| shape::alternatives(document, schema).ok());
    arguments.open = ways.is_none();
    for schema in ways.into_iter().flatten().flatten() {
        let required = schema.get("required").map(Node::items).unwrap_or_default();
        let is_required = |name: &str| required.iter().any(|item| item.as_str() == Some(name));
        let members = schema.get("properties").map(Node::members).unwrap_or_default();
        arguments.properties.extend(members.iter().map(|m| (m.key.as_str(), m.key_span, is_required(&m.key))));
        // A name that is required and described elsewhere, or nowhere.
        arguments.properties.extend(required.iter().filter_map(|item| Some((item.as_str()?, item.span, true))));
        arguments.open |= schema.get("additionalProperties").is_some_and(|more| more.as_bool() != Some(false));
    }
    arguments.open |= arguments.properties.is_empty();
    arguments
}
