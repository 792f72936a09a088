//! A document as something that may be bent: keys may occur twice, and a literal may be no value at all.

use std::fmt::Write;
use uaps_spec::{Kind, Node};

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    /// Written as it stands: `null`, `1e400`, ten thousand brackets.
    Raw(String),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Tree>),
    /// An object, in order.
    Map(Vec<(String, Tree)>),
}

impl Tree {
    /// The same value as a node.
    pub fn of(node: &Node) -> Self {
        match &node.kind {
            Kind::String(text) => Tree::Text(text.clone()),
            Kind::Array(items) => Tree::List(items.iter().map(Tree::of).collect()),
            Kind::Object(members) => Tree::Map(members.iter().map(|m| (m.key.clone(), Tree::of(&m.value))).collect()),
            _ => Tree::Raw(node.to_json().to_string()),
        }
    }

    /// An object with one member.
    pub fn single(key: &str, value: Tree) -> Self {
        Tree::Map(vec![(key.to_owned(), value)])
    }

    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Tree::Text(text.into())
    }

    /// Values in it, itself counted.
    pub fn size(&self) -> usize {
        match self {
            Tree::List(items) => 1 + items.iter().map(Tree::size).sum::<usize>(),
            Tree::Map(members) => 1 + members.iter().map(|(_, value)| value.size()).sum::<usize>(),
            _ => 1,
        }
    }

    /// The value `number`, a parent before its children.
    pub fn nth(&mut self, number: usize) -> Option<&mut Tree> {
        let mut left = number;
        self.walk(&mut left)
    }

    fn walk(&mut self, left: &mut usize) -> Option<&mut Tree> {
        if *left == 0 {
            return Some(self);
        }
        *left -= 1;
        match self {
            Tree::List(items) => items.iter_mut().find_map(|item| item.walk(left)),
            Tree::Map(members) => members.iter_mut().find_map(|(_, value)| value.walk(left)),
            _ => None,
        }
    }

    /// Calls `visit` with every value and the JSON Pointer to it, a parent before its children.
    pub fn each<'t>(&'t self, pointer: &str, visit: &mut impl FnMut(&str, &'t Tree)) {
        visit(pointer, self);
        match self {
            Tree::List(items) => {
                items.iter().enumerate().for_each(|(at, item)| item.each(&format!("{pointer}/{at}"), visit));
            }
            Tree::Map(members) => {
                for (key, value) in members {
                    value.each(&format!("{pointer}/{}", uaps_spec::escape(key)), visit);
                }
            }
            _ => {}
        }
    }

    /// As JSON, on one line.
    pub fn json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }

    fn write_json(&self, out: &mut String) {
        match self {
            Tree::Raw(raw) => out.push_str(raw),
            Tree::Text(text) => out.push_str(&quoted(text)),
            Tree::List(items) => {
                out.push('[');
                for (number, item) in items.iter().enumerate() {
                    out.push_str(if number == 0 { "" } else { "," });
                    item.write_json(out);
                }
                out.push(']');
            }
            Tree::Map(members) => {
                out.push('{');
                for (number, (key, value)) in members.iter().enumerate() {
                    let _ = write!(out, "{}{}:", if number == 0 { "" } else { "," }, quoted(key));
                    value.write_json(out);
                }
                out.push('}');
            }
        }
    }

    /// As YAML in block style.
    pub fn yaml(&self) -> String {
        let mut out = String::new();
        self.write_yaml(0, &mut out);
        out.trim_start().to_owned()
    }

    /// Behind `key:` or `-`.
    fn write_yaml(&self, indent: usize, out: &mut String) {
        let pad = " ".repeat(indent);
        match self {
            Tree::Raw(raw) => _ = writeln!(out, " {raw}"),
            Tree::Text(text) => _ = writeln!(out, " {}", scalar(text)),
            Tree::List(items) if items.is_empty() => out.push_str(" []\n"),
            Tree::Map(members) if members.is_empty() => out.push_str(" {}\n"),
            Tree::List(items) => {
                out.push('\n');
                for item in items {
                    let _ = write!(out, "{pad}-");
                    item.write_yaml(indent + 1, out);
                }
            }
            Tree::Map(members) => {
                out.push('\n');
                for (key, value) in members {
                    let _ = write!(out, "{pad}{}:", scalar(key));
                    value.write_yaml(indent + 1, out);
                }
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_/-{}".contains(c))
        && !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    if is_plain { text.to_owned() } else { quoted(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uaps_spec::{Sources, parse};

    fn read(text: &str) -> Node {
        let mut sources = Sources::default();
        let file = sources.add("x", text);
        let (node, found) = parse(&sources, file);
        assert!(found.is_empty(), "{found:?} in {text}");
        node.unwrap()
    }

    #[test]
    fn both_spellings_read_back_as_the_same_value() {
        let node = read(
            "a: {b: [1, [], {}, 'x: y', {c: true, d: [null, -2.5]}], '200': \"é\\n\"}\n/p/{id}: [[1, 2], [x]]\nno: ''\n",
        );
        let tree = Tree::of(&node);
        assert_eq!(read(&tree.json()).to_json(), node.to_json());
        assert_eq!(read(&tree.yaml()).to_json(), node.to_json(), "{}", tree.yaml());
    }

    #[test]
    fn every_number_finds_its_value() {
        let mut tree = Tree::of(&read("{a: [1, 2], b: {c: x}}"));
        let mut found = Vec::new();
        tree.clone().each("", &mut |pointer, value| found.push((pointer.to_owned(), value.json())));
        assert_eq!(found.len(), tree.size());
        for (number, (pointer, value)) in found.iter().enumerate() {
            assert_eq!(&tree.nth(number).unwrap().json(), value, "{pointer}");
        }
        assert_eq!(tree.nth(found.len()), None);
        assert_eq!(found.last().unwrap(), &("/b/c".to_owned(), "\"x\"".to_owned()));
    }
}
