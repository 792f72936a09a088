//! The answers a document announces.

use super::body::{concrete, content};
use super::schema::{Schemas, View};
use super::text;
use uaps_model::{BodyKind, Response};
use uaps_spec::{Document, Node, OperationRef};

/// An answer and the media type object that it came from.
pub(super) struct Declared<'d> {
    pub(super) response: Response,
    pub(super) media: Option<&'d Node>,
}

/// An operation's answers by status, `default` last.
pub(super) fn responses<'d>(
    document: &'d Document,
    operation: &OperationRef<'d>,
    schemas: &mut Schemas<'d>,
) -> Vec<Declared<'d>> {
    let mut found = Vec::new();
    for member in operation.node.get("responses").map(Node::members).unwrap_or_default() {
        let Some(status) = status(&member.key) else { continue };
        let node = document.resolve(&member.value).unwrap_or(&member.value);
        let content = content(document, node);
        let json = content.iter().find(|media| BodyKind::of(&media.key) == BodyKind::Json);
        let chosen = json.or(content.first());
        let media = chosen.map(|member| document.resolve(&member.value).unwrap_or(&member.value));
        let schema = media.and_then(|media| media.get("schema"));
        found.push(Declared {
            response: Response {
                status,
                description: text::description(node.str_at("description").unwrap_or_default()),
                content_type: chosen.map(|member| concrete(&member.key, schema)),
                schema: schema.map(|schema| schemas.raise(Some(schema), View::Output)),
            },
            media,
        });
    }
    found.sort_by(|a, b| a.response.status.cmp(&b.response.status));
    found
}

/// The answer that shows success: the lowest 2xx, else `default`, else whatever is no failure.
pub(super) fn success<'r, 'd>(responses: &'r [Declared<'d>]) -> Option<&'r Declared<'d>> {
    let first = |start: &str| responses.iter().find(|r| r.response.status.starts_with(start));
    first("2").or_else(|| first("default")).or_else(|| first("3"))
}

/// The first successful answer in JSON; its schema is the tool's output schema.
pub(super) fn output<'r, 'd>(responses: &'r [Declared<'d>]) -> Option<&'r Declared<'d>> {
    let json = |r: &&Declared<'_>| {
        r.response.schema.is_some()
            && r.response.content_type.as_deref().is_some_and(|content| BodyKind::of(content) == BodyKind::Json)
    };
    let mut successes = responses.iter().filter(|r| r.response.status.starts_with('2')).peekable();
    match successes.peek() {
        Some(_) => successes.find(json),
        None => responses.iter().find(|r| r.response.status == "default").filter(json),
    }
}

/// The status of an example: `2XX` is answered with 200.
pub(super) fn number(status: &str) -> u16 {
    let digits = status.replace('X', "0");
    digits.parse().unwrap_or(200)
}

fn status(key: &str) -> Option<String> {
    let key = key.to_ascii_uppercase();
    let code = || {
        let (class, rest) = (key.get(..1)?, key.get(1..)?);
        let known = key.len() == 3
            && ("1"..="5").contains(&class)
            && (rest == "XX" || rest.bytes().all(|byte| byte.is_ascii_digit()));
        known.then(|| key.clone())
    };
    if key == "DEFAULT" { Some("default".into()) } else { code() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uaps_spec::{Sources, parse};

    #[track_caller]
    fn check(responses: &str, expected_success: Option<&str>, expected_output: Option<&str>) {
        let mut sources = Sources::default();
        let file = sources.add("openapi.yaml", format!("paths: {{ /a: {{ get: {{ responses: {responses} }} }} }}"));
        let document = Document { root: parse(&sources, file).0.unwrap() };
        let operation = document.operations().next().unwrap();
        let found = super::responses(&document, &operation, &mut Schemas::new(&document));
        let status = |r: Option<&Declared<'_>>| r.map(|r| r.response.status.clone());
        assert_eq!(status(success(&found)).as_deref(), expected_success);
        assert_eq!(status(output(&found)).as_deref(), expected_output);
    }

    #[test]
    fn the_first_success_counts() {
        let json = "{content: {text/html: {}, application/json: {schema: {}}}}";
        check(&format!("{{default: {json}, 201: {json}, 2xx: {{}}, 200: {{}}, x-y: {{}}}}"), Some("200"), Some("201"));
        check(&format!("{{404: {json}, default: {json}}}"), Some("default"), Some("default"));
        check(&format!("{{204: {{}}, default: {json}}}"), Some("204"), None);
        check("{302: {}, 400: {}}", Some("302"), None);
        check("{2XX: {content: {application/json: {}}}}", Some("2XX"), None);
        check("[]", None, None);
    }

    #[test]
    fn statuses() {
        assert_eq!(number("2XX"), 200);
        assert_eq!(number("204"), 204);
        assert_eq!(number("default"), 200);
        assert_eq!(status("20"), None);
        assert_eq!(status("6XX"), None);
        assert_eq!(status("€"), None);
    }
}
