//! What `tools/list` answers.
//!
//! Everything here is constant: an assistant pays for these bytes in every conversation, so they must not grow with the
//! catalogue, and clients may cache them. What is loaded is told by `get_started`, which is asked for.
//!
//! Every answer conforms to its tool's output schema. A failed call answers with a problem document, so each schema
//! has two branches: the members of a success, or `type` and `detail` of a problem.

use rmcp::model::{JsonObject, MetaObject, Tool, ToolAnnotations};
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

/// The names of the five, in the order of the list.
pub(crate) mod name {
    pub(crate) const GET_STARTED: &str = "get_started";
    pub(crate) const SEARCH_SERVICES: &str = "search_services";
    pub(crate) const LIST_TOOLS: &str = "list_tools";
    pub(crate) const EXECUTE: &str = "execute";
    pub(crate) const HEALTH: &str = "health";
}

/// How long a client may keep the list, in milliseconds: an hour. It changes only with a new version of this program.
pub(crate) const TTL_MS: u64 = 3_600_000;

/// What a client may tell its model about the whole.
pub(crate) const INSTRUCTIONS: &str = "Many services behind five tools. Find one with search_services, look at its \
    tools with list_tools, call one with execute. get_started explains paying and shows the balance; health says what \
    works now.";

static MENU: LazyLock<Vec<Tool>> = LazyLock::new(|| {
    vec![
        tool(
            name::GET_STARTED,
            "Get started",
            "What this server offers, how to search, call and pay, and your balance.",
            input(json!({}), &[]),
            output(
                json!({
                    "services": {"type": "integer"}, "tools": {"type": "integer"}, "categories": {"type": "object"},
                    "steps": {"type": "array", "items": {"type": "string"}}, "account": {"type": "object"},
                }),
                &["services", "steps"],
            ),
            read_only(false),
        ),
        tool(
            name::SEARCH_SERVICES,
            "Search services",
            "Find services for a task. Answers with ids, the best tools of each (signature, cost, access) and why they \
             matched, or with all categories if nothing does.",
            input(
                json!({
                    "query": {"type": "string", "description": "The task in plain words"},
                    "category": {"type": "string"},
                }),
                &["query"],
            ),
            output(
                json!({
                    "services": {"type": "array", "items": {"type": "object", "properties": {
                        "id": {"type": "string"}, "tools": {"type": "array", "items": {"type": "string"}},
                    }}},
                    "categories": {"type": "object"}, "hint": {"type": "string"},
                }),
                &["services"],
            ),
            read_only(false),
        ),
        tool(
            name::LIST_TOOLS,
            "List a service's tools",
            "One line a tool: signature, cost, access. `query` filters, `cursor` pages. With `tool`: that one in full, \
             with input schema, output shape, example and how to buy.",
            input(
                json!({
                    "service": {"type": "string"}, "query": {"type": "string"}, "tool": {"type": "string"},
                    "cursor": {"type": "string"},
                }),
                &["service"],
            ),
            output(
                json!({
                    "tools": {"type": "array", "items": {"type": "string"}}, "total": {"type": "integer"},
                    "next_cursor": {"type": "string"}, "input_schema": {"type": "object"},
                    "output": {"type": "string"}, "example": {"type": "object"},
                    "steps": {"type": "array", "items": {"type": "string"}},
                }),
                &["service"],
            ),
            read_only(false),
        ),
        tool(
            name::EXECUTE,
            "Call a tool of a service",
            "Call a service's tool. `parameters`: path, query and header parameters by name, the request body under \
             `body`. `fields` keeps only such members of the result (`items.name`); a long result is cut, and \
             `cursor` of `left_out` gives the rest. Purchases spend money: quote first, tell the user the price, send \
             a new Idempotency-Key; repeating with the same key never buys twice.",
            input(
                json!({
                    "service": {"type": "string"}, "tool": {"type": "string"}, "parameters": {"type": "object"},
                    "fields": {"type": "array", "items": {"type": "string"}}, "cursor": {"type": "string"},
                }),
                &["service", "tool"],
            ),
            // `result` may be any value. A schema for that says nothing, and checkers of schemas warn about it.
            output(
                json!({
                    "method": {"type": "string"}, "path": {"type": "string"}, "status": {"type": "integer"},
                    "cost": {"type": "object"}, "purchase": {"type": "object"}, "balance": {"type": "object"},
                    "hint": {"type": "string"}, "left_out": {"type": "array", "items": {"type": "object"}},
                }),
                &["result"],
            ),
            ToolAnnotations::new().read_only(false).destructive(true).idempotent(false).open_world(true),
        ),
        tool(
            name::HEALTH,
            "Health",
            "Which services work now, and what to do about those that don't.",
            input(json!({}), &[]),
            output(
                json!({
                    "overall": {"type": "string"}, "summary": {"type": "string"},
                    "services": {"type": "array", "items": {"type": "object"}},
                }),
                &["summary", "services"],
            ),
            read_only(true),
        ),
    ]
});

/// The five tools, always in the same order.
pub(crate) fn menu() -> &'static [Tool] {
    &MENU
}

fn tool(
    name: &'static str,
    title: &str,
    description: &'static str,
    input: JsonObject,
    output: JsonObject,
    annotations: ToolAnnotations,
) -> Tool {
    // Clients that hide tools behind a search of their own would hide our search behind theirs.
    let meta = MetaObject(object(json!({"anthropic/alwaysLoad": true})));
    Tool::new(name, description, Arc::new(input))
        .with_title(title)
        .with_raw_output_schema(Arc::new(output))
        .with_annotations(annotations)
        .with_meta(meta)
}

fn read_only(open_world: bool) -> ToolAnnotations {
    ToolAnnotations::new().read_only(true).open_world(open_world)
}

/// No optional value is typed "or null": some clients refuse such schemas, and leaving a member out says the same.
fn input(properties: Value, required: &[&str]) -> JsonObject {
    let mut schema = object(json!({"type": "object", "properties": properties}));
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    schema
}

fn output(properties: Value, required: &[&str]) -> JsonObject {
    object(json!({
        "type": "object",
        "properties": properties,
        "anyOf": [{"required": required}, {"required": ["type", "detail"]}],
    }))
}

fn object(value: Value) -> JsonObject {
    match value {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    }
}
