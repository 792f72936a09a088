//! Request bodies.

use super::schema::{Schemas, View};
use serde_json::{Value, json};
use uaps_model::{Body, BodyKind, MediaType};
use uaps_spec::{Document, Member, Node, OperationRef};

/// A body, its request body object, and the media type objects in the body's order.
pub(super) struct Declared<'d> {
    pub(super) body: Body,
    pub(super) node: &'d Node,
    pub(super) nodes: Vec<&'d Node>,
}

/// An operation's request body; the media type to send comes first.
pub(super) fn body<'d>(
    document: &'d Document,
    operation: &OperationRef<'d>,
    schemas: &mut Schemas<'d>,
) -> Option<Declared<'d>> {
    let node = document.resolve(operation.node.get("requestBody")?).ok()?;
    let mut found: Vec<(MediaType, &'d Node)> = content(document, node)
        .iter()
        .map(|member| {
            let media = document.resolve(&member.value).unwrap_or(&member.value);
            let content_type = concrete(&member.key, media.get("schema"));
            let kind = BodyKind::of(&content_type);
            let schema = match kind {
                // The executor can't write XML or bytes from a structure: the caller passes them as text.
                BodyKind::Text | BodyKind::Binary if !is_text(document, media) => text(kind),
                _ => schemas.raise(media.get("schema"), View::Input),
            };
            (MediaType { content_type, kind, schema }, media)
        })
        .collect();
    found.sort_by_key(|(media, _)| preference(media));
    let (media, nodes): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let body = Body { required: node.is_true("required"), media };
    (!body.media.is_empty()).then_some(Declared { body, node, nodes })
}

fn is_text(document: &Document, media: &Node) -> bool {
    let schema = media.get("schema").and_then(|schema| document.resolve(schema).ok());
    schema.is_some_and(|schema| schema.str_at("type") == Some("string"))
}

fn text(kind: BodyKind) -> Value {
    match kind {
        BodyKind::Binary => json!({"type": "string", "format": "binary"}),
        _ => json!({"type": "string"}),
    }
}

/// The media types of a body, an answer or a parameter. Documents put a reference where OpenAPI has no place for one.
pub(super) fn content<'d>(document: &'d Document, holder: &'d Node) -> &'d [Member] {
    let content = holder.get("content").and_then(|content| document.resolve(content).ok());
    content.map(Node::members).unwrap_or_default()
}

/// Plain JSON first, then what can be built from JSON without guessing.
fn preference(media: &MediaType) -> u8 {
    match media.kind {
        BodyKind::Json if media.content_type.starts_with("application/json") => 0,
        BodyKind::Json => 1,
        BodyKind::Form => 2,
        BodyKind::Multipart => 3,
        BodyKind::Text => 4,
        BodyKind::Binary => 5,
    }
}

/// A range such as `*/*` can't be sent. What has a structure is sent as JSON, the rest as bytes or text.
pub(super) fn concrete(content_type: &str, schema: Option<&Node>) -> String {
    let content_type = content_type.trim();
    match content_type.split_once('/') {
        Some(("*" | "application", "*")) | None => {
            match schema.filter(|schema| schema.str_at("type") != Some("string")) {
                Some(_) => "application/json".into(),
                None => "application/octet-stream".into(),
            }
        }
        Some(("text", "*")) => "text/plain".into(),
        Some((_, "*")) => "application/octet-stream".into(),
        Some(_) => content_type.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uaps_spec::{Sources, parse};

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let text = format!(
            "paths: {{ /a: {{ post: {{ requestBody: {body} }} }} }}\n\
             components: {{ requestBodies: {{ B: {{ required: true, content: {{ text/csv: {{}} }} }} }} }}"
        );
        let mut sources = Sources::default();
        let file = sources.add("openapi.yaml", text);
        let document = Document { root: parse(&sources, file).0.unwrap() };
        let operation = document.operations().next().unwrap();
        let declared = super::body(&document, &operation, &mut Schemas::new(&document));
        let found: Vec<String> =
            declared.into_iter().flat_map(|d| d.body.media).map(|media| media.content_type).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn json_comes_first() {
        check(
            "{content: {image/png: {}, text/plain: {}, multipart/form-data: {}, application/x-www-form-urlencoded: {}, \
              application/vnd.x+json: {}, application/json; charset=utf-8: {}}}",
            &[
                "application/json; charset=utf-8",
                "application/vnd.x+json",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                "text/plain",
                "image/png",
            ],
        );
    }

    #[test]
    fn ranges_become_types_that_can_be_sent() {
        check("{content: {'*/*': {schema: {type: object}}}}", &["application/json"]);
        check("{content: {'*/*': {schema: {type: string, format: binary}}}}", &["application/octet-stream"]);
        check("{content: {image/*: {}}}", &["application/octet-stream"]);
        check("{$ref: '#/components/requestBodies/B'}", &["text/csv"]);
        check("{content: {$ref: '#/components/requestBodies/B/content'}}", &["text/csv"]);
        check("{content: {}}", &[]);
        check("{$ref: '#/nowhere'}", &[]);
    }
}
