//! The tools: their list, and who answers which.

mod asks;
mod content;
mod notices;
pub mod rounds;

pub use notices::{Change, includes_info};

use crate::handler::{Shared, require};
use crate::json::typed;
use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult, Tool};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};
use std::sync::LazyLock;

static ALL: LazyLock<Vec<Tool>> = LazyLock::new(|| {
    let plain = json!({"type": "object"});
    let string = |name: &str| json!({"type": "object", "properties": {name: {"type": "string"}}, "required": [name]});
    let table = [
        ("test_simple_text", "Answers text", plain.clone()),
        ("test_image_content", "Answers an image", plain.clone()),
        ("test_audio_content", "Answers a sound", plain.clone()),
        ("test_embedded_resource", "Answers a resource", plain.clone()),
        ("test_multiple_content_types", "Answers text, an image and a resource", plain.clone()),
        ("test_error_handling", "Always fails", plain.clone()),
        ("json_schema_2020_12_tool", "Has a schema that uses much of JSON Schema 2020-12", rich_schema()),
        ("test_x_mcp_header", "Wants an argument in a header too", header_schema()),
        ("test_tool_with_progress", "Tells how far it is", plain.clone()),
        ("test_tool_with_logging", "Logs while it runs", plain.clone()),
        ("test_logging_tool", "Logs if the request wants it", plain.clone()),
        ("test_trigger_tool_change", "Says that the tools have changed", plain.clone()),
        ("test_trigger_prompt_change", "Says that the prompts have changed", plain.clone()),
        ("test_sampling", "Asks the client's model", string("prompt")),
        ("test_elicitation", "Asks the user", string("message")),
        ("test_elicitation_sep1034_defaults", "Asks the user, with defaults", plain.clone()),
        ("test_elicitation_sep1330_enums", "Asks the user to choose", plain.clone()),
        ("test_missing_capability", "Needs a client that samples", plain.clone()),
        ("test_streaming_elicitation", "Tries to ask within its answer", plain.clone()),
        ("test_input_required_result_elicitation", "Needs the user's name", plain.clone()),
        ("test_input_required_result_sampling", "Needs the client's model", plain.clone()),
        ("test_input_required_result_list_roots", "Needs the client's roots", plain.clone()),
        ("test_input_required_result_request_state", "Needs a yes, and its state back", plain.clone()),
        ("test_input_required_result_multiple_inputs", "Needs three things at once", plain.clone()),
        ("test_input_required_result_multi_round", "Needs two things, one after the other", plain.clone()),
        ("test_input_required_result_tampered_state", "Needs its state back unchanged", plain.clone()),
        ("test_input_required_result_capabilities", "Needs what the client can give", plain),
    ];
    table
        .into_iter()
        .filter_map(|(name, description, schema)| match schema {
            Value::Object(schema) => Some(Tool::new(name, description, schema)),
            _ => None,
        })
        .collect()
});

/// The fixtures, always in the same order.
pub fn all() -> &'static [Tool] {
    &ALL
}

/// Calls one of them.
pub async fn call(
    shared: &Shared,
    request: CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let name = request.name.clone();
    if let Some(result) = content::of(&name) {
        return complete(result);
    }
    if let Some(question) = asks::question(&name, request.arguments.as_ref()) {
        return said(&format!("The client answered {}", asks::ask(context, question).await?));
    }
    match name.as_ref() {
        "test_tool_with_progress" => notices::progress(context).await?,
        "test_tool_with_logging" | "test_logging_tool" => notices::log(shared, context).await?,
        "test_trigger_tool_change" => notices::change(shared, Change::Tools),
        "test_trigger_prompt_change" => notices::change(shared, Change::Prompts),
        "test_missing_capability" => require(context, "sampling")?,
        _ => return rounds::call(shared, request, context).await,
    }
    said("Done.")
}

fn complete(mut result: Value) -> Result<CallToolResponse, ErrorData> {
    result["resultType"] = json!("complete");
    Ok(typed::<CallToolResult>(result)?.into())
}

fn said(text: &str) -> Result<CallToolResponse, ErrorData> {
    complete(json!({"content": [{"type": "text", "text": text}]}))
}

/// Keywords that a server loses when it rewrites schemas.
fn rich_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {"address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }},
        "properties": {
            "name": {"type": "string"},
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"},
            "email": {"type": "string"},
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": false,
    })
}

fn header_schema() -> Value {
    json!({
        "type": "object",
        "properties": {"region": {"type": "string", "x-mcp-header": "Region"}},
        "required": ["region"],
    })
}
