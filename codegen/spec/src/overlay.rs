//! OpenAPI Overlay 1.0: what we add to a vendor's document without touching it.
//!
//! Targets are RFC 9535 queries. An action whose target matches nothing is an error, because the vendor's document has
//! moved under it.

use crate::node::{Kind, Member, Node};
use crate::{Diagnostic, Span, codes};
use serde_json::Value;
use serde_json_path::JsonPath;

const FIELDS: [&str; 4] = ["overlay", "info", "extends", "actions"];
const ACTION_FIELDS: [&str; 4] = ["target", "description", "update", "remove"];

/// Applies every action of `overlay` to `root`, in order. Broken actions are reported and skipped.
pub fn apply(root: &mut Node, overlay: &Node) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    match overlay.str_at("overlay") {
        Some(version) if version.starts_with("1.") => {}
        _ => {
            let diagnostic = Diagnostic::error(codes::OVERLAY, "this file is no OpenAPI Overlay 1.x", overlay.span)
                .help("start it with `overlay: 1.0.0`, an `info` with title and version, and a list of `actions`");
            return vec![diagnostic];
        }
    }
    for key in overlay.members().iter().filter(|m| !known_key(&m.key, &FIELDS)) {
        let message = format!("an overlay has no field `{}`", key.key);
        diagnostics.push(unknown(message, key, &FIELDS));
    }
    let Some(actions) = overlay.get("actions").filter(|actions| matches!(actions.kind, Kind::Array(_))) else {
        let message = "this overlay has no list of `actions`";
        let at = Span { end: overlay.span.start, ..overlay.span };
        let help = "add `actions:` and below it `- { target: $.info, update: { ... } }`; or delete the file";
        diagnostics.push(Diagnostic::error(codes::OVERLAY, message, at).help(help));
        return diagnostics;
    };
    // Queries look at a JSON copy, which follows each change: a copy an action would be quadratic.
    let mut value = root.to_json();
    for action in actions.items() {
        if let Err(diagnostic) = apply_action(root, &mut value, action) {
            diagnostics.push(*diagnostic);
        }
    }
    diagnostics
}

fn unknown(message: String, member: &Member, known: &[&str]) -> Diagnostic {
    let help = match uaps_model::nearest(&member.key, known.iter().copied()).first() {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known fields are {}", known.join(", ")),
    };
    Diagnostic::error(codes::OVERLAY, message, member.key_span).help(help)
}

/// What mends a query that can't be read, by how it begins.
fn query_help(text: &str) -> String {
    let example = "`$.paths['/rides/{id}'].get`";
    match text.chars().next() {
        Some('$') => format!("names with `/`, `-` or spaces stand in brackets and quotes: {example}"),
        Some('#' | '/') => format!("this looks like a JSON Pointer; as a query it is written {example}"),
        _ => format!("a query begins with `$`, the whole document: {example}"),
    }
}

fn known_key(key: &str, known: &[&str]) -> bool {
    known.contains(&key) || key.starts_with("x-")
}

fn apply_action(root: &mut Node, value: &mut Value, action: &Node) -> Result<(), Box<Diagnostic>> {
    let error = |message: String, span: Span| Diagnostic::error(codes::OVERLAY, message, span);
    if let Some(key) = action.members().iter().find(|m| !known_key(&m.key, &ACTION_FIELDS)) {
        let message = format!("an overlay action has no field `{}`", key.key);
        return Err(Box::new(unknown(message, key, &ACTION_FIELDS)));
    }
    let target = action.get("target").ok_or_else(|| {
        Box::new(
            error("this action has no `target`".into(), action.span)
                .help("add `target: $.info`, a query of the document"),
        )
    })?;
    let text = target.as_str().ok_or_else(|| {
        Box::new(
            error("`target` must be a JSONPath query".into(), target.span).help("write it as text: `target: $.info`"),
        )
    })?;
    let query = JsonPath::parse(text).map_err(|e| {
        let finding = Diagnostic::error(codes::OVERLAY, format!("`{text}` is no RFC 9535 query: {e}"), target.span);
        Box::new(finding.help(query_help(text)))
    })?;
    let update = action.get("update");
    let remove = action.is_true("remove");
    if update.is_none() && !remove {
        let message = "this action neither updates nor removes anything".into();
        let help = "add `update: { ... }` with what the target should have, or `remove: true`";
        return Err(Box::new(error(message, action.span).help(help)));
    }
    let located = query.query_located(value);
    let mut pointers: Vec<String> = located.locations().map(|location| location.to_json_pointer()).collect();
    if pointers.is_empty() {
        return Err(Box::new(
            Diagnostic::error(codes::OVERLAY, format!("`{text}` matches nothing in the document"), target.span)
                .help("the document has changed, or the query is misspelt; correct the target or delete the action"),
        ));
    }
    // From the back, so that removing one array element leaves the places of those before it.
    pointers.sort_by_key(|pointer| std::cmp::Reverse(order(pointer)));
    for pointer in pointers {
        if remove {
            remove_at(root, &pointer);
            // The copy of what held it follows.
            let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
            if let (Some(copy), Some(node)) = (value.pointer_mut(parent), pointer_mut(root, parent)) {
                *copy = node.to_json();
            }
        } else if let (Some(update), Some(node)) = (update, pointer_mut(root, &pointer)) {
            merge(node, update);
            if let Some(copy) = value.pointer_mut(&pointer) {
                *copy = node.to_json();
            }
        }
    }
    Ok(())
}

/// Sorts array indices as numbers.
fn order(pointer: &str) -> Vec<(usize, String)> {
    pointer.split('/').map(|token| (token.parse().unwrap_or(0), token.to_owned())).collect()
}

fn pointer_mut<'n>(root: &'n mut Node, pointer: &str) -> Option<&'n mut Node> {
    pointer.split('/').skip(1).try_fold(root, |node, token| {
        let token = token.replace("~1", "/").replace("~0", "~");
        match &mut node.kind {
            Kind::Object(members) => members.iter_mut().find(|m| m.key == token).map(|m| &mut m.value),
            Kind::Array(items) => items.get_mut(token.parse::<usize>().ok()?),
            _ => None,
        }
    })
}

fn remove_at(root: &mut Node, pointer: &str) {
    let Some((parent, last)) = pointer.rsplit_once('/') else { return };
    let last = last.replace("~1", "/").replace("~0", "~");
    match pointer_mut(root, parent).map(|node| &mut node.kind) {
        Some(Kind::Object(members)) => members.retain(|m| m.key != last),
        Some(Kind::Array(items)) => {
            if let Ok(at) = last.parse::<usize>()
                && at < items.len()
            {
                items.remove(at);
            }
        }
        _ => {}
    }
}

/// Objects merge member by member, lists grow, everything else is replaced.
fn merge(target: &mut Node, update: &Node) {
    match (&mut target.kind, &update.kind) {
        (Kind::Object(members), Kind::Object(updates)) => {
            for member in updates {
                match members.iter_mut().find(|m| m.key == member.key) {
                    Some(existing) => merge(&mut existing.value, &member.value),
                    None => members.push(Member::clone(member)),
                }
            }
        }
        (Kind::Array(items), Kind::Array(more)) => items.extend(more.iter().cloned()),
        (Kind::Array(items), _) => items.push(update.clone()),
        _ => *target = update.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FileId, yaml};

    fn tree(text: &str) -> Node {
        yaml::parse(text, FileId(0)).0.unwrap()
    }

    #[track_caller]
    fn check(document: &str, actions: &str, expected: &str) {
        let mut root = tree(document);
        let diagnostics = apply(&mut root, &tree(&format!("overlay: 1.0.0\nactions:\n{actions}")));
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        assert_eq!(root.to_json().to_string(), expected);
    }

    #[track_caller]
    fn check_error(actions: &str, message: &str) {
        let diagnostics = apply(&mut tree("{a: 1}"), &tree(&format!("overlay: 1.0.0\nactions:\n{actions}")));
        assert!(diagnostics.iter().any(|d| d.message.contains(message)), "{diagnostics:?}");
    }

    #[test]
    fn actions() {
        check("{a: {b: 1}}", "- {target: $.a, update: {c: 2}}", r#"{"a":{"b":1,"c":2}}"#);
        check("{a: {b: 1}}", "- {target: $.a.b, update: 5}", r#"{"a":{"b":5}}"#);
        check("{a: [1, 2, 3]}", "- {target: '$.a[?@ > 1]', remove: true}", r#"{"a":[1]}"#);
        check("{a: [1]}", "- {target: $.a, update: [2]}", r#"{"a":[1,2]}"#);
        check(
            "{p: {/x: {get: {}}}}",
            "- {target: '$.p[\"/x\"].get', update: {id: x}}",
            r#"{"p":{"/x":{"get":{"id":"x"}}}}"#,
        );
        check("{p: {a: {t: 1}, b: {}}}", "- {target: '$.p.*', update: {t: 2}}", r#"{"p":{"a":{"t":2},"b":{"t":2}}}"#);
    }

    #[track_caller]
    fn check_help(actions: &str, help: &str) {
        let found = apply(&mut tree("{a: 1}"), &tree(&format!("overlay: 1.0.0\nactions:\n{actions}")));
        assert!(found.iter().any(|d| d.help.as_ref().is_some_and(|found| found.contains(help))), "{found:?}");
    }

    #[test]
    fn what_mends_an_action_is_said() {
        check_help("- {target: '$.paths./rides', update: {}}", "in brackets and quotes");
        check_help("- {target: '#/paths', update: {}}", "JSON Pointer");
        check_help("- {target: paths, update: {}}", "begins with `$`");
        check_help("- {target: $.a, updat: 1}", "did you mean `update`?");
        check_help("- {target: $.a}", "`remove: true`");
        check_help("- {target: $.z, update: 1}", "misspelt");
    }

    #[test]
    fn an_action_that_does_nothing_is_an_error() {
        check_error("- {target: $.z, update: {}}", "matches nothing");
        check_error("- {target: '$..[', update: {}}", "no RFC 9535 query");
        check_error("- {target: $.a}", "neither updates nor removes");
        check_error("- {target: $.a, updat: 1}", "no field `updat`");
    }
}
