//! What there is to call.

use super::input::Params;
use crate::Gateway;
use crate::error::Rejection;
use crate::pipeline::required_level;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use uaps_model::{Commerce, IDEMPOTENCY_KEY, Layer, Operation, Service};

/// `GET /services`: one line a service.
pub async fn services(State(gateway): State<Gateway>) -> Json<Value> {
    let entries = gateway.catalog().entries().iter();
    let services: Vec<Value> = entries.filter_map(|entry| Some(summary(entry.service().ok()?, entry.layer))).collect();
    Json(json!({ "services": services }))
}

/// `GET /services/{id}`: one service, with its operations by name.
pub async fn service(State(gateway): State<Gateway>, Params(id): Params<String>) -> Result<Json<Value>, Rejection> {
    let service = gateway.service(&id)?;
    let layer = gateway.catalog().entry(&id).map_or(Layer::BuiltIn, |entry| entry.layer);
    let mut value = summary(service, layer);
    if let Some(members) = value.as_object_mut() {
        members.insert("facts".into(), json!(service.facts));
        members.insert("rate_limits".into(), json!(service.rate_limits));
        let operations: Vec<Value> = service.operations.iter().map(operation).collect();
        members.insert("operation_list".into(), operations.into());
    }
    Ok(Json(value))
}

/// `GET /services/{id}/tools`: every operation with its schemas, as a tool call needs them.
pub async fn tools(State(gateway): State<Gateway>, Params(id): Params<String>) -> Result<Json<Value>, Rejection> {
    let service = gateway.service(&id)?;
    let tools: Vec<Value> = service.operations.iter().map(|op| tool(service, op)).collect();
    Ok(Json(json!({"service": service.id, "tools": tools})))
}

fn summary(service: &Service, layer: Layer) -> Value {
    let base = format!("/{}", service.id);
    json!({
        "id": service.id,
        "name": service.name,
        "description": service.description,
        "category": service.category,
        "tags": service.tags,
        "layer": layer,
        "version": service.version,
        "operations": service.operations.len(),
        "base_path": base,
        "openapi": format!("{base}/openapi.json"),
        "docs": format!("/docs/{}", service.id),
    })
}

fn operation(op: &Operation) -> Value {
    let mut value = json!({
        "tool": op.tool,
        "method": op.method,
        "path": op.path,
        "title": op.title,
        "access": required_level(op),
        "deprecated": op.deprecated,
    });
    if let Some(members) = value.as_object_mut() {
        if op.fee_cents > 0 {
            members.insert("fee_cents".into(), op.fee_cents.into());
        }
        match &op.commerce {
            Some(Commerce::Quote { .. }) => drop(members.insert("role".into(), "quote".into())),
            Some(Commerce::Purchase { quote, .. }) => {
                members.insert("role".into(), "purchase".into());
                members.insert("quote".into(), json!(quote));
                members.insert("requires_header".into(), IDEMPOTENCY_KEY.into());
            }
            None => {}
        }
    }
    value
}

fn tool(service: &Service, op: &Operation) -> Value {
    let mut value = operation(op);
    if let Some(members) = value.as_object_mut() {
        members.insert("description".into(), op.description.as_str().into());
        members.insert("hints".into(), json!(op.hints));
        members.insert("input_schema".into(), service.input_schema(op));
        members.extend(service.output_schema(op).map(|schema| ("output_schema".to_owned(), schema)));
        members.insert("example".into(), op.example.arguments.clone());
    }
    value
}
