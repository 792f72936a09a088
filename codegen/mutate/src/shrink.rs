//! A smaller document that fails in the same way.

use crate::judge::{Finding, Kind, Trial, judge};
use crate::tree::Tree;
use uaps_spec::{Sources, parse};

/// Documents that are tried before the smallest so far is good enough.
const MAX_TRIALS: usize = 1500;

/// Takes parts out while the failure stays the same; the text as it came, where that is not possible.
///
/// A failure is the same where its kind and the [class](Finding::class) of its words are.
pub fn shrink(text: &str, trial: Trial, finding: &Finding) -> String {
    let fails = |text: &str| {
        judge(text, trial).findings.iter().any(|found| (found.kind, found.class()) == (finding.kind, finding.class()))
    };
    let by_lines = lines(text, &fails);
    let mut sources = Sources::default();
    let file = sources.add("", by_lines.as_str());
    let Some(node) = parse(&sources, file).0 else { return by_lines };
    let mut tree = Tree::of(&node);
    // A literal that reads back as another value may be what it was about.
    if !fails(&tree.json()) {
        return by_lines;
    }
    let mut trials = 0;
    let mut at = 0;
    while trials < MAX_TRIALS && at < tree.size() {
        trials += 1;
        let smaller = without(&tree, at).filter(|smaller| fails(&smaller.json()));
        match smaller {
            Some(smaller) => tree = smaller,
            None => at += 1,
        }
    }
    let yaml = tree.yaml();
    if fails(&yaml) { yaml } else { tree.json() }
}

/// The tree without the value `number`.
fn without(tree: &Tree, number: usize) -> Option<Tree> {
    fn take(tree: &mut Tree, left: &mut usize) -> bool {
        let mut step = |value: &mut Tree| -> Option<bool> {
            if *left == 0 {
                return Some(true);
            }
            *left -= 1;
            take(value, left).then_some(false)
        };
        let found = match tree {
            Tree::List(items) => items.iter_mut().enumerate().find_map(|(at, item)| Some((at, step(item)?))),
            Tree::Map(members) => members.iter_mut().enumerate().find_map(|(at, (_, value))| Some((at, step(value)?))),
            _ => None,
        };
        match (found, tree) {
            (Some((at, true)), Tree::List(items)) => drop(items.remove(at)),
            (Some((at, true)), Tree::Map(members)) => drop(members.remove(at)),
            _ => {}
        }
        found.is_some()
    }
    let mut smaller = tree.clone();
    take(&mut smaller, &mut { number }).then_some(smaller)
}

/// Without stretches of lines, long ones first. A text on one line stays.
fn lines(text: &str, fails: &impl Fn(&str) -> bool) -> String {
    let mut kept: Vec<&str> = text.split_inclusive('\n').collect();
    let mut length = kept.len() / 2;
    let mut trials = 0;
    while length > 0 {
        let mut at = 0;
        while at < kept.len() && trials < MAX_TRIALS {
            trials += 1;
            let rest: Vec<&str> = kept.iter().take(at).chain(kept.iter().skip(at + length)).copied().collect();
            if fails(&rest.concat()) {
                kept = rest;
            } else {
                at += length;
            }
        }
        length /= 2;
    }
    kept.concat()
}

impl Finding {
    /// Its words without what differs from one document to the next: quoted text, numbers.
    pub fn class(&self) -> String {
        let mut class = String::new();
        let mut quote = None;
        // A panic's place names a line, which tells one from the other.
        let (place, words) = match (self.kind, self.text.split_once(": ")) {
            (Kind::GaveUp, Some((place, words))) => (format!("{place}: "), words),
            (Kind::Panic, Some((stage, rest))) => match rest.split_once(": ") {
                Some((place, words)) => (format!("{stage}: {place}: "), words),
                None => (String::new(), self.text.as_str()),
            },
            _ => (String::new(), self.text.as_str()),
        };
        for c in words.chars() {
            match (quote, c) {
                (Some(open), c) if c == open => {
                    quote = None;
                    class.push('…');
                    class.push(c);
                }
                (Some(_), _) => {}
                (None, '`' | '"') => {
                    quote = Some(c);
                    class.push(c);
                }
                (None, c) if c.is_ascii_digit() => {
                    if !class.ends_with('0') {
                        class.push('0');
                    }
                }
                (None, c) if c.is_control() => class.push(' '),
                (None, c) => class.push(c),
            }
        }
        place + &class.chars().take(160).collect::<String>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_what_stays_the_same() {
        let class = |kind, text: &str| Finding { kind, text: text.into() }.class();
        assert_eq!(
            class(Kind::Flaw, "the input schema of `get_a` is unusable: 12 at \"/x\""),
            "the input schema of `…` is unusable: 0 at \"…\""
        );
        assert_eq!(class(Kind::Panic, "rules: a/src/b.rs:17: index 9"), "rules: a/src/b.rs:17: index 0");
    }

    #[test]
    fn any_value_can_be_taken_out() {
        let tree = Tree::Map(vec![
            ("a".into(), Tree::List(vec![Tree::text("b"), Tree::text("c")])),
            ("d".into(), Tree::text("e")),
        ]);
        let smaller: Vec<_> = (0..5).map(|number| without(&tree, number).map(|tree| tree.json())).collect();
        let expected = [r#"{"d":"e"}"#, r#"{"a":["c"],"d":"e"}"#, r#"{"a":["b"],"d":"e"}"#, r#"{"a":["b","c"]}"#];
        assert_eq!(smaller[..4], expected.map(|text| Some(text.to_owned())));
        assert_eq!(smaller[4], None);
    }

    #[test]
    fn lines_that_do_not_matter_go() {
        let text: String = (0..50).map(|number| format!("{number}\n")).collect();
        assert_eq!(lines(&text, &|text| text.contains("17\n") && text.contains("33\n")), "17\n33\n");
    }
}
