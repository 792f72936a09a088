//! `discriminator`: which property tells the branches of a union apart. No validator judges by it; assistants read it, and
//! through its mapping the forms of a type become known that nothing else refers to.

use serde_json::{Map, Value, json};
use uaps_spec::Node;

/// The discriminator with its mapping turned to `#/$defs/<name>`, as far as `named` knows what is meant.
pub(super) fn raise<'d>(node: &'d Node, mut named: impl FnMut(&'d str) -> Option<String>) -> Option<Value> {
    let property = node.str_at("propertyName")?;
    let mut out = Map::new();
    out.insert("propertyName".into(), property.into());
    let mapping = node.get("mapping").map(Node::members).unwrap_or_default();
    let mapping: Map<String, Value> = mapping
        .iter()
        .filter_map(|member| Some((member.key.clone(), json!(format!("#/$defs/{}", named(member.value.as_str()?)?)))))
        .collect();
    if !mapping.is_empty() {
        out.insert("mapping".into(), mapping.into());
    }
    Some(out.into())
}
