//! Parameters: each with a name, a place and a schema, those of the path required and in it, and one for each variable of
//! the path.

use crate::overlay::Action;
use crate::tree::Tree;
use crate::yaml::Yaml;
use crate::{Question, target};
use std::collections::{BTreeMap, BTreeSet};
use uaps_spec::{Document, Node, OperationRef};

/// What documents write where they mean a place.
const MEANT: [(&str, &str); 10] = [
    ("querystring", "query"),
    ("query_string", "query"),
    ("param", "query"),
    ("params", "query"),
    ("url", "query"),
    ("get", "query"),
    ("uri", "path"),
    ("pathparam", "path"),
    ("headers", "header"),
    ("cookies", "cookie"),
];

/// The actions that mend parameters, each place once, and what they leave open.
pub(crate) fn actions(tree: &Tree) -> (Vec<Action>, Vec<Question>) {
    let mut mended = Mended::default();
    for op in tree.written.operations() {
        let (Some(item), Some(operation)) = (target::item(&tree.written, &op), target::operation(&tree.written, &op))
        else {
            continue;
        };
        let lists = [
            List { holder: op.item, place: target::member(&item, "parameters") },
            List { holder: op.node, place: target::member(&operation, "parameters") },
        ];
        for list in &lists {
            mended.list(tree, &op, list, &operation);
        }
        mended.variables(&tree.written, &op, &lists, operation);
    }
    mended.finish()
}

/// A list of parameters and where it stands.
struct List<'d> {
    holder: &'d Node,
    place: String,
}

impl<'d> List<'d> {
    /// Whether it is an operation's; that of a path holds for other operations too.
    fn is_own(&self, op: &OperationRef<'_>) -> bool {
        std::ptr::eq(self.holder, op.node)
    }

    fn items(&self) -> impl Iterator<Item = (&'d Node, String)> {
        let items = self.holder.get("parameters").map_or(&[][..], Node::items);
        items.iter().enumerate().map(|(number, node)| (node, format!("{}[{number}]", self.place)))
    }
}

#[derive(Default)]
struct Mended {
    actions: Vec<Action>,
    seen: BTreeSet<String>,
    /// By list and number, so that what stands behind goes first.
    removed: BTreeMap<(String, usize), Action>,
    questions: Vec<Question>,
}

impl Mended {
    fn finish(mut self) -> (Vec<Action>, Vec<Question>) {
        self.actions.extend(self.removed.into_values().rev());
        (self.actions, self.questions)
    }

    /// Adds an action, unless the same one is there: several operations share the parameters of their path.
    fn add(&mut self, action: Action) {
        if self.seen.insert(format!("{} {}", action.target, action.description)) {
            self.actions.push(action);
        }
    }

    fn remove(&mut self, place: &str, description: impl Into<String>) -> bool {
        let number = place
            .rsplit_once('[')
            .and_then(|(list, number)| Some((list.to_owned(), number.trim_end_matches(']').parse::<usize>().ok()?)));
        let Some(key) = number else { return false };
        self.removed.insert(key, Action::remove(place, description)).is_none()
    }

    fn ask(&mut self, what: String, edit: &str) {
        self.questions.push(Question { what, place: "overlay.yaml".to_owned(), edit: edit.to_owned() });
    }

    /// Each parameter by itself.
    fn list(&mut self, tree: &Tree, op: &OperationRef<'_>, list: &List<'_>, operation: &str) {
        if let Some(node) = list.holder.get("parameters").filter(|node| !matches!(node.kind, uaps_spec::Kind::Array(_)))
        {
            let what = format!("The parameters are {}, where a list belongs", node.describe());
            self.add(Action::remove(list.place.clone(), what));
            return;
        }
        for (node, at) in list.items() {
            let Ok(parameter) = tree.written.resolve(node) else { continue };
            let shared = node.get("$ref").is_some();
            let Some(name) = parameter.str_at("name").filter(|name| !name.is_empty()) else {
                if self.remove(&at, "A parameter has a name") {
                    let what = format!("a parameter of {} {} has no name and is left out", op.method, op.path);
                    self.ask(what, "name it by an action before the one that removes it, or leave it out");
                }
                continue;
            };
            let Some(place) = place(tree, op, parameter, name) else {
                self.misplaced(tree, op, parameter, name, (&at, operation));
                continue;
            };
            let target = match (shared, parameter.str_at("in")) {
                (true, _) => target::locate(&tree.written, node, at.clone()),
                (false, Some(written)) => Some(target::parameter(&list.place, name, written)),
                (false, None) => Some(at.clone()),
            };
            if let Some(target) = target {
                self.parameter(tree, parameter, place, target);
            }
        }
    }

    fn parameter(&mut self, tree: &Tree, parameter: &Node, place: &str, target: String) {
        let mut update = Vec::new();
        let mut reasons = Vec::new();
        if place == "path" && !parameter.is_true("required") {
            update.push(("required", Yaml::Bool(true)));
            reasons.push("A path parameter is always required");
        }
        let content = parameter.get("content");
        if !tree.is_swagger() && parameter.get("schema").is_none() && content.is_none() {
            // Swagger 2.0 wrote the type into the parameter itself.
            let known = ["string", "number", "integer", "boolean"];
            let kind = parameter.str_at("type").filter(|kind| known.contains(kind)).unwrap_or("string");
            update.push(("schema", Yaml::map([("type", Yaml::text(kind))])));
            reasons.push("A parameter needs a schema");
        }
        if parameter.str_at("in") != Some(place) {
            update.push(("in", Yaml::text(place)));
            reasons.push("A parameter says where it goes");
        }
        if let Some(content) = content {
            // `schema` says more than `content` beside it; of several media types the first is sent.
            let extra = usize::from(parameter.get("schema").is_none());
            for member in content.members().iter().skip(extra) {
                let target = target::member(&target::member(&target, "content"), &member.key);
                if extra == 1 {
                    self.add(Action::remove(target, "The content of a parameter has one media type"));
                }
            }
            if extra == 0 {
                let target = target::member(&target, "content");
                self.add(Action::remove(target, "A parameter has either a schema or a content"));
            }
        }
        if !update.is_empty() {
            self.add(Action::update(target, reasons.join(". "), Yaml::map(update)));
        }
    }

    /// A parameter at a place that there is not. A body of Swagger 2.0 in a later document becomes one.
    fn misplaced(&mut self, tree: &Tree, op: &OperationRef<'_>, parameter: &Node, name: &str, at: (&str, &str)) {
        let written = parameter.str_at("in").unwrap_or_default();
        if !self.remove(at.0, format!("`{written}` is no place for a parameter in this version of OpenAPI")) {
            return;
        }
        let schema = parameter.get("schema").filter(|_| written == "body" && op.node.get("requestBody").is_none());
        if let Some(schema) = schema {
            let media = Yaml::map([("application/json", Yaml::map([("schema", Yaml::from_node(schema))]))]);
            let body = vec![("required", Yaml::Bool(parameter.is_true("required"))), ("content", media)];
            let update = Yaml::map([("requestBody", Yaml::map(body))]);
            self.add(Action::update(at.1, format!("The parameter `{name}` is a body"), update));
            return;
        }
        let known =
            if tree.is_swagger() { "query, path, header, formData or body" } else { "query, path, header or cookie" };
        let what = format!(
            "the parameter `{name}` of {} {} is `in: {written}`, which is no place, and is left out",
            op.method, op.path
        );
        self.ask(what, &format!("instead of the action that removes it, write `in` with one of {known}"));
    }

    /// The path's variables and the parameters that say they are.
    fn variables(&mut self, document: &Document, op: &OperationRef<'_>, lists: &[List<'_>], operation: String) {
        let wanted: BTreeSet<&str> = variables(op.path).collect();
        let parameters = document.parameters(op);
        let of_path = |node: &&Node| node.str_at("in") == Some("path");
        let declared: BTreeSet<_> =
            parameters.iter().copied().filter(of_path).filter_map(|p| p.str_at("name")).collect();
        let mut missing: Vec<&str> = wanted.difference(&declared).copied().collect();
        let unused: Vec<&str> = declared.difference(&wanted).copied().collect();
        // Where one is missing and one is not used, they are the same one.
        let pair = missing.len() == 1 && unused.len() == 1;
        for name in &unused {
            for list in lists {
                for (node, at) in list.items() {
                    let Some(parameter) = document.resolve(node).ok().filter(of_path) else { continue };
                    if parameter.str_at("name") != Some(name) {
                        continue;
                    }
                    match missing.iter().position(|meant| is_same(name, meant) || pair && list.is_own(op)) {
                        Some(meant) if node.get("$ref").is_none() => {
                            let meant = missing.remove(meant);
                            let why = format!("The path calls this parameter `{meant}`");
                            self.add(Action::update(at, why, Yaml::map([("name", Yaml::text(meant))])));
                        }
                        _ => drop(self.remove(&at, format!("`{{{name}}}` does not stand in the path"))),
                    }
                }
            }
        }
        let list: Vec<_> = missing.iter().map(|name| declaration(name, document)).collect();
        let names: Vec<_> = missing.iter().map(|name| format!("`{{{name}}}`")).collect();
        if !list.is_empty() {
            let why = format!("The document declares no parameter for {}", names.join(", "));
            self.add(Action::update(operation, why, Yaml::map([("parameters", Yaml::List(list))])));
        }
    }
}

/// Where a parameter goes; `None` where nobody can tell.
fn place<'p>(tree: &Tree, op: &OperationRef<'_>, parameter: &'p Node, name: &str) -> Option<&'p str> {
    let Some(written) = parameter.str_at("in") else {
        return Some(if variables(op.path).any(|variable| variable == name) { "path" } else { "query" });
    };
    let known: &[&str] = match tree.is_swagger() {
        true => &["path", "query", "header", "formData", "body"],
        false => &["path", "query", "header", "cookie"],
    };
    let lower = written.to_ascii_lowercase();
    let meant = MEANT.iter().find(|(said, _)| *said == lower).map_or(lower.as_str(), |(_, meant)| meant);
    match known.contains(&written) {
        true => Some(written),
        false => ["path", "query", "header", "cookie"].into_iter().find(|known| *known == meant),
    }
}

/// Two spellings of one name: `petId` and `pet_id`.
fn is_same(a: &str, b: &str) -> bool {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    plain(a) == plain(b)
}

/// A variable of the path, as text.
fn declaration(name: &str, document: &Document) -> Yaml {
    let mut members = vec![("name", Yaml::text(name)), ("in", Yaml::text("path")), ("required", Yaml::Bool(true))];
    match document.root.get("swagger") {
        Some(_) => members.push(("type", Yaml::text("string"))),
        None => members.push(("schema", Yaml::map([("type", Yaml::text("string"))]))),
    }
    Yaml::map(members)
}

fn variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).filter(|name| !name.is_empty())
}
