//! What a reference leads to, across files.

use super::Files;
use super::location::Refused;
use std::collections::HashMap;
use uaps_spec::{Node, escape, limits, unescape};

/// A value in some file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Target {
    /// In the document itself: the reference that leads there.
    Document(String),
    /// In another file.
    Foreign {
        /// The file's number.
        file: usize,
        /// The JSON Pointer there.
        pointer: String,
    },
}

/// The value that `reference`, which stands in the file `from`, leads to in the end: references on the way are followed.
pub(super) fn find(files: &mut Files<'_, '_>, from: usize, reference: &str) -> Result<Target, Refused> {
    follow(files, from, reference, limits::MAX_REF_HOPS)
}

fn follow(files: &mut Files<'_, '_>, from: usize, reference: &str, hops: usize) -> Result<Target, Refused> {
    let Some(hops) = hops.checked_sub(1) else {
        return refused("leads back to itself without ever reaching a value", "say by the overlay what stands there");
    };
    let (name, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let file = if name.is_empty() { from } else { file(files, from, name)? };
    if file == 0 {
        return Ok(Target::Document(format!("#{fragment}")));
    }
    let (tree, location) = match files.list.get(file) {
        Some(file) => (file.tree.clone(), file.location.to_string()),
        None => return refused("leads nowhere", ""),
    };
    let tree = match tree {
        Ok(tree) => tree,
        Err(reason) => {
            return refused(
                format!("leads to {location}, which {reason}"),
                "put the file there and scaffold again, or say by the overlay what stands there",
            );
        }
    };
    let pointer = match fragment {
        "" => String::new(),
        path if path.starts_with('/') => path.to_owned(),
        name => files.anchor(file, &unescape(name)).unwrap_or_else(|| format!("/{name}")),
    };
    let mut node = &*tree;
    let mut at = String::new();
    let mut tokens = pointer.split('/').skip(1);
    while let Some(token) = tokens.next() {
        let token = unescape(token);
        match child(node, &token) {
            Some(child) => {
                node = child;
                at.push_str(&format!("/{}", escape(&token)));
            }
            // The way leads through a reference.
            None => match node.str_at("$ref") {
                Some(through) => {
                    let rest: String = tokens.map(|token| format!("/{token}")).collect();
                    let tail = format!("/{}{rest}", escape(&token));
                    return match follow(files, file, through, hops)? {
                        Target::Document(start) => Ok(Target::Document(start + &tail)),
                        Target::Foreign { file, pointer } => follow(files, file, &format!("#{pointer}{tail}"), hops),
                    };
                }
                None => {
                    let help =
                        "correct the reference in the vendor's document, or say by the overlay what stands there";
                    return refused(format!("leads to `{fragment}` in {location}, where nothing is"), help);
                }
            },
        }
    }
    match (node.str_at("$ref"), node.members()) {
        (Some(next), [_]) => follow(files, file, next, hops),
        _ => Ok(Target::Foreign { file, pointer: at }),
    }
}

fn file(files: &mut Files<'_, '_>, from: usize, name: &str) -> Result<usize, Refused> {
    let Some(base) = files.list.get(from).map(|file| file.location.clone()) else {
        return refused("leads nowhere", "");
    };
    let location = base.join(name)?;
    Ok(files.get(location, from))
}

fn child<'n>(node: &'n Node, token: &str) -> Option<&'n Node> {
    node.get(token).or_else(|| node.items().get(token.parse::<usize>().ok()?))
}

/// The pointers to the schemas of a file that have a name of their own, by that name; the first of each.
pub(super) fn anchors(tree: &Node) -> HashMap<String, String> {
    let mut anchors = HashMap::new();
    let mut todo = vec![(tree, String::new())];
    while let Some((node, at)) = todo.pop() {
        for name in ["$anchor", "$dynamicAnchor"].iter().filter_map(|key| node.str_at(key)) {
            anchors.entry(name.to_owned()).or_insert_with(|| at.clone());
        }
        todo.extend(node.items().iter().enumerate().rev().map(|(number, item)| (item, format!("{at}/{number}"))));
        let members = node.members().iter().rev();
        todo.extend(members.map(|member| (&member.value, format!("{at}/{}", escape(&member.key)))));
    }
    anchors
}

fn refused<T>(reason: impl Into<String>, help: &str) -> Result<T, Refused> {
    Err(Refused { reason: reason.into(), help: help.to_owned() })
}
