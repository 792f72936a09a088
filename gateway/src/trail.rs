//! Who did what to keys, money and questions: one line an act, after it is durable. Never a secret.

use std::fmt::Display;

/// Writes a line. `by` is a key's id or `operator`, `on` the id of what was changed.
pub(crate) fn acted(by: &impl Display, what: &'static str, on: &impl Display) {
    tracing::info!(target: "penumbra::audit", %by, what, %on, "act");
}

/// The operator, as lines and answers name him.
pub(crate) const OPERATOR: &str = "operator";
