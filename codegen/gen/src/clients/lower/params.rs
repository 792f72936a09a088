//! Parameters: whether they are required, a schema and a description.

use super::{pointer::follow, prose};
use crate::clients::plan::{OperationPlan, ParamPlan};
use serde_json::{Map, Value, json};
use uaps_model::Place;

/// The `parameters` of a lowered operation, in the plan's order.
pub(super) fn lower(op: &OperationPlan<'_>, source: &Value) -> Vec<Value> {
    op.params
        .iter()
        .map(|plan| {
            let declared = declaration(op, plan, source);
            let mut lowered = json!({
                "name": plan.name,
                "required": plan.param.required || plan.param.place == Place::Path,
                "schema": declared.map(|d| schema(d, source)).unwrap_or_else(|| Map::new().into()),
            });
            let description = declared.and_then(|d| d.get("description")).and_then(Value::as_str);
            if let (Some(text), Some(lowered)) = (description, lowered.as_object_mut()) {
                lowered.insert("description".into(), prose::clean(text).into());
            }
            lowered
        })
        .collect()
}

/// The parameter's object: the operation's own, else that of its path item.
fn declaration<'d>(op: &OperationPlan<'d>, plan: &ParamPlan<'_>, source: &'d Value) -> Option<&'d Value> {
    let place = match plan.param.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    };
    [op.source, op.path_item]
        .into_iter()
        .filter_map(|holder| holder.get("parameters")?.as_array())
        .flatten()
        .filter_map(|param| follow(source, param))
        .find(|param| {
            param.get("in").and_then(Value::as_str) == Some(place)
                && param.get("name").and_then(Value::as_str) == Some(&plan.param.name)
        })
}

fn schema(declared: &Value, source: &Value) -> Value {
    let schema = declared.get("schema").or_else(|| {
        let media = declared.get("content")?.as_object()?.values().next()?;
        follow(source, media)?.get("schema")
    });
    // An argument that may be null is an argument that may be absent, and `required` says that.
    let mut schema = schema.cloned().unwrap_or_else(|| Map::new().into());
    if let Some(members) = schema.as_object_mut() {
        members.remove("nullable");
    }
    schema
}
