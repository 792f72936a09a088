//! References by name, as JSON Schema 2020-12 has them: `$id`, `$anchor`, `$dynamicAnchor` with `$dynamicRef`.
//!
//! Each becomes a JSON Pointer from the document's root, the one kind of reference that everything after this knows. A
//! `$dynamicRef` leads to the anchor of its own resource: what another schema would put in its place can't be told without
//! a value.

use crate::{
    Node, Span, escape,
    node::{Kind, Member},
};
use std::collections::HashMap;
use url::Url;

/// Turns references by name into pointers. One that can't be resolved stays, for a rule to report.
pub(super) fn raise(root: &mut Node) {
    let mut named = Named::default();
    each_object(root, &mut |members, place| named.note(members, place));
    if !named.any {
        return;
    }
    let mut moved: HashMap<Span, String> = HashMap::new();
    each_object(root, &mut |members, place| {
        for Member { key, value, .. } in members {
            if let (true, Some(reference)) = (is_reference(key), value.as_str())
                && let Some(pointer) = named.pointer(root, reference, &place.resource)
            {
                moved.insert(value.span, format!("#{pointer}"));
            }
        }
    });
    rewrite(root, &moved);
}

fn is_reference(key: &str) -> bool {
    matches!(key, "$ref" | "$dynamicRef" | "$recursiveRef")
}

/// Where an object stands.
struct Place {
    pointer: String,
    /// The pointer of the schema resource that it is part of; empty for the document.
    resource: String,
}

/// What has a name.
#[derive(Default)]
struct Named {
    any: bool,
    /// `$id`s, absolute where their base is known, with the pointer of what they name.
    resources: Vec<(String, String)>,
    /// Resource and anchor to pointer.
    anchors: HashMap<(String, String), String>,
}

impl Named {
    fn note(&mut self, members: &[Member], place: &Place) {
        for Member { key, value, .. } in members {
            let Some(text) = value.as_str() else { continue };
            match key.as_str() {
                "$id" => {
                    self.any = true;
                    let base = self.resources.iter().find(|(_, pointer)| *pointer == place.resource).map(|(id, _)| id);
                    let id = base.map_or_else(|| text.to_owned(), |base| joined(base, text));
                    self.resources.push((id.trim_end_matches('#').to_owned(), place.pointer.clone()));
                }
                "$anchor" | "$dynamicAnchor" => {
                    self.any = true;
                    let resource = if members.iter().any(is_id) { &place.pointer } else { &place.resource };
                    self.anchors.entry((resource.clone(), text.to_owned())).or_insert_with(|| place.pointer.clone());
                }
                "$dynamicRef" | "$recursiveRef" => self.any = true,
                _ => {}
            }
        }
    }

    /// The pointer that a reference of a resource leads to. `None` where it says so already, or leads nowhere.
    fn pointer(&self, root: &Node, reference: &str, resource: &str) -> Option<String> {
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let resource = match uri {
            "" => resource,
            uri => {
                let base = self.resources.iter().find(|(_, pointer)| pointer == resource).map(|(id, _)| id.as_str());
                let absolute = base.map_or_else(|| uri.to_owned(), |base| joined(base, uri));
                let known = self.resources.iter().find(|(id, _)| *id == absolute || id == uri)?;
                known.1.as_str()
            }
        };
        if fragment.is_empty() {
            return (!resource.is_empty()).then(|| resource.to_owned());
        }
        if fragment.starts_with('/') {
            let inside = format!("{resource}{fragment}");
            // Some write pointers from the document's root although an `$id` says otherwise.
            return [inside, fragment.to_owned()].into_iter().find(|pointer| root.pointer(pointer).is_some());
        }
        let own = self.anchors.get(&(resource.to_owned(), fragment.to_owned()));
        let mut elsewhere = self.anchors.iter().filter(|((_, name), _)| name == fragment).map(|(_, pointer)| pointer);
        own.or_else(|| elsewhere.next().filter(|_| elsewhere.next().is_none())).cloned()
    }
}

fn is_id(member: &Member) -> bool {
    member.key == "$id" && member.value.as_str().is_some()
}

fn joined(base: &str, reference: &str) -> String {
    let absolute = Url::parse(base).and_then(|base| base.join(reference));
    absolute.map_or_else(|_| reference.to_owned(), |url| url.to_string())
}

/// Visits each object that may hold keywords, outer ones first.
fn each_object(root: &Node, visit: &mut dyn FnMut(&[Member], &Place)) {
    let mut todo = vec![(root, Place { pointer: String::new(), resource: String::new() }, true)];
    while let Some((node, mut place, words)) = todo.pop() {
        let inside = |key: &str, place: &Place| Place {
            pointer: format!("{}/{}", place.pointer, escape(key)),
            resource: place.resource.clone(),
        };
        match &node.kind {
            Kind::Array(items) => {
                let items = items.iter().enumerate().rev();
                todo.extend(items.map(|(at, item)| (item, inside(&at.to_string(), &place), true)));
            }
            Kind::Object(members) => {
                if words {
                    visit(members, &place);
                    if members.iter().any(is_id) {
                        place.resource.clone_from(&place.pointer);
                    }
                }
                todo.extend(members.iter().rev().filter_map(|member| {
                    let below = if words { below(&member.key)? } else { true };
                    Some((&member.value, inside(&member.key, &place), below))
                }));
            }
            _ => {}
        }
    }
}

/// Whether keywords stand directly below a keyword; `false` for names that the author chose, `None` for plain values.
fn below(key: &str) -> Option<bool> {
    match key {
        "example" | "examples" | "default" | "enum" | "const" => None,
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" | "schemas" | "paths" => {
            Some(false)
        }
        _ => Some(true),
    }
}

fn rewrite(root: &mut Node, moved: &HashMap<Span, String>) {
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        match &mut node.kind {
            Kind::Array(items) => todo.extend(items),
            Kind::Object(members) => {
                for Member { key, value, .. } in members {
                    if is_reference(key)
                        && let Some(pointer) = moved.get(&value.span)
                    {
                        *key = "$ref".to_owned();
                        value.kind = Kind::String(pointer.clone());
                    }
                    todo.push(value);
                }
            }
            _ => {}
        }
    }
}
