//! Questions to the client within a call, as the eras before 2026-07-28 ask them: a request of the server's own.

use crate::handler::require;
use crate::json::typed;
use crate::tools::rounds;
use rmcp::model::{JsonObject, ServerRequest};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};

/// The question of `tool`, if it is one of these.
pub fn question(tool: &str, arguments: Option<&JsonObject>) -> Option<Value> {
    let argument = |name: &str| arguments.and_then(|arguments| arguments.get(name)).cloned().unwrap_or_default();
    let form = |message: Value, properties: Value| {
        let schema = json!({"type": "object", "properties": properties});
        json!({"method": "elicitation/create", "params": {"message": message, "requestedSchema": schema}})
    };
    Some(match tool {
        "test_sampling" => {
            let message = json!({"role": "user", "content": {"type": "text", "text": argument("prompt")}});
            json!({"method": "sampling/createMessage", "params": {"messages": [message], "maxTokens": 100}})
        }
        "test_elicitation" => {
            form(argument("message"), json!({"username": {"type": "string"}, "email": {"type": "string"}}))
        }
        "test_elicitation_sep1034_defaults" => form(json!("Is this right?"), defaults()),
        "test_elicitation_sep1330_enums" => form(json!("Choose."), choices()),
        _ => return None,
    })
}

/// Asks, and waits for the answer.
///
/// The answer comes as a request of its own, which only a session leads back to this call; without one, asking would
/// wait for nothing.
pub async fn ask(context: &RequestContext<RoleServer>, question: Value) -> Result<Value, ErrorData> {
    let parts = context.extensions.get::<http::request::Parts>();
    if !parts.is_some_and(|parts| parts.headers.contains_key("mcp-session-id")) {
        return Err(ErrorData::invalid_request("without a session, no answer of the client's reaches this call", None));
    }
    require(context, rounds::capability(&question))?;
    let answer = context.peer.send_request(typed::<ServerRequest>(question)?).await;
    answer
        .map(|answer| json!(answer))
        .map_err(|error| ErrorData::internal_error(format!("the client can't be asked: {error}"), None))
}

fn defaults() -> Value {
    json!({
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": true},
    })
}

/// The five ways in which a choice can be written.
fn choices() -> Value {
    let titled = json!([{"const": "value1", "title": "The first"}, {"const": "value2", "title": "The second"}]);
    json!({
        "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
        "titledSingle": {"type": "string", "oneOf": titled},
        "legacyEnum": {"type": "string", "enum": ["opt1", "opt2"], "enumNames": ["The first", "The second"]},
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": ["option1", "option2", "option3"]}},
        "titledMulti": {"type": "array", "items": {"anyOf": titled}},
    })
}
