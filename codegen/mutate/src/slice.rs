//! A few operations of a document, and what they reach: small enough for thousands of mutants.

use crate::rng::Rng;
use crate::tree::Tree;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uaps_model::Method;
use uaps_spec::{Node, Sources, escape, parse, unescape};

/// Root members whose members are kept where they are reached. `components` holds one such object more each.
const HOLDERS: [&str; 4] = ["definitions", "parameters", "responses", "requestBodies"];
/// Parts and values of a slice. What is reached beyond stays as an empty object.
const MAX_PARTS: usize = 48;
const MAX_VALUES: usize = 3000;
/// Other root members are left out where they are larger.
const MAX_OTHER: usize = 300;

/// A document to mutate.
#[derive(Debug)]
pub struct Original {
    /// Its file's name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Its tree; `None` where it can't be read.
    pub(crate) root: Option<Node>,
    /// Path and member of each operation.
    operations: Vec<(String, String)>,
    /// Where each part stands: the indices that lead to it from the root, by its pointer.
    parts: HashMap<String, Vec<usize>>,
}

/// What a slice keeps.
#[derive(Debug, Default)]
pub(crate) struct Keep {
    /// Methods of each path.
    pub(crate) paths: BTreeMap<String, BTreeSet<String>>,
    /// Parts by their pointers: whole, or only their names.
    pub(crate) parts: BTreeMap<String, bool>,
}

/// What becomes of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It stays as it is.
    Stays,
    /// It stays, and its members are judged.
    Opened,
    /// An empty object takes its place.
    Emptied,
    /// It goes.
    Goes,
}

impl Original {
    /// Reads a document once for all its mutants.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let mut sources = Sources::default();
        let file = sources.add("", text.as_str());
        let root = parse(&sources, file).0;
        let mut original =
            Original { name: name.into(), text, root: None, operations: Vec::new(), parts: HashMap::new() };
        let Some(root) = root else { return original };
        for path in root.get("paths").into_iter().flat_map(Node::members) {
            let methods = path.value.members().iter().filter(|member| Method::parse(&member.key).is_some());
            original.operations.extend(methods.map(|member| (path.key.clone(), member.key.clone())));
        }
        for (at, member) in root.members().iter().enumerate() {
            if HOLDERS.contains(&member.key.as_str()) {
                original.index(&format!("/{}", escape(&member.key)), &[at], &member.value);
            } else if member.key == "components" {
                for (below, section) in member.value.members().iter().enumerate() {
                    original.index(&format!("/components/{}", escape(&section.key)), &[at, below], &section.value);
                }
            }
        }
        original.root = Some(root);
        original
    }

    fn index(&mut self, pointer: &str, place: &[usize], section: &Node) {
        for (at, part) in section.members().iter().enumerate() {
            let place = place.iter().copied().chain([at]).collect();
            self.parts.insert(format!("{pointer}/{}", escape(&part.key)), place);
        }
    }

    fn part(&self, pointer: &str) -> Option<&Node> {
        self.parts.get(pointer)?.iter().try_fold(self.root.as_ref()?, |node, at| Some(&node.members().get(*at)?.value))
    }

    /// One to three operations by chance, and what they reach. `None` for a document without any.
    pub(crate) fn choose(&self, rng: &mut Rng) -> Option<Keep> {
        let root = self.root.as_ref()?;
        let mut keep = Keep::default();
        let mut queue = Vec::new();
        let mut values = 0;
        for _ in 0..=rng.below(3) {
            let (path, method) = rng.pick(&self.operations)?;
            keep.paths.entry(path.clone()).or_default().insert(method.clone());
            let item = root.get("paths")?.get(path)?;
            for member in item.members().iter().filter(|m| m.key == *method || Method::parse(&m.key).is_none()) {
                values += references(&member.value, &mut queue);
            }
        }
        let mut next = 0;
        while let Some(pointer) = queue.get(next).cloned() {
            next += 1;
            let Some(part) = self.part(&pointer).filter(|_| !keep.parts.contains_key(&pointer)) else { continue };
            let mut reached = Vec::new();
            let size = references(part, &mut reached);
            let whole = keep.parts.len() < MAX_PARTS && values + size <= MAX_VALUES;
            keep.parts.insert(pointer, whole);
            if whole {
                values += size;
                queue.extend(reached);
            }
        }
        Some(keep)
    }

    /// The slice as a tree.
    pub(crate) fn tree(&self, keep: &Keep) -> Option<Tree> {
        Some(filtered(self.root.as_ref()?, &mut Vec::new(), keep))
    }
}

fn filtered(node: &Node, place: &mut Vec<String>, keep: &Keep) -> Tree {
    let mut members = Vec::new();
    for member in node.members() {
        let fate = keep.fate(place, &member.key, &member.value);
        let value = match fate {
            Fate::Goes => continue,
            Fate::Emptied => Tree::Map(Vec::new()),
            Fate::Stays => Tree::of(&member.value),
            Fate::Opened => {
                place.push(member.key.clone());
                let value = filtered(&member.value, place, keep);
                place.pop();
                value
            }
        };
        members.push((member.key.clone(), value));
    }
    Tree::Map(members)
}

impl Keep {
    /// What becomes of the member `key` of the object at `place`.
    pub(crate) fn fate(&self, place: &[String], key: &str, value: &Node) -> Fate {
        let place: Vec<&str> = place.iter().map(String::as_str).collect();
        let part = |pointer: String| match self.parts.get(&pointer) {
            Some(true) => Fate::Stays,
            Some(false) => Fate::Emptied,
            None => Fate::Goes,
        };
        match place[..] {
            [] if key == "paths" || key == "components" || HOLDERS.contains(&key) => Fate::Opened,
            [] if exceeds(value, MAX_OTHER) => Fate::Goes,
            [] => Fate::Stays,
            ["paths"] => {
                if self.paths.contains_key(key) {
                    Fate::Opened
                } else {
                    Fate::Goes
                }
            }
            ["paths", path] => {
                let kept = Method::parse(key).is_none() || self.paths.get(path).is_some_and(|m| m.contains(key));
                if kept { Fate::Stays } else { Fate::Goes }
            }
            ["components"] if key == "securitySchemes" => Fate::Stays,
            ["components"] => Fate::Opened,
            ["components", section] => part(format!("/components/{}/{}", escape(section), escape(key))),
            [holder] => part(format!("/{}/{}", escape(holder), escape(key))),
            _ => Fate::Stays,
        }
    }
}

/// Adds the parts that a value refers to, and tells its size.
fn references(node: &Node, found: &mut Vec<String>) -> usize {
    let pointer = node.str_at("$ref").and_then(|reference| reference.strip_prefix("#/"));
    if let Some(pointer) = pointer {
        let tokens: Vec<String> = pointer.split('/').map(unescape).collect();
        let length = if tokens.first().is_some_and(|first| first == "components") { 3 } else { 2 };
        found.push(tokens.iter().take(length).map(|token| format!("/{}", escape(token))).collect());
    }
    let members: usize = node.members().iter().map(|member| references(&member.value, found)).sum();
    1 + members + node.items().iter().map(|item| references(item, found)).sum::<usize>()
}

fn exceeds(node: &Node, limit: usize) -> bool {
    fn count(node: &Node, left: &mut usize) -> bool {
        if *left == 0 {
            return true;
        }
        *left -= 1;
        node.members().iter().any(|m| count(&m.value, left)) || node.items().iter().any(|item| count(item, left))
    }
    count(node, &mut { limit })
}
