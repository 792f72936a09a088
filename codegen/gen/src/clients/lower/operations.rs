//! Each operation under its name, with nothing but what becomes a signature.

use super::{bodies, params, responses};
use crate::clients::plan::{OperationPlan, Plan};
use serde_json::{Map, Value, json};

/// A new document with the plan's operations. Schemas still refer into `source`.
pub(super) fn lower(plan: &Plan<'_>, source: &Value) -> Value {
    let operations = plan.operations.iter().map(|op| (op.name.clone(), operation(op, source)));
    json!({"operations": operations.collect::<Map<_, _>>(), "components": {"schemas": {}}})
}

/// A lowered operation of `document`.
pub(in crate::clients) fn operation_of<'d>(document: &'d Value, op: &OperationPlan<'_>) -> Option<&'d Value> {
    document.get("operations")?.get(&op.name)
}

/// `document` with one operation, and no more schemas than it needs.
pub(in crate::clients) fn only(document: &Value, op: &OperationPlan<'_>) -> Value {
    let operation = operation_of(document, op).cloned().unwrap_or_default();
    let mut alone = json!({"operations": {&op.name: operation}, "components": {"schemas": {}}});
    super::references::lower(&mut alone, document);
    alone
}

fn operation(op: &OperationPlan<'_>, source: &Value) -> Value {
    let mut lowered = json!({
        "typeName": op.type_name,
        "parameters": params::lower(op, source),
        "responses": responses::lower(op.source.get("responses"), source, op.operation.method),
    });
    if let (Some(body), Some(lowered)) = (bodies::lower(op, source), lowered.as_object_mut()) {
        lowered.insert("requestBody".into(), body);
    }
    lowered
}
