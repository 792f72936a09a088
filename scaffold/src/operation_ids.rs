//! Operation ids that are missing, illegal as a tool name, or taken (two that differ only in case, `-` and `_` are one).

use crate::overlay::Action;
use crate::target;
use crate::yaml::Yaml;
use std::collections::BTreeSet;
use uaps_model::ToolName;
use uaps_spec::{Document, OperationRef};

/// Longest tool name.
const LONGEST: usize = 64;

/// One action for each operation whose id must change.
pub(crate) fn actions(document: &Document) -> Vec<Action> {
    let mut taken = BTreeSet::new();
    // Whoever has a legal id keeps it, so ids to be made up give way to all of them.
    let kept: Vec<bool> = document
        .operations()
        .map(|op| op.node.str_at("operationId").is_some_and(|id| ToolName::new(id).is_ok() && taken.insert(folded(id))))
        .collect();
    let mut actions = Vec::new();
    for (op, _) in document.operations().zip(kept).filter(|(_, kept)| !kept) {
        let Some(target) = target::operation(document, &op) else { continue };
        let (name, reason) = match op.node.str_at("operationId") {
            Some(id) => {
                let shown: String = id.chars().take(LONGEST).collect();
                match ToolName::new(id) {
                    Ok(_) => (
                        id.to_owned(),
                        format!("The operationId `{shown}` occurs more than once, perhaps in another spelling"),
                    ),
                    Err(error) => (legal(id), format!("The operationId `{shown}` {error}")),
                }
            }
            None => (String::new(), "The document gives this operation no operationId".to_owned()),
        };
        let name = if name.is_empty() { from_route(&op) } else { name };
        let name = unique(&name, &mut taken);
        actions.push(Action { target, description: reason, update: Yaml::map([("operationId", Yaml::text(name))]) });
    }
    actions
}

/// `meta/root` becomes `meta_root`. Empty where nothing of the id is left.
fn legal(id: &str) -> String {
    let mut name = String::new();
    for c in id.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '-' => name.push(c),
            _ if !name.is_empty() && !name.ends_with('_') => name.push('_'),
            _ => {}
        }
    }
    let name = name.trim_matches(['_', '-']);
    let start = if name.starts_with(|c: char| c.is_ascii_digit()) { "op_" } else { "" };
    cut(&format!("{start}{name}"), LONGEST)
}

/// `GET /users/{user_id}/posts` becomes `get_users_by_user_id_posts`.
fn from_route(op: &OperationRef<'_>) -> String {
    let path = op.path.replace("}.{", "_").replace('{', " by ").replace('}', " ");
    legal(&format!("{} {path}", op.method.as_str()).to_ascii_lowercase())
}

/// The name itself, or with the first number that makes it new.
fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2_usize;
    while !taken.insert(folded(&candidate)) {
        let suffix = format!("_{number}");
        candidate = cut(name, LONGEST - suffix.len()) + &suffix;
        number += 1;
    }
    candidate
}

/// What makes two names the same to a reader, and to Rust.
fn folded(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect()
}

fn cut(name: &str, longest: usize) -> String {
    name.get(..longest).unwrap_or(name).trim_end_matches(['_', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_legal() {
        assert_eq!(legal("meta/root"), "meta_root");
        assert_eq!(legal("Get User (v2)"), "Get_User_v2");
        assert_eq!(legal("2fa.enable"), "op_2fa_enable");
        assert_eq!(legal("___"), "");
        assert_eq!(legal("日本"), "");
        for id in ["x".repeat(200), "é".repeat(90), "1".repeat(64)] {
            let name = legal(&id);
            assert!(name.is_empty() || ToolName::new(name.as_str()).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let mut taken = BTreeSet::from(["a".to_owned(), "a2".to_owned(), "x".repeat(64)]);
        assert_eq!(unique("A", &mut taken), "A_3");
        assert_eq!(unique(&"x".repeat(64), &mut taken), format!("{}_2", "x".repeat(62)));
    }
}
