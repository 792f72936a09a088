//! A backend in memory: each call is answered with what the operation's schema of a good answer describes, every member there
//! and thirty items where it lists something, so that the answer is as long as a real one may be.

use futures::future::BoxFuture;
use metatool::{Account, Backend, Caller, HealthStatus, ServiceHealth, ToolCall, ToolResult};
use serde_json::{Value, json};
use std::sync::Arc;
use uaps_model::{Catalog, Problem, ProblemKind};

/// What a page of a list holds.
const PAGE: usize = 30;

pub(super) struct Memory(pub(super) Arc<Catalog>);

/// So many small services.
pub(super) fn many(services: usize) -> anyhow::Result<Catalog> {
    let service = |n: usize| {
        json!({
            "format": uaps_model::FORMAT, "id": format!("service-{n}"), "name": format!("Service {n}"),
            "description": format!("Does the things of number {n}"), "category": format!("category-{}", n % 20),
            "version": "1", "upstream": "http://127.0.0.1:1", "auth": {"scheme": "none"},
            "rate_limits": {"default_per_minute": 120, "burst": 30},
            "access": {}, "schemas": {},
            "facts": {"description": "", "flow": "", "pricing_model": "", "typical_response_time": ""},
            "operations": [{
                "tool": "do_it", "operation_id": "do_it", "method": "GET", "path": "/it", "title": "Does it",
                "access": "anonymous", "hints": {"read_only": true, "destructive": false, "idempotent": true},
                "responses": [{"status": "200", "content_type": "application/json"}],
                "input": {"type": "object", "properties": {}}, "example": {"arguments": {}, "status": 200},
            }],
        })
        .to_string()
    };
    Ok(Catalog::from_json((0..services).map(service))?)
}

impl Backend for Memory {
    fn catalog(&self) -> Arc<Catalog> {
        self.0.clone()
    }

    fn execute<'a>(&'a self, _: &'a Caller, call: ToolCall) -> BoxFuture<'a, Result<ToolResult, Problem>> {
        Box::pin(async move {
            let nothing = || Problem::new(ProblemKind::UnknownOperation, "there is no such tool");
            let service = self.0.get(&call.service).and_then(Result::ok).ok_or_else(nothing)?;
            let operation = service.operation(&call.tool).ok_or_else(nothing)?;
            let answer = operation.responses.iter().find(|response| response.status.starts_with('2'));
            let schema = answer.and_then(|answer| answer.schema.clone()).unwrap_or(Value::Null);
            Ok(ToolResult {
                service: call.service,
                tool: call.tool,
                method: operation.method.to_string(),
                path: operation.path.clone(),
                status: 200,
                content_type: Some("application/json".into()),
                result: instance(&schema, &service.schemas, 0),
                cost: None,
                purchase: None,
                balance: None,
            })
        })
    }

    fn health<'a>(&'a self, _: &'a Caller) -> BoxFuture<'a, Result<Vec<ServiceHealth>, Problem>> {
        let one = |entry: &uaps_model::Entry| ServiceHealth {
            service: entry.id.to_string(),
            status: HealthStatus::Ok,
            detail: String::new(),
            latency_ms: Some(1),
        };
        Box::pin(std::future::ready(Ok(self.0.entries().iter().map(one).collect())))
    }

    fn account<'a>(&'a self, _: &'a Caller) -> BoxFuture<'a, Result<Option<Account>, Problem>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// A value that a schema describes: every member, so as long as a real answer, and a page of each uppermost list.
fn instance(schema: &Value, schemas: &std::collections::BTreeMap<String, Value>, depth: usize) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/")) {
        let name = name.replace("~1", "/").replace("~0", "~");
        return schemas.get(&name).map_or(Value::Null, |schema| instance(schema, schemas, depth + 1));
    }
    if let Some(known) = schema.get("example").or_else(|| schema["examples"].get(0)).or_else(|| schema["enum"].get(0)) {
        return known.clone();
    }
    if depth > 8 {
        return Value::Null;
    }
    for several in ["allOf", "oneOf", "anyOf"] {
        if let Some(first) = schema[several].get(0) {
            return instance(first, schemas, depth + 1);
        }
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or_default();
    match kind {
        "array" => {
            let item = instance(&schema["items"], schemas, depth + 1);
            vec![item; if depth < 2 { PAGE } else { 1 }].into()
        }
        "integer" | "number" => json!(123_456),
        "boolean" => json!(true),
        "string" => json!("some words of text"),
        _ => {
            let members = schema["properties"].as_object().into_iter().flatten();
            members
                .map(|(name, schema)| (name.clone(), instance(schema, schemas, depth + 1)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
    }
}
