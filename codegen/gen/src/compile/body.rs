//! Request bodies.

use super::params::style_of;
use super::schema::{Schemas, View};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uaps_model::{Body, BodyKind, Encoding, MediaType, Place, Style};
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
            let encoding = match kind {
                BodyKind::Form | BodyKind::Multipart => encodings(document, media),
                _ => BTreeMap::new(),
            };
            (MediaType { content_type, kind, schema, encoding }, media)
        })
        .collect();
    found.sort_by_key(|(media, _)| preference(media));
    let (media, nodes): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let body = Body { required: node.is_true("required"), media };
    (!body.media.is_empty()).then_some(Declared { body, node, nodes })
}

/// How the properties of a form are written, where its document says so. In 3.0 the three words of styles hold for
/// URL-encoded forms only; they are taken at their word in multipart ones too, as in 3.1.
fn encodings(document: &Document, media: &Node) -> BTreeMap<String, Encoding> {
    let declared = media.get("encoding").and_then(|encoding| document.resolve(encoding).ok());
    let encodings = declared.map(Node::members).unwrap_or_default().iter().filter_map(|member| {
        let node = document.resolve(&member.value).ok()?;
        Some((member.key.clone(), encoding(node)?))
    });
    encodings.collect()
}

fn encoding(node: &Node) -> Option<Encoding> {
    if ["style", "explode", "allowReserved"].into_iter().any(|key| node.get(key).is_some()) {
        let style = node.str_at("style").and_then(|style| style_of(style, Place::Query)).unwrap_or(Style::Form);
        let explode = node.get("explode").and_then(Node::as_bool).unwrap_or(style == Style::Form);
        return Some(Encoding::Styled { style, explode, allow_reserved: node.is_true("allowReserved") });
    }
    // A list of what is accepted; a range says nothing that can be sent.
    let types = node.str_at("contentType")?.split(',').map(str::trim);
    let sendable =
        |media: &&str| media.contains('/') && !media.contains('*') && media.bytes().all(|b| matches!(b, b' '..=b'~'));
    types.into_iter().find(sendable).map(|content_type| Encoding::Media { content_type: content_type.to_owned() })
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

    #[track_caller]
    fn check_encoding(encoding: &str, expected: Value) {
        let text = format!("{{ encoding: {{ p: {encoding} }} }}");
        let mut sources = Sources::default();
        let file = sources.add("openapi.yaml", text);
        let document = Document { root: parse(&sources, file).0.unwrap() };
        let found = encodings(&document, &document.root).remove("p");
        assert_eq!(json!(found), expected, "{encoding}");
    }

    #[test]
    fn a_style_wins_over_a_media_type() {
        check_encoding("{style: deepObject, explode: true}", json!({"style": "deepObject", "explode": true}));
        check_encoding("{explode: false}", json!({"style": "form", "explode": false}));
        check_encoding("{style: pipeDelimited}", json!({"style": "pipeDelimited", "explode": false}));
        check_encoding(
            "{allowReserved: true, contentType: text/csv}",
            json!({"style": "form", "explode": true, "allow_reserved": true}),
        );
        check_encoding("{style: matrix}", json!({"style": "form", "explode": true}));
    }

    #[test]
    fn the_first_media_type_that_can_be_sent() {
        check_encoding("{contentType: 'image/*, image/png, image/jpeg'}", json!({"content_type": "image/png"}));
        check_encoding("{contentType: application/json}", json!({"content_type": "application/json"}));
        check_encoding("{contentType: 'image/*'}", Value::Null);
        check_encoding("{contentType: \"text/plain\\r\\nX: y\"}", Value::Null);
        check_encoding("{headers: {}}", Value::Null);
        check_encoding("{$ref: '#/nowhere'}", Value::Null);
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
