//! Operation ids that are missing, illegal as a tool name, tell nothing, or are taken: the names that the compiler would
//! make up, written where a person sees them and can change them.

use crate::overlay::Action;
use crate::target;
use crate::yaml::Yaml;
use std::collections::HashMap;
use uaps_spec::{Document, OperationRef, Origin, tool_names};

/// As much of an id as a description shows.
const SHOWN: usize = 64;

/// One action for each operation whose id must change.
pub(crate) fn actions(document: &Document) -> Vec<Action> {
    let operations: Vec<OperationRef<'_>> = document.operations().collect();
    let named = tool_names(&operations);
    let mut shared: HashMap<String, usize> = HashMap::new();
    for target in operations.iter().filter_map(|op| target::operation(document, op)) {
        *shared.entry(target).or_default() += 1;
    }
    let actions = operations.iter().zip(named).filter_map(|(op, named)| {
        let id: String = op.node.str_at("operationId").unwrap_or_default().chars().take(SHOWN).collect();
        let description = match named.origin {
            Origin::Kept => return None,
            Origin::Missing => "The document gives this operation no operationId".to_owned(),
            Origin::Illegal(reason) => format!("The operationId `{id}` {reason}"),
            Origin::Opaque(reason) => format!("The operationId `{id}` {reason}"),
            Origin::Shared => format!("The operationId `{id}` occurs more than once, perhaps in another spelling"),
        };
        let update = Yaml::map([("operationId", Yaml::text(named.tool.as_str()))]);
        // Paths that share an item share the id that is written there; the compiler's own names keep them apart.
        let target = target::operation(document, op).filter(|target| shared.get(target) == Some(&1))?;
        Some(Action::update(target, description, update))
    });
    actions.collect()
}
