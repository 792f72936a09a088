//! What is said of a document.

use crate::clients::Finding;
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
    /// Time it took, without the compiler of its client.
    pub(super) seconds: f64,
    /// Of the errors, those that are the compiler's own: a schema or an example that isn't valid, a name taken twice.
    pub(super) flaws: usize,
    /// Lines of the client. Absent where none was asked for, as all that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_lines: Option<usize>,
    /// Warnings of the compiler.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_warnings: Option<usize>,
    /// Time the compiler took: `cargo build` where requests are compared, else `cargo check`; dependencies not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) check_seconds: Option<f64>,
    /// Memory the compiler took, at its highest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) check_memory_mib: Option<u64>,
    /// Operations of which requests were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) oracle_operations: Option<usize>,
    /// Those where executor and client always sent the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) oracle_agree: Option<usize>,
    /// Requests that were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) oracle_requests: Option<usize>,
    /// Operations whose example's answer the client read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) answers_read: Option<usize>,
    /// What was not the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) findings: Vec<Finding>,
}

impl Row {
    /// A line of JSON.
    pub(super) fn json(&self) -> String {
        let round = |seconds: f64| (seconds * 1000.0).round() / 1000.0;
        let (seconds, check_seconds) = (round(self.seconds), self.check_seconds.map(round));
        let rounded = Row { seconds, check_seconds, ..self.clone() };
        // A struct of texts and numbers always has a JSON form.
        serde_json::to_string(&rounded).map_or_else(|_| String::new(), |line| line + "\n")
    }

    /// Whether every operation became a tool and, where clients were asked for, can be called on one that the compiler
    /// accepts without a warning, and sends there what the gateway sends.
    pub(super) fn came_through(&self) -> bool {
        let client = self.client_operations.is_none_or(|callable| callable == self.operations)
            && self.oracle_operations.is_none_or(|compared| compared == self.operations)
            && self.oracle_agree == self.oracle_operations;
        self.errors == 0 && self.first_error.is_none() && self.tools == self.operations && client
    }
}
