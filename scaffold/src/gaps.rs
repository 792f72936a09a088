//! References that lead nowhere: what they would have said is left out, said so, and asked for.
//!
//! A document with a hole is as good as one without, but for the hole. A schema becomes one that accepts anything; a
//! parameter, a header or an example is left out; an answer is one of which nothing is known.

use crate::Question;
use crate::overlay::Action;
use crate::places::{Kind, Place, below, element};
use crate::target;
use crate::yaml::Yaml;
use std::collections::{BTreeMap, HashMap, HashSet};
use uaps_spec::{Document, Node, RefError, Span, limits};

/// As much of a reference as a message shows.
const SHOWN: usize = 120;

/// What mends the document, and what a person may do better.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    pub(crate) actions: Vec<Action>,
    pub(crate) questions: Vec<Question>,
}

/// A reference that leads nowhere, in the document as it was written.
struct Gap<'d> {
    node: &'d Node,
    place: Place,
    target: String,
    reason: &'d RefError,
}

/// Finds the gaps; to be asked again once they are mended, because what leads to a gap may be one then. `written` is the document as it came and `raised` what the compiler will make of it: only there it is
/// known which references lead somewhere.
pub(crate) fn find(written: &Document, raised: &Document) -> Gaps {
    let broken: HashMap<Span, RefError> = broken(raised);
    if broken.is_empty() {
        return Gaps::default();
    }
    let mut gaps = Vec::new();
    walk(&written.root, Place::Root, "$".to_owned(), &mut |node, place, target| {
        if let Some(reason) = node.get("$ref").and_then(|value| broken.get(&value.span)) {
            gaps.push(Gap { node, place, target: target.to_owned(), reason });
        }
    });
    let mut found = Gaps::default();
    let mut asked: BTreeMap<&str, (usize, &Gap<'_>)> = BTreeMap::new();
    let mut removals = Vec::new();
    for gap in &gaps {
        let reference = gap.node.str_at("$ref").unwrap_or_default();
        if let Some(meant) = meant(written, reference) {
            found.actions.push(Action::update(
                target::member(&gap.target, "$ref"),
                format!("The reference `{}` {}; this is what it means", shown(reference), gap.reason),
                Yaml::text(meant),
            ));
            continue;
        }
        asked.entry(subject(reference, gap.reason)).or_insert((0, gap)).0 += 1;
        let (actions, later) = mend(gap, reference);
        found.actions.extend(actions);
        removals.extend(later);
    }
    // From the back, so that no removal moves what another one names.
    removals.reverse();
    found.actions.extend(removals);
    found.questions = asked.into_values().map(|(count, gap)| question(count, gap)).collect();
    found
}

/// The first part of an `allOf` that leads back to the schema it is a part of. Left out it ends the circle, and the
/// others keep what they say.
pub(crate) fn circle(document: &Document) -> Option<Action> {
    let mut todo = vec![(&document.root, Place::Root, "$".to_owned())];
    while let Some((node, place, target)) = todo.pop() {
        if place == Place::One(Kind::Schema) {
            let parts = node.get("allOf").map(Node::items).unwrap_or_default();
            if let Some((number, part)) = parts.iter().enumerate().find(|(_, part)| leads_to(document, part, node)) {
                let reference = shown(part.str_at("$ref").unwrap_or_default());
                let why = format!("The part `{reference}` leads back to the schema that it is a part of");
                return Some(Action::remove(format!("{target}.allOf[{number}]"), why));
            }
        }
        todo.extend(node.members().iter().rev().filter_map(|member| {
            Some((&member.value, below(place, &member.key)?, target::member(&target, &member.key)))
        }));
        let items = node.items().iter().enumerate().rev();
        todo.extend(items.filter_map(|(number, item)| Some((item, element(place)?, format!("{target}[{number}]")))));
    }
    None
}

/// Whether a part of `schema`, or one of its own parts, is `schema`.
fn leads_to(document: &Document, part: &Node, schema: &Node) -> bool {
    let mut seen: HashSet<*const Node> = HashSet::new();
    let mut todo = vec![part];
    while let Some(node) = todo.pop() {
        let Ok(node) = document.resolve(node) else { continue };
        if std::ptr::eq(node, schema) {
            return true;
        }
        if seen.insert(node) {
            todo.extend(node.get("allOf").map(Node::items).unwrap_or_default());
        }
    }
    false
}

/// The places of references that the compiler can't follow.
fn broken(raised: &Document) -> HashMap<Span, RefError> {
    let mut broken = HashMap::new();
    walk(&raised.root, Place::Root, String::new(), &mut |node, _, _| {
        if let Some(value) = node.get("$ref").filter(|value| value.as_str().is_some())
            && let Some(error) = direct(raised, node)
        {
            broken.insert(value.span, error);
        }
    });
    broken
}

/// Why a reference itself leads nowhere, whatever becomes of the one that it leads to.
fn direct(document: &Document, node: &Node) -> Option<RefError> {
    let mut next = node;
    for _ in 0..limits::MAX_REF_HOPS {
        let reference = next.str_at("$ref")?;
        match document.target(reference) {
            Err(error) => return std::ptr::eq(next, node).then_some(error),
            Ok(target) if std::ptr::eq(target, node) => return Some(RefError::Cycle),
            Ok(target) => next = target,
        }
    }
    None
}

/// Calls `visit` for every object that holds a reference.
fn walk<'d>(node: &'d Node, place: Place, target: String, visit: &mut dyn FnMut(&'d Node, Place, &str)) {
    if node.str_at("$ref").is_some() {
        visit(node, place, &target);
    }
    for member in node.members() {
        if let Some(place) = below(place, &member.key) {
            walk(&member.value, place, target::member(&target, &member.key), visit);
        }
    }
    if let Some(place) = element(place) {
        for (number, item) in node.items().iter().enumerate() {
            walk(item, place, format!("{target}[{number}]"), visit);
        }
    }
}

/// `Pet` for `#/components/schemas/Pet`.
fn meant(document: &Document, reference: &str) -> Option<String> {
    if reference.contains(['/', '#', '.']) {
        return None;
    }
    let places = ["#/components/schemas/", "#/definitions/"].into_iter();
    places.map(|place| format!("{place}{reference}")).find(|meant| document.target(meant).is_ok())
}

/// The actions that mend a gap, and those that must come after all others.
fn mend(gap: &Gap<'_>, reference: &str) -> (Vec<Action>, Vec<Action>) {
    let why = format!("The reference `{}` {}", shown(reference), gap.reason);
    let note = format!("Not described here: the provider's document refers to `{}`", shown(reference));
    let cut = Action::remove(target::member(&gap.target, "$ref"), why.clone());
    let say = |update| vec![cut.clone(), Action::update(gap.target.clone(), why.clone(), update)];
    let described = Yaml::map([("description", Yaml::text(note.clone()))]);
    match gap.place {
        Place::One(Kind::Schema | Kind::Response) => (say(described), Vec::new()),
        Place::One(Kind::RequestBody) => {
            let any = Yaml::map([("application/json", Yaml::map([("schema", Yaml::Map(Vec::new()))]))]);
            (say(Yaml::map([("description", Yaml::text(note)), ("content", any)])), Vec::new())
        }
        // Whoever refers to a shared one refers to nothing then, and is found the next time.
        Place::One(
            Kind::Parameter | Kind::Header | Kind::Example | Kind::Link | Kind::Callback | Kind::SecurityScheme,
        ) => (Vec::new(), vec![Action::remove(gap.target.clone(), why)]),
        _ => (vec![cut], Vec::new()),
    }
}

/// What a question is about: a file that is missing is asked for once.
fn subject<'r>(reference: &'r str, reason: &RefError) -> &'r str {
    match reason {
        RefError::External => reference.split('#').next().unwrap_or(reference),
        RefError::Dangling | RefError::Cycle => reference,
    }
}

fn question(count: usize, gap: &Gap<'_>) -> Question {
    let reference = gap.node.str_at("$ref").unwrap_or_default();
    let reference = if count == 1 { reference } else { subject(reference, gap.reason) };
    let places = if count == 1 { String::new() } else { format!(" from {count} places") };
    let left = match gap.place {
        _ if count > 1 => "what it would say there is left out",
        Place::One(Kind::Schema) => "any value is accepted there",
        Place::One(Kind::Response | Kind::RequestBody) => "nothing is known of the body there",
        Place::One(Kind::PathItem | Kind::Operation) | Place::Named(_) => "what it holds is missing",
        _ => "it is left out",
    };
    let what = format!("the document refers{places} to `{}`, which {}; {left}", shown(reference), plainly(gap.reason));
    let edit = match gap.reason {
        RefError::External => {
            "scaffold again from a folder or host that has the file, or write at the action for it what belongs there"
        }
        RefError::Dangling | RefError::Cycle => "write at the action for it what belongs there, or leave it as it is",
    };
    Question { what, place: "overlay.yaml".to_owned(), edit: edit.to_owned() }
}

fn plainly(reason: &RefError) -> &'static str {
    match reason {
        RefError::External => "is not a part of it",
        RefError::Dangling => "it does not have",
        RefError::Cycle => "leads back to itself",
    }
}

fn shown(reference: &str) -> String {
    reference.chars().take(SHOWN).collect()
}
