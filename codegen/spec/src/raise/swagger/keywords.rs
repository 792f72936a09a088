//! Words of 2.0 that 3.0 spells in another way, where they stand.

use crate::{
    Node,
    node::{Kind, Member},
    raise::build::{boolean, member, object, text},
};

/// What the keys of an object are.
#[derive(Clone, Copy, PartialEq)]
enum Keys {
    /// Keywords.
    Words,
    /// Names that the author chose.
    Names,
}

/// Translates the keywords of a whole document, but for what only looks like them: names, examples, defaults.
pub(super) fn raise(root: &mut Node) {
    let mut todo = vec![(root, Keys::Words)];
    while let Some((node, keys)) = todo.pop() {
        match &mut node.kind {
            Kind::Array(items) => todo.extend(items.iter_mut().map(|item| (item, Keys::Words))),
            Kind::Object(members) => {
                if keys == Keys::Words {
                    mend(members);
                }
                todo.extend(members.iter_mut().filter_map(|member| {
                    let below = if keys == Keys::Names { Some(Keys::Words) } else { below(&member.key) };
                    Some((&mut member.value, below?))
                }));
            }
            _ => {}
        }
    }
}

/// What stands below a keyword; `None` for plain values.
fn below(key: &str) -> Option<Keys> {
    match key {
        "example" | "examples" | "x-example" | "x-examples" | "default" | "enum" => None,
        "properties"
        | "patternProperties"
        | "definitions"
        | "parameters"
        | "responses"
        | "paths"
        | "headers"
        | "securityDefinitions"
        | "scopes" => Some(Keys::Names),
        _ => Some(Keys::Words),
    }
}

fn mend(members: &mut Vec<Member>) {
    let mut is_file = false;
    for Member { key, value, .. } in members.iter_mut() {
        match (key.as_str(), &mut value.kind) {
            ("$ref", Kind::String(reference)) => {
                if let Some(moved) = moved(reference) {
                    *reference = moved;
                }
            }
            ("discriminator", Kind::String(property)) => {
                let name = text(value.span, std::mem::take(property));
                *value = object(value.span, vec![member("propertyName", name)]);
            }
            ("type", Kind::String(kind)) if kind == "file" => {
                *kind = "string".to_owned();
                is_file = true;
            }
            ("x-nullable", Kind::Bool(_)) => *key = "nullable".to_owned(),
            _ => {}
        }
    }
    if is_file && let Some(span) = members.iter().find(|m| m.key == "type").map(|m| m.value.span) {
        members.retain(|m| m.key != "format");
        members.push(member("format", text(span, "binary")));
        // Tells a file from text that its author called binary; nothing else reads it.
        members.push(member(FILE, boolean(span, true)));
    }
}

/// Marks what was `type: file`.
pub(super) const FILE: &str = "x-file";

/// Where a reference leads after the move.
fn moved(reference: &str) -> Option<String> {
    let moves = [
        ("#/definitions/", "#/components/schemas/"),
        ("#/parameters/", "#/components/parameters/"),
        ("#/responses/", "#/components/responses/"),
    ];
    moves.into_iter().find_map(|(from, to)| Some(format!("{to}{}", reference.strip_prefix(from)?)))
}
