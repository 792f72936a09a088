//! Prompts, and the completion of their arguments.

use crate::handler::Shared;
use crate::json::{PNG, typed};
use crate::tools::rounds::{self, Given, Script, Step};
use rmcp::model::{
    CompleteResult, GetPromptRequestParams, GetPromptResponse, GetPromptResult, JsonObject, ListPromptsResult,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};

const ASKING: &str = "test_input_required_result_prompt";

pub fn list() -> Result<ListPromptsResult, ErrorData> {
    let argument = |name: &str| json!({"name": name, "description": "Goes into the text", "required": true});
    typed(json!({
        "resultType": "complete",
        "prompts": [
            {"name": "test_simple_prompt", "description": "Text alone"},
            {"name": "test_prompt_with_arguments", "description": "Text made of two arguments",
             "arguments": [argument("arg1"), argument("arg2")]},
            {"name": "test_prompt_with_embedded_resource", "description": "A resource and text",
             "arguments": [argument("resourceUri")]},
            {"name": "test_prompt_with_image", "description": "An image and text"},
            {"name": ASKING, "description": "Asks for its context first"},
        ],
    }))
}

pub fn get(
    shared: &Shared,
    request: GetPromptRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<GetPromptResponse, ErrorData> {
    let arguments = request.arguments.unwrap_or_default();
    let contents = match request.name.as_str() {
        "test_simple_prompt" => vec![text("Say something simple.")],
        "test_prompt_with_arguments" => {
            let (first, second) = (argument(&arguments, "arg1")?, argument(&arguments, "arg2")?);
            vec![text(&format!("The first argument is {first}, the second {second}."))]
        }
        "test_prompt_with_embedded_resource" => {
            let uri = argument(&arguments, "resourceUri")?;
            let resource = json!({"uri": uri, "mimeType": "text/plain", "text": "What the resource holds."});
            vec![json!({"type": "resource", "resource": resource}), text("Read this resource.")]
        }
        "test_prompt_with_image" => {
            vec![json!({"type": "image", "data": PNG, "mimeType": "image/png"}), text("Look at this image.")]
        }
        ASKING => {
            let script =
                Script::open(json!([{"user_context": rounds::form("What is it about?", "context", "string")}]));
            let given = Given { responses: request.input_responses, state: request.request_state };
            match rounds::play(&shared.codec, ASKING, &script, given, context)? {
                Step::Ask(question) => return Ok(question.into()),
                Step::Done(answers) => vec![text(&format!("The context is {}.", answers["user_context"]))],
            }
        }
        name => return Err(ErrorData::invalid_params(format!("there is no prompt `{name}`"), None)),
    };
    let messages: Vec<Value> =
        contents.into_iter().map(|content| json!({"role": "user", "content": content})).collect();
    let result: GetPromptResult = typed(json!({"resultType": "complete", "messages": messages}))?;
    Ok(result.into())
}

/// Words that begin as the argument does.
pub fn complete(begun: &str) -> Result<CompleteResult, ErrorData> {
    let values: Vec<_> =
        ["parade", "parcel", "parsley", "tomato"].into_iter().filter(|word| word.starts_with(begun)).collect();
    typed(json!({
        "resultType": "complete",
        "completion": {"total": values.len(), "hasMore": false, "values": values},
    }))
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn argument<'a>(arguments: &'a JsonObject, name: &str) -> Result<&'a str, ErrorData> {
    arguments
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| ErrorData::invalid_params(format!("the prompt needs the argument `{name}`"), None))
}
