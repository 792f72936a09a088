//! Each operation under a path of its own, with nothing but what becomes a signature.
//!
//! The path is `/<name>/{argument}/...`: progenitor only takes names from it, and these always parse. The real path
//! goes back into the method's documentation and its request afterwards.

use super::{bodies, params, prose, responses};
use crate::clients::plan::{OperationPlan, Plan, variables};
use serde_json::{Map, Value, json};
use uaps_model::Place;

/// A new document with the plan's operations. Schemas still refer into `source`.
pub(super) fn lower(plan: &Plan<'_>, source: &Value) -> Value {
    let paths: Map<String, Value> = plan
        .operations
        .iter()
        .map(|op| {
            let method = op.operation.method.as_str().to_ascii_lowercase();
            (path(op), json!({method: operation(op, source)}))
        })
        .collect();
    let title = prose::clean(&plan.service.name);
    json!({
        "openapi": "3.0.3",
        "info": {"title": title, "version": prose::clean(&plan.service.version)},
        "paths": paths,
        "components": {"schemas": {}},
    })
}

/// The lowered path of an operation.
pub(in crate::clients) fn path(op: &OperationPlan<'_>) -> String {
    let mut path = format!("/{}", op.name);
    let in_path = |wire: &&str| op.params.iter().find(|p| p.param.place == Place::Path && p.param.name == *wire);
    let mut done = Vec::new();
    for name in variables(&op.operation.path).iter().filter_map(in_path).map(|p| p.name.as_str()) {
        if !done.contains(&name) {
            path.push_str(&format!("/{{{name}}}"));
            done.push(name);
        }
    }
    path
}

fn operation(op: &OperationPlan<'_>, source: &Value) -> Value {
    let mut lowered = json!({
        "operationId": op.name,
        "x-type-name": op.type_name,
        "summary": prose::clean(&op.operation.title),
        "description": prose::clean(&op.operation.description),
        "parameters": params::lower(op, source),
        "responses": responses::lower(op.source.get("responses"), source, op.operation.method),
    });
    if let (Some(body), Some(lowered)) = (bodies::lower(op, source), lowered.as_object_mut()) {
        lowered.insert("requestBody".into(), body);
    }
    lowered
}
