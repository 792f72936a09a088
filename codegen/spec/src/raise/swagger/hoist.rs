//! References into `paths`: what they lead to moves, so it gets a name of its own first.

use crate::{
    Node,
    node::{Kind, Member},
    raise::build::{member, members_mut, object},
    unescape,
};
use std::collections::BTreeMap;

/// Copies what references into `paths` lead to under `definitions`, `parameters` or `responses`, and turns the references
/// there. A reference to a whole path item stays: path items don't move.
pub(super) fn references_into_paths(root: &mut Node) {
    let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
    each_reference(root, &mut |reference| {
        if reference.starts_with("#/paths/") && reference.split('/').count() > 3 {
            found.entry(reference.clone()).or_default();
        }
    });
    if found.is_empty() {
        return;
    }
    for (reference, new) in &mut found {
        let pointer = reference.trim_start_matches('#');
        let Some(target) = root.pointer(pointer).cloned() else { continue };
        let tokens: Vec<String> = pointer.split('/').skip(1).map(unescape).collect();
        let holder = match tokens.iter().rev().nth(1).map(String::as_str) {
            Some("parameters") => "parameters",
            Some("responses") => "responses",
            _ => "definitions",
        };
        *new = place(root, holder, &name(&tokens), target).map(|name| format!("#/{holder}/{name}"));
    }
    each_reference(root, &mut |reference| {
        if let Some(Some(new)) = found.get(reference.as_str()) {
            reference.clone_from(new);
        }
    });
}

/// Puts `target` under a free name, and answers that name.
fn place(root: &mut Node, holder: &str, wanted: &str, target: Node) -> Option<String> {
    let span = root.span;
    let members = members_mut(root)?;
    if !members.iter().any(|m| m.key == holder) {
        members.push(member(holder, object(span, Vec::new())));
    }
    let named = members.iter_mut().find(|m| m.key == holder).and_then(|m| members_mut(&mut m.value))?;
    let free = |name: &String| !named.iter().any(|m| m.key == *name);
    let numbered = (2_usize..).map(|number| format!("{wanted}_{number}"));
    let name = std::iter::once(wanted.to_owned()).chain(numbered).find(free)?;
    named.push(member(&name, target));
    Some(name)
}

/// `/pets/{id}` `get` `responses` `200` `schema` is `pets_id_get_200`.
fn name(tokens: &[String]) -> String {
    let structure = ["paths", "responses", "schema", "properties", "parameters"];
    let words = tokens.iter().filter(|token| !structure.contains(&token.as_str()));
    let words =
        words.flat_map(|token| token.split(|c: char| !c.is_ascii_alphanumeric())).filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join("_");
    if joined.is_empty() { "shared".to_owned() } else { joined }
}

fn each_reference(root: &mut Node, visit: &mut dyn FnMut(&mut String)) {
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        match &mut node.kind {
            Kind::Array(items) => todo.extend(items),
            Kind::Object(members) => {
                for Member { key, value, .. } in members {
                    match &mut value.kind {
                        Kind::String(reference) if key == "$ref" => visit(reference),
                        _ => todo.push(value),
                    }
                }
            }
            _ => {}
        }
    }
}
