//! What a tool ended with, and how the protocol carries it.

use rmcp::model::CallToolResult;
use serde::Serialize;
use serde_json::Value;
use uaps_model::{Problem, ProblemKind};

/// A tool's answer, before it becomes a protocol message.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Conforms to the tool's output schema.
    value: Value,
    /// The provider refused: the answer is whole, but not what the assistant wanted.
    refused: bool,
}

/// Every tool ends so. A problem is the assistant's to read, never a protocol error.
pub(crate) type Outcome = Result<Answer, Problem>;

/// A plain answer.
pub(crate) fn answer(value: &impl Serialize) -> Outcome {
    Ok(Answer { value: json(value)?, refused: false })
}

/// A provider's refusal, passed on as it came.
pub(crate) fn refusal(value: &impl Serialize) -> Outcome {
    Ok(Answer { value: json(value)?, refused: true })
}

fn json(value: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(value)
        .map_err(|e| Problem::new(ProblemKind::Internal, format!("The answer can't be written as JSON: {e}")))
}

/// Structured content, the same as text for clients that read only that, and whether it failed.
pub(crate) fn call_result(outcome: Outcome) -> CallToolResult {
    match outcome {
        Ok(Answer { value, refused: false }) => CallToolResult::structured(value),
        Ok(Answer { value, refused: true }) => CallToolResult::structured_error(value),
        Err(problem) => CallToolResult::structured_error(json(&problem).unwrap_or_else(|p| p.detail.into())),
    }
}
