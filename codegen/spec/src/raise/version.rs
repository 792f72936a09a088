//! Which version a document says it has.

use crate::{Diagnostic, Node, Span, codes, node::Kind};

/// A version that is understood, as far as it makes a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Swagger 2.0.
    Swagger2,
    /// OpenAPI 3.0.x.
    OpenApi30,
    /// OpenAPI 3.1.x.
    OpenApi31,
    /// OpenAPI 3.2.x, as far as it is 3.1.
    OpenApi32,
}

/// The version, and what is to be said of how it is written.
pub(super) fn of(root: &Node) -> (Option<Version>, Vec<Diagnostic>) {
    let (node, known): (&Node, fn(&str) -> Option<Version>) = match (root.get("openapi"), root.get("swagger")) {
        (Some(node), _) => (node, openapi),
        (None, Some(node)) => (node, |text| (text == "2.0").then_some(Version::Swagger2)),
        (None, None) => {
            let place = Span { end: root.span.start, ..root.span };
            let finding = error("this is no OpenAPI document: it has no `openapi` and no `swagger` field", place);
            return (
                None,
                vec![finding.help("an OpenAPI document begins with `openapi: 3.0.3` or `swagger: \"2.0\"`")],
            );
        }
    };
    let text = match &node.kind {
        Kind::String(text) => text.trim().to_owned(),
        // A plain `2.0` or `3.1` is a number in YAML. Documents do that, and there is one way to read it.
        Kind::Number(number) => number.as_f64().map(|number| format!("{number:.1}")).unwrap_or_default(),
        _ => {
            let message = format!("the version must be text such as \"3.0.3\", not {}", node.describe());
            return (None, vec![error(&message, node.span).help("put the version in quotes: `openapi: \"3.0.3\"`")]);
        }
    };
    let Some(version) = known(&text) else {
        let kind = if root.get("openapi").is_some() { "an OpenAPI" } else { "a Swagger" };
        let message =
            format!("this is {kind} {text} document; Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2 are understood");
        return (
            None,
            vec![error(&message, node.span).help("ask the provider for one of these, or convert the document")],
        );
    };
    (Some(version), Vec::new())
}

fn openapi(text: &str) -> Option<Version> {
    let is = |minor: &str| text.strip_prefix(minor).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    [("3.0", Version::OpenApi30), ("3.1", Version::OpenApi31), ("3.2", Version::OpenApi32)]
        .into_iter()
        .find_map(|(minor, version)| is(minor).then_some(version))
}

fn error(message: &str, span: Span) -> Diagnostic {
    Diagnostic::error(codes::VERSION, message, span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FileId;

    #[track_caller]
    fn check(document: &str, expected: Result<Version, &str>) {
        let (root, _) = crate::yaml::parse(document, FileId(0));
        let (version, found) = of(&root.unwrap());
        match expected {
            Ok(expected) => assert_eq!((version, found.len()), (Some(expected), 0), "{found:?}"),
            Err(message) => assert!(found[0].message.contains(message) && version.is_none(), "{found:?}"),
        }
    }

    #[test]
    fn versions() {
        check("swagger: \"2.0\"", Ok(Version::Swagger2));
        check("swagger: 2.0", Ok(Version::Swagger2));
        check("openapi: 3.0.3", Ok(Version::OpenApi30));
        check("openapi: 3.0", Ok(Version::OpenApi30));
        check("openapi: '3.1'", Ok(Version::OpenApi31));
        check("openapi: 3.1.0-rc1", Ok(Version::OpenApi31));
        check("openapi: 3.2.0", Ok(Version::OpenApi32));
        check("openapi: 3.20.0", Err("an OpenAPI 3.20.0 document"));
        check("swagger: '1.2'", Err("a Swagger 1.2 document"));
        check("openapi: [3]", Err("must be text"));
        check("info: {}", Err("no `openapi` and no `swagger`"));
        check("[]", Err("no `openapi` and no `swagger`"));
    }
}
