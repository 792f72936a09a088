//! Where a value stands within a request or an answer.

/// A step from a value into one of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A property.
    Property(String),
    /// Any element of a list.
    Item,
    /// The element at an index.
    At(usize),
    /// Any property without a name of its own.
    Other,
    /// One of several alternatives.
    Alternative(String),
}

/// A place: a root with a pointer and a name for people, and steps from there.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    pointer: String,
    root: String,
    steps: Vec<Step>,
}

impl Path {
    /// The place at `tokens`, which people call `root`: "the query parameter `limit`".
    pub(crate) fn new<'t>(tokens: impl IntoIterator<Item = &'t str>, root: impl Into<String>) -> Self {
        let pointer = tokens.into_iter().map(|token| format!("/{}", escape(token))).collect();
        Path { pointer, root: root.into(), steps: Vec::new() }
    }

    /// One step further.
    pub(crate) fn then(&self, step: Step) -> Self {
        let mut path = self.clone();
        path.steps.push(step);
        path
    }

    /// The whole pointer. Only steps that are no properties begin with one of `* { [ |`; a property that does gets a
    /// quote in front.
    pub(crate) fn pointer(&self) -> String {
        let token = |step: &Step| match step {
            Step::Property(name) if name.starts_with(['*', '{', '[', '|', '\'']) => format!("'{}", escape(name)),
            Step::Property(name) => escape(name),
            Step::Item => "*".to_owned(),
            Step::At(index) => format!("[{index}]"),
            Step::Other => "{}".to_owned(),
            Step::Alternative(name) => format!("|{}", escape(name)),
        };
        self.steps.iter().fold(self.pointer.clone(), |pointer, step| format!("{pointer}/{}", token(step)))
    }

    /// For a sentence: "`items[].size` of the body".
    pub(crate) fn label(&self) -> String {
        let mut way = String::new();
        for step in &self.steps {
            match step {
                Step::Property(name) if way.is_empty() => way.push_str(name),
                Step::Property(name) => way.push_str(&format!(".{name}")),
                Step::Item => way.push_str("[]"),
                Step::At(index) => way.push_str(&format!("[{index}]")),
                Step::Other => way.push_str("{}"),
                Step::Alternative(name) => way.push_str(&format!("|{name}")),
            }
        }
        if way.is_empty() { self.root.clone() } else { format!("`{way}` of {}", self.root) }
    }
}

/// A token of a JSON Pointer.
fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(steps: &[Step], pointer: &str, label: &str) {
        let path = steps.iter().fold(Path::new(["body", "a/b"], "the body"), |path, step| path.then(step.clone()));
        assert_eq!((path.pointer().as_str(), path.label().as_str()), (pointer, label));
    }

    #[test]
    fn a_path_reads_twice() {
        let name = |name: &str| Step::Property(name.to_owned());
        check(&[], "/body/a~1b", "the body");
        check(&[name("items"), Step::Item, name("size")], "/body/a~1b/items/*/size", "`items[].size` of the body");
        check(&[Step::Item, Step::At(1)], "/body/a~1b/*/[1]", "`[][1]` of the body");
        check(&[Step::Alternative("Cat".into()), name("a")], "/body/a~1b/|Cat/a", "`|Cat.a` of the body");
        check(&[Step::Other, name("*")], "/body/a~1b/{}/'*", "`{}.*` of the body");
    }
}
