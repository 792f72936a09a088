//! `overlay.yaml`: OpenAPI Overlay 1.0.

use crate::purchases::Suggestion;
use crate::yaml::{Yaml, scalar};
use uaps_model::one_line;

/// One action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Action {
    /// An RFC 9535 query.
    pub(crate) target: String,
    /// Why.
    pub(crate) description: String,
    /// What is merged into what the target selects; `None` where that is removed.
    pub(crate) update: Option<Yaml>,
}

impl Action {
    /// Merges `update` into what `target` selects.
    pub(crate) fn update(target: impl Into<String>, description: impl Into<String>, update: Yaml) -> Self {
        Action { target: target.into(), description: description.into(), update: Some(update) }
    }

    /// Removes what `target` selects.
    pub(crate) fn remove(target: impl Into<String>, description: impl Into<String>) -> Self {
        Action { target: target.into(), description: description.into(), update: None }
    }
}

/// The overlay's text; suggestions stand at its end, commented out.
pub(crate) fn render(name: &str, actions: &[Action], suggestions: &[Suggestion]) -> String {
    let mut text = format!(
        "# What this catalogue adds to the vendor's document, which stays as it came.\n\
         overlay: 1.0.0\n\
         info:\n  title: {}\n  version: 1.0.0\n",
        scalar(&format!("UAPS-1 annotations for {name}"))
    );
    text.push_str(if actions.is_empty() { "actions: []\n" } else { "actions:\n" });
    for action in actions {
        text.push_str(&block(action));
    }
    for suggestion in suggestions {
        text.push_str(&format!("\n  # To decide: {}\n", one_line(&suggestion.question().what)));
        for line in suggestion.actions().iter().map(block).collect::<String>().lines() {
            text.push_str(&format!("  # {}\n", line.strip_prefix("  ").unwrap_or(line)));
        }
    }
    text
}

fn block(action: &Action) -> String {
    let mut text =
        format!("  - target: {}\n    description: {}\n", scalar(&action.target), scalar(&action.description));
    match &action.update {
        Some(update) => {
            text.push_str("    update:");
            update.write(6, &mut text);
        }
        None => text.push_str("    remove: true\n"),
    }
    text
}
