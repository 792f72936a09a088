//! Servers and security, in the document's words.

use super::schema::plain;
use serde_json::Value;
use std::collections::BTreeMap;
use uaps_model::{SecurityRequirement, Server};
use uaps_spec::{Document, Node, OperationRef};

/// The servers that a document, a path or an operation names.
pub(super) fn servers(holder: &Node) -> Vec<Server> {
    let listed = holder.get("servers").map(Node::items).unwrap_or_default();
    listed.iter().filter_map(server).collect()
}

fn server(node: &Node) -> Option<Server> {
    let mut url = node.str_at("url")?.to_owned();
    for variable in node.get("variables").map(Node::members).unwrap_or_default() {
        if let Some(default) = variable.value.str_at("default") {
            url = url.replace(&format!("{{{}}}", variable.key), default);
        }
    }
    Some(Server { url, description: node.str_at("description").unwrap_or_default().to_owned() })
}

/// The servers that hold for an operation alone.
pub(super) fn own_servers(operation: &OperationRef<'_>) -> Vec<Server> {
    let own = servers(operation.node);
    if own.is_empty() { servers(operation.item) } else { own }
}

/// What an operation asks for: its own requirements, even none, else the document's.
pub(super) fn security(document: &Document, operation: &OperationRef<'_>) -> Vec<SecurityRequirement> {
    let listed = operation.node.get("security").or_else(|| document.root.get("security"));
    let requirement = |node: &Node| {
        let scopes = |node: &Node| node.items().iter().filter_map(Node::as_str).map(str::to_owned).collect();
        node.is_object().then(|| node.members().iter().map(|m| (m.key.clone(), scopes(&m.value))).collect())
    };
    listed.map(Node::items).unwrap_or_default().iter().filter_map(requirement).collect()
}

/// The document's security schemes.
pub(super) fn schemes(document: &Document) -> BTreeMap<String, Value> {
    let named = document.root.get("components").and_then(|components| components.get("securitySchemes"));
    let named = named.map(Node::members).unwrap_or_default().iter();
    let scheme =
        |node: &Node| document.resolve(node).ok().filter(|node| node.is_object()).and_then(|node| plain(node, 8));
    named.filter_map(|member| Some((member.key.clone(), scheme(&member.value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uaps_spec::{Sources, parse};

    #[test]
    fn the_nearest_word_counts() {
        let text = "\
security: [{ key: [] }]
servers: [{ url: 'https://{region}.shop.example', variables: { region: { default: eu } }, description: Ours }, { x: 1 }]
paths:
  /a:
    servers: [{ url: /v2 }]
    get: {}
    post: { security: [{}, { login: [read], key: [] }], servers: [{ url: https://upload.shop.example }] }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
";
        let mut sources = Sources::default();
        let file = sources.add("openapi.yaml", text);
        let document = Document { root: parse(&sources, file).0.unwrap() };
        let said: Vec<String> = document
            .operations()
            .map(|op| {
                format!(
                    "{:?} {:?}",
                    security(&document, &op),
                    own_servers(&op).iter().map(|s| &s.url).collect::<Vec<_>>()
                )
            })
            .collect();
        assert_eq!(
            said,
            [r#"[{"key": []}] ["/v2"]"#, r#"[{}, {"key": [], "login": ["read"]}] ["https://upload.shop.example"]"#]
        );
        assert_eq!(
            servers(&document.root),
            [Server { url: "https://eu.shop.example".into(), description: "Ours".into() }]
        );
        assert_eq!(schemes(&document).keys().collect::<Vec<_>>(), ["key"]);
    }
}
