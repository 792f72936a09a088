//! Which schemas look different to caller and provider.
//!
//! Most don't, and one definition serves both views. A schema that reaches a `readOnly` or `writeOnly` property gets a
//! definition for each view.

use std::collections::{HashMap, HashSet};
use uaps_spec::{Document, Kind, Node, unescape};

pub(super) struct Marks<'d> {
    document: &'d Document,
    any: bool,
    known: HashMap<Vec<String>, Facts<'d>>,
    answers: HashMap<Vec<String>, bool>,
}

#[derive(Default, Clone)]
struct Facts<'d> {
    marked: bool,
    references: HashSet<&'d str>,
}

impl<'d> Marks<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        let any = facts(&document.root).marked;
        Marks { document, any, known: HashMap::new(), answers: HashMap::new() }
    }

    /// Whether anything in the document is marked.
    pub(super) fn any(&self) -> bool {
        self.any
    }

    /// Whether the schema at `tokens`, or one that it reaches, has a marked property.
    pub(super) fn differ_by_view(&mut self, tokens: &[String], node: &'d Node) -> bool {
        if !self.any {
            return false;
        }
        if let Some(answer) = self.answers.get(tokens) {
            return *answer;
        }
        let mut seen = HashSet::from([tokens.to_vec()]);
        let mut todo = vec![(tokens.to_vec(), node)];
        let mut answer = false;
        while let Some((tokens, node)) = todo.pop() {
            let found = self.known.entry(tokens).or_insert_with(|| facts(node));
            if found.marked {
                answer = true;
                break;
            }
            for reference in &found.references {
                let tokens: Vec<String> = reference.split('/').skip(1).map(unescape).collect();
                if let Ok(target) = self.document.target(reference)
                    && seen.insert(tokens.clone())
                {
                    todo.push((tokens, target));
                }
            }
        }
        self.answers.insert(tokens.to_vec(), answer);
        answer
    }
}

/// What one subtree says, without following its references.
fn facts(node: &Node) -> Facts<'_> {
    let mut found = Facts::default();
    let mut todo = vec![node];
    while let Some(node) = todo.pop() {
        match &node.kind {
            Kind::Object(members) => {
                for member in members {
                    found.marked |=
                        matches!(member.key.as_str(), "readOnly" | "writeOnly") && member.value.as_bool() == Some(true);
                    if member.key == "$ref"
                        && let Some(reference) = member.value.as_str()
                    {
                        found.references.insert(reference);
                    }
                    todo.push(&member.value);
                }
            }
            Kind::Array(items) => todo.extend(items),
            _ => {}
        }
    }
    found
}
