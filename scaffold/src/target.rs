//! RFC 9535 queries that name one place of a document, for the actions of an overlay.

use uaps_spec::{Document, Node, OperationRef, Span, limits};

/// `text` as a quoted name inside a query.
fn name(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// `parent` with one more member: `.get`, or `['/rides/{id}']` where the key is no plain word.
pub(crate) fn member(parent: &str, key: &str) -> String {
    let plain = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { format!("{parent}.{key}") } else { format!("{parent}[{}]", name(key)) }
}

/// The parameter of a list that has this name and place.
pub(crate) fn parameter(list: &str, parameter: &str, place: &str) -> String {
    format!("{list}[?@.name=={} && @.in=={}]", name(parameter), name(place))
}

/// A local reference as a query. `None` where it points into a list, or elsewhere.
fn reference(document: &Document, text: &str) -> Option<String> {
    let mut tokens = text.strip_prefix("#/")?.split('/').map(uaps_spec::unescape);
    let start = ("$".to_owned(), &document.root);
    let (query, _) =
        tokens.try_fold(start, |(parent, node), token| Some((member(&parent, &token), node.get(&token)?)))?;
    Some(query)
}

/// Where `node` really stands, when it stands at `place`: references are followed.
pub(crate) fn locate(document: &Document, node: &Node, place: String) -> Option<String> {
    let (mut node, mut place) = (node, place);
    for _ in 0..limits::MAX_REF_HOPS {
        let Some(text) = node.str_at("$ref") else { return Some(place) };
        place = reference(document, text)?;
        node = document.target(text).ok()?;
    }
    None
}

/// The path item of an operation.
pub(crate) fn item(document: &Document, operation: &OperationRef<'_>) -> Option<String> {
    let node = document.root.get("paths")?.get(operation.path)?;
    let place = member("$.paths", operation.path);
    // An item may have operations beside its reference.
    if std::ptr::eq(node, operation.item) { Some(place) } else { locate(document, node, place) }
}

/// What stands at a place of the text.
pub(crate) fn at(root: &Node, span: Span) -> Option<String> {
    let mut todo = vec![(root, "$".to_owned())];
    while let Some((node, place)) = todo.pop() {
        if node.span == span && node.is_object() {
            return Some(place);
        }
        todo.extend(node.items().iter().enumerate().map(|(number, item)| (item, format!("{place}[{number}]"))));
        todo.extend(node.members().iter().map(|m| (&m.value, member(&place, &m.key))));
    }
    None
}

/// An operation. It may stand beside a reference of its path, and not behind it.
pub(crate) fn operation(document: &Document, operation: &OperationRef<'_>) -> Option<String> {
    let method = operation.method.as_str().to_ascii_lowercase();
    let written = document.root.get("paths")?.get(operation.path)?;
    let place = match written.get(&method) {
        Some(_) => member("$.paths", operation.path),
        None => item(document, operation)?,
    };
    Some(member(&place, &method))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_quoted_where_they_must() {
        assert_eq!(member("$", "paths"), "$.paths");
        assert_eq!(member("$.paths", "/it's/{a}"), r"$.paths['/it\'s/{a}']");
    }

    #[test]
    fn references_that_a_query_cannot_follow_have_none() {
        let mut sources = uaps_spec::Sources::default();
        let file = sources.add("", "components: { parameters: { a/b: {} } }\ntags: [{ get: {} }]\n");
        let document = Document { root: uaps_spec::parse(&sources, file).0.unwrap() };
        let query = |text| reference(&document, text);
        assert_eq!(query("#/components/parameters/a~1b").as_deref(), Some("$.components.parameters['a/b']"));
        assert_eq!(
            [query("other.yaml#/a"), query("#/tags/0"), query("#/tags/0/get"), query("#/nowhere")],
            [None, None, None, None]
        );
    }
}
