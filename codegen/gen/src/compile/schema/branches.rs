//! When `oneOf` may keep its word.
//!
//! Documents say `oneOf` and mean "one of these forms". The branches are often told apart by a discriminator or by a
//! `format` alone, which validators don't judge; a value that fits two of them would be refused, whatever the caller does.
//! So `oneOf` stays where types alone keep the branches apart, and becomes `anyOf` elsewhere.

use std::collections::HashSet;
use uaps_spec::{Document, Node};

/// Whether no value can be of two branches' types.
pub(super) fn apart(document: &Document, branches: &[Node]) -> bool {
    let mut seen = HashSet::new();
    branches.iter().all(|branch| {
        let nullable = branch.is_true("nullable");
        let types = document.resolve(branch).ok().and_then(|branch| types(branch, nullable));
        types.is_some_and(|types| types.into_iter().all(|kind| seen.insert(kind)))
    })
}

/// The JSON types that a branch accepts; `None` where it doesn't say.
fn types(branch: &Node, nullable: bool) -> Option<HashSet<&str>> {
    let kind = match branch.str_at("type")? {
        "integer" => "number",
        kind => kind,
    };
    let null = nullable
        || branch.is_true("nullable")
        || branch.get("enum").is_some_and(|choices| choices.items().iter().any(|choice| choice.describe() == "null"));
    Some([kind].into_iter().chain(null.then_some("null")).collect())
}
