//! How far compositions go: whoever validates, flattens or makes an example of a schema looks at every part of its
//! `allOf`, `oneOf` and `anyOf`, and at theirs. Sixty schemas of which each names the next one twice are a number of parts
//! that no machine ever counts.

use crate::node::{Member, Node};
use crate::{Diagnostic, Document, codes, limits};
use std::collections::HashMap;

/// The first composition that goes beyond the limits.
pub(crate) fn check(document: &Document) -> Option<Diagnostic> {
    let mut counter = Counter { document, counted: HashMap::new(), targets: HashMap::new() };
    let member = counter.first(&document.root)?;
    let message = format!(
        "this composition has more than {} parts, or is more than {} levels deep, once its references are followed",
        limits::MAX_PARTS,
        limits::MAX_COMPOSED
    );
    let help = "name each part once, or let one schema hold the members of those it extends";
    Some(Diagnostic::error(codes::TOO_LARGE, message, member.key_span).help(help))
}

/// Members whose value stands for the same place as the schema that has them.
const COMPOSING: [&str; 3] = ["allOf", "oneOf", "anyOf"];

struct Counter<'d> {
    document: &'d Document,
    /// Parts and levels of each node; none while it is being counted.
    counted: HashMap<*const Node, (usize, usize)>,
    targets: HashMap<&'d str, Option<&'d Node>>,
}

impl<'d> Counter<'d> {
    fn first(&mut self, node: &'d Node) -> Option<&'d Member> {
        for member in node.members() {
            let composes = COMPOSING.contains(&member.key.as_str());
            if composes && exceeds(member.value.items().iter().fold((0, 0), |sum, part| add(sum, self.count(part, 1))))
            {
                return Some(member);
            }
            if let Some(found) = self.first(&member.value) {
                return Some(found);
            }
        }
        node.items().iter().find_map(|item| self.first(item))
    }

    fn count(&mut self, node: &'d Node, level: usize) -> (usize, usize) {
        if level > limits::MAX_COMPOSED {
            return (0, level);
        }
        if let Some(known) = self.counted.get(&std::ptr::from_ref(node)) {
            return *known;
        }
        // What is composed of itself is another rule's finding.
        self.counted.insert(node, (0, 0));
        let mut sum = (1, 0);
        if let Some(target) = self.target(node) {
            sum = add(sum, self.count(target, level + 1));
        }
        for part in COMPOSING.iter().filter_map(|key| node.get(key)).flat_map(Node::items) {
            sum = add(sum, self.count(part, level + 1));
        }
        sum.1 += 1;
        self.counted.insert(node, sum);
        sum
    }

    fn target(&mut self, node: &'d Node) -> Option<&'d Node> {
        let reference = node.str_at("$ref")?;
        *self.targets.entry(reference).or_insert_with(|| self.document.target(reference).ok())
    }
}

/// Parts are summed up, of levels the deepest counts.
fn add(sum: (usize, usize), part: (usize, usize)) -> (usize, usize) {
    (sum.0.saturating_add(part.0), sum.1.max(part.1))
}

fn exceeds((parts, levels): (usize, usize)) -> bool {
    parts > limits::MAX_PARTS || levels > limits::MAX_COMPOSED
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sources, parse};

    /// Where the finding stands, if there is one.
    fn found(schemas: &str) -> Option<String> {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", format!("components:\n  schemas:\n{schemas}"));
        let root = parse(&sources, file).0.unwrap();
        check(&Document { root }).map(|finding| sources.locate(finding.primary.span))
    }

    fn chain(length: usize, key: &str, times: usize) -> String {
        let next = |n| vec![format!("{{ $ref: '#/components/schemas/P{n}' }}"); times].join(", ");
        let links = (0..length).map(|n| format!("    P{n}: {{ {key}: [{}] }}\n", next(n + 1)));
        links.collect::<String>() + &format!("    P{length}: {{ type: object }}\n")
    }

    #[test]
    fn what_doubles_at_every_step_is_refused_and_what_adds_up_is_not() {
        for key in COMPOSING {
            assert_eq!(found(&chain(60, key, 2)).as_deref(), Some("a.yaml:3:11"), "{key}");
            assert_eq!(found(&chain(60, key, 1)), None);
            assert_eq!(found(&chain(3000, key, 1)).as_deref(), Some("a.yaml:3:11"), "{key}");
            assert_eq!(found(&chain(1, key, 3000)), None);
            assert_eq!(found(&chain(8, key, 3)), None);
        }
    }

    #[test]
    fn circles_come_to_an_end() {
        let circle = "    A: { allOf: [{ $ref: '#/components/schemas/B' }] }\n    B: { oneOf: [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }] }\n";
        assert_eq!(found(circle), None);
    }
}
