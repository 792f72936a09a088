//! Paths and operations of the wrong shape: moved where they mean something, else left out and asked for.

use crate::overlay::Action;
use crate::yaml::Yaml;
use crate::{Question, target};
use std::collections::HashSet;
use uaps_model::Method;
use uaps_spec::{Document, Kind, Member, Node};

/// The actions that give every operation a shape that can be read.
pub(crate) fn operations(document: &Document) -> Vec<Action> {
    let mut actions = Vec::new();
    for path in paths(document).filter(|path| path.value.is_object()) {
        mend(document, path, &target::member("$.paths", &path.key), &mut actions);
    }
    actions
}

/// The actions that give every path a template that requests can match, and what they leave open. An operation moves with
/// its path, so that what mends it must have been applied.
pub(crate) fn templates(document: &Document) -> (Vec<Action>, Vec<Question>) {
    let (mut actions, mut questions) = (Vec::new(), Vec::new());
    if !document.root.get("paths").is_some_and(Node::is_object) {
        let none = Yaml::map([("paths", Yaml::Map(Vec::new()))]);
        return (vec![Action::update("$", "The document has no paths", none)], questions);
    }
    let mut keys: HashSet<String> = paths(document).map(|path| path.key.clone()).collect();
    for path in paths(document) {
        let at = target::member("$.paths", &path.key);
        let why = match template(&path.key) {
            Err(reason) => reason.to_owned(),
            Ok(_) if !path.value.is_object() => {
                format!("is {} instead of an object by method", path.value.describe())
            }
            Ok(right) if right == path.key => continue,
            Ok(right) if keys.insert(right.clone()) => {
                let why = format!("No request can match the path `{}`; `{right}` is what it means", path.key);
                let moved = Yaml::map([(right, Yaml::from_node(&path.value))]);
                actions.push(Action::update("$.paths", why.clone(), moved));
                actions.push(Action::remove(at, why));
                continue;
            }
            Ok(right) => format!("means the same as `{right}`"),
        };
        actions.push(Action::remove(at, format!("The path {why}")));
        questions.push(Question {
            what: format!("the path `{}` {why}; it is left out", path.key),
            place: "overlay.yaml".to_owned(),
            edit: "instead of the action that removes it, write the path as it should be, or leave it out".to_owned(),
        });
    }
    (actions, questions)
}

fn paths(document: &Document) -> impl Iterator<Item = &Member> {
    let paths = document.root.get("paths").map_or(&[][..], Node::members);
    paths.iter().filter(|path| !path.key.starts_with("x-"))
}

/// Methods in capitals, operations that are nothing or a reference.
fn mend(document: &Document, path: &Member, at: &str, actions: &mut Vec<Action>) {
    for member in path.value.members() {
        let Some(method) = Method::parse(&member.key) else { continue };
        let lower = method.as_str().to_ascii_lowercase();
        let place = target::member(at, &member.key);
        if member.key != lower {
            if path.value.get(&lower).is_none() {
                let moved = Yaml::map([(lower, Yaml::from_node(&member.value))]);
                actions.push(Action::update(at, "A method is written in lower case", moved));
            }
            actions.push(Action::remove(place, "A method is written in lower case"));
            continue;
        }
        let node = &member.value;
        match &node.kind {
            Kind::Object(_) => {
                let target = node.str_at("$ref").and_then(|_| document.resolve(node).ok());
                // A reference to anything else, the whole document among it, would be copied here for nothing.
                let target = target.filter(|node| node.get("responses").is_some() && node.get("paths").is_none());
                if let Some(target) = target {
                    let why = "Only a whole path can be a reference; this is what it refers to";
                    actions.push(Action::update(place.clone(), why, Yaml::from_node(target)));
                    actions.push(Action::remove(target::member(&place, "$ref"), why));
                }
            }
            Kind::Array(_) => actions.push(Action::remove(place, "An operation is an object, not a list")),
            _ => {
                let why = format!("An operation is an object, not {}", node.describe());
                actions.push(Action::update(place, why, Yaml::Map(Vec::new())));
            }
        }
    }
}

/// The path as it should be: with a slash at its start, and no variable twice. The error says why it can be none.
fn template(path: &str) -> Result<String, &'static str> {
    let mut right = if path.starts_with('/') { String::new() } else { "/".to_owned() };
    let mut names: Vec<String> = Vec::new();
    let mut rest = path;
    while let Some(at) = rest.find(['{', '}']) {
        let unpaired = "has a brace without its partner";
        let (literal, after) = rest.split_at_checked(at).unwrap_or_default();
        let inner = after.strip_prefix('{').ok_or(unpaired)?;
        let (name, after) = inner.split_once('}').ok_or(unpaired)?;
        if name.is_empty() {
            return Err("has a variable without a name");
        }
        if name.contains(['{', '/']) {
            return Err(unpaired);
        }
        let mut single = name.to_owned();
        let mut number = 2_usize;
        while names.contains(&single) {
            single = format!("{name}_{number}");
            number += 1;
        }
        right.push_str(&format!("{literal}{{{single}}}"));
        names.push(single);
        rest = after;
    }
    Ok(right + rest)
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn what_a_path_means() {
        assert_eq!(template("/a/{b}").as_deref(), Ok("/a/{b}"));
        assert_eq!(template("a").as_deref(), Ok("/a"));
        assert_eq!(template("/{a}/{a}").as_deref(), Ok("/{a}/{a_2}"));
        assert_eq!(template("/{a"), Err("has a brace without its partner"));
        assert_eq!(template("/a}"), Err("has a brace without its partner"));
        assert_eq!(template("/{}"), Err("has a variable without a name"));
    }
}
