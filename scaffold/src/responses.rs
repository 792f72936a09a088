//! Operations that announce no answer.

use crate::overlay::Action;
use crate::target;
use crate::yaml::Yaml;
use uaps_spec::{Document, Kind, Node};

/// Announces some answer wherever a document announces none.
pub(crate) fn actions(document: &Document) -> Vec<Action> {
    let silent = document.operations().filter(|op| match op.node.get("responses") {
        None => true,
        Some(responses) => responses.members().is_empty() && !matches!(responses.kind, Kind::Array(_)),
    });
    let silent = silent.filter(|op| Node::is_object(op.node));
    let mended = silent.filter_map(|op| {
        let answer = Yaml::map([("description", Yaml::text("Not described by the provider"))]);
        Some(Action::update(
            target::operation(document, &op)?,
            "The document announces no answer".to_owned(),
            Yaml::map([("responses", Yaml::map([("default", answer)]))]),
        ))
    });
    mended.collect()
}
