//! What is said of a document.

use serde::Serialize;

/// One line of the result. The names are relied upon by others.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Row {
    /// Its file's name.
    pub(super) file: String,
    /// The version it says it has: `3.0.3`, `2.0`.
    pub(super) openapi: Option<String>,
    /// Operations in the document, of whatever version it is.
    pub(super) operations: usize,
    /// Tools that were compiled.
    pub(super) tools: usize,
    /// Diagnostics that are errors.
    pub(super) errors: usize,
    /// Whether a client was written. Absent where none was asked for, as the next two.
    pub(super) client_generated: Option<bool>,
    /// Whether the compiler accepts it.
    pub(super) client_checks: Option<bool>,
    /// Operations that can be called on it.
    pub(super) client_operations: Option<usize>,
    /// The first error of any stage.
    pub(super) first_error: Option<String>,
    /// Time it took, without `cargo check`.
    pub(super) seconds: f64,
}

impl Row {
    /// A line of JSON.
    pub(super) fn json(&self) -> String {
        let rounded = Row { seconds: (self.seconds * 1000.0).round() / 1000.0, ..self.clone() };
        // A struct of texts and numbers always has a JSON form.
        serde_json::to_string(&rounded).map_or_else(|_| String::new(), |line| line + "\n")
    }

    /// Whether every operation became a tool and, where clients were asked for, can be called on one.
    pub(super) fn came_through(&self) -> bool {
        let client = self.client_operations.is_none_or(|callable| callable == self.operations);
        self.errors == 0 && self.first_error.is_none() && self.tools == self.operations && client
    }
}
