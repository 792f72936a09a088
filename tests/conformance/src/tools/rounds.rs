//! Questions to the client as 2026-07-28 asks them: the call ends with what is missing, and comes again with it.
//!
//! A [`Script`] is data: rounds of questions by key. [`play`] looks at what a request brought along and tells whether to
//! ask (the same round again, if an answer is missing or is none), or that all is there.

use crate::handler::{Shared, require};
use crate::json::typed;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, InputRequests, InputRequiredResult, InputResponses, RequestStateCodec,
    SealOptions, ServerRequest,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Map, Value, json};

/// What is asked, round by round.
pub struct Script {
    rounds: Vec<Map<String, Value>>,
    /// Whether the round is kept in `requestState`. Needed as soon as there is more than one.
    stateful: bool,
}

impl Script {
    /// Without state.
    pub fn open(rounds: Value) -> Self {
        let rounds = rounds.as_array().into_iter().flatten().filter_map(|round| round.as_object().cloned()).collect();
        Script { rounds, stateful: false }
    }

    /// With state, which is sealed.
    fn sealed(rounds: Value) -> Self {
        Script { stateful: true, ..Script::open(rounds) }
    }
}

/// What a request brought along from earlier rounds. Nothing of it can be trusted.
pub struct Given {
    pub responses: Option<InputResponses>,
    pub state: Option<String>,
}

/// What is to be done now.
pub enum Step {
    Ask(InputRequiredResult),
    Done(InputResponses),
}

/// Calls one of the tools that have a script.
pub async fn call(
    shared: &Shared,
    request: CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let name = request.name;
    if name == "test_streaming_elicitation" {
        must_not_ask_on_the_stream(context).await?;
    }
    let script = script(&name, context)
        .ok_or_else(|| ErrorData::internal_error(format!("the fixture `{name}` has no script"), None))?;
    let given = Given { responses: request.input_responses, state: request.request_state };
    match play(&shared.codec, &name, &script, given, context)? {
        Step::Ask(question) => Ok(question.into()),
        Step::Done(answers) if script.stateful => {
            super::said(&format!("state-ok, and the answers are {}", json!(answers)))
        }
        Step::Done(answers) => super::said(&format!("The answers are {}", json!(answers))),
    }
}

/// One step of `script` for the request `subject`, to which the state is bound.
pub fn play(
    codec: &RequestStateCodec,
    subject: &str,
    script: &Script,
    given: Given,
    context: &RequestContext<RoleServer>,
) -> Result<Step, ErrorData> {
    let proven = given.state.is_some() || !script.stateful;
    let round = match given.state {
        Some(state) if script.stateful => open(codec, subject, &state)?,
        _ => 0,
    };
    let ask = |round: usize| -> Result<Step, ErrorData> {
        let questions = script.rounds.get(round).cloned().unwrap_or_default();
        for question in questions.values() {
            require(context, capability(question))?;
        }
        let state = script.stateful.then(|| {
            codec.seal_with(round.to_string().as_bytes(), &SealOptions::new().associated_data(subject.as_bytes()))
        });
        let questions: InputRequests = typed(Value::Object(questions))?;
        Ok(Step::Ask(InputRequiredResult::new(Some(questions), state)))
    };
    // Answers to a question whose state is missing are to none that was asked.
    let answers = given.responses.filter(|_| proven).unwrap_or_default();
    let questions = script.rounds.get(round).into_iter().flatten();
    let answered =
        questions.into_iter().all(|(key, question)| answers.get(key).is_some_and(|a| answers_to(question, a)));
    match answered {
        false => ask(round),
        true if round + 1 < script.rounds.len() => ask(round + 1),
        true => Ok(Step::Done(answers)),
    }
}

/// The round that a sealed state speaks of.
fn open(codec: &RequestStateCodec, subject: &str, state: &str) -> Result<usize, ErrorData> {
    let refused = |why: String| ErrorData::invalid_params(format!("`requestState` is not ours: {why}"), None);
    let bytes = codec.open_with(state, subject.as_bytes()).map_err(|error| refused(error.to_string()))?;
    String::from_utf8(bytes)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| refused("it names no round".to_owned()))
}

/// Whether `answer` has the form of an answer to `question`.
fn answers_to(question: &Value, answer: &Value) -> bool {
    match capability(question) {
        "elicitation" => answer["action"].is_string(),
        "sampling" => answer["role"].is_string() && !answer["content"].is_null(),
        _ => answer["roots"].is_array(),
    }
}

/// What a client must have declared to be asked `question`.
pub fn capability(question: &Value) -> &'static str {
    match question["method"].as_str() {
        Some("elicitation/create") => "elicitation",
        Some("sampling/createMessage") => "sampling",
        _ => "roots",
    }
}

fn script(tool: &str, context: &RequestContext<RoleServer>) -> Option<Script> {
    let name = || form("What is your name?", "name", "string");
    let yes = || form("Shall I go on?", "ok", "boolean");
    let sampled = |text: &str| {
        let message = json!({"role": "user", "content": {"type": "text", "text": text}});
        json!({"method": "sampling/createMessage", "params": {"messages": [message], "maxTokens": 100}})
    };
    let roots = || json!({"method": "roots/list", "params": {}});
    Some(match tool {
        "test_input_required_result_elicitation" | "test_streaming_elicitation" => {
            Script::open(json!([{"user_name": name()}]))
        }
        "test_input_required_result_sampling" => {
            Script::open(json!([{"capital_question": sampled("What is the capital of France?")}]))
        }
        "test_input_required_result_list_roots" => Script::open(json!([{"client_roots": roots()}])),
        "test_input_required_result_request_state" | "test_input_required_result_tampered_state" => {
            Script::sealed(json!([{"confirm": yes()}]))
        }
        "test_input_required_result_multiple_inputs" => Script::sealed(json!([
            {"user_name": name(), "greeting": sampled("Greet somebody."), "client_roots": roots()},
        ])),
        "test_input_required_result_multi_round" => {
            Script::sealed(json!([{"step1": name()}, {"step2": form("Which colour?", "color", "string")}]))
        }
        "test_input_required_result_capabilities" => {
            let mut questions = Map::new();
            for (key, question) in
                [("user_name", name()), ("greeting", sampled("Greet somebody.")), ("client_roots", roots())]
            {
                if require(context, capability(&question)).is_ok() {
                    questions.insert(key.to_owned(), question);
                }
            }
            Script::open(json!([questions]))
        }
        _ => return None,
    })
}

/// A question to the user for one value.
pub fn form(message: &str, name: &str, kind: &str) -> Value {
    let schema = json!({"type": "object", "properties": {name: {"type": kind}}, "required": [name]});
    json!({"method": "elicitation/create", "params": {"message": message, "requestedSchema": schema}})
}

/// Tries what 2026-07-28 forbids. That nothing of it reaches the client is for the stack to see to.
async fn must_not_ask_on_the_stream(context: &RequestContext<RoleServer>) -> Result<(), ErrorData> {
    let question = typed::<ServerRequest>(form("What is your name?", "name", "string"))?;
    match context.peer.send_request(question).await {
        Ok(_) => Err(ErrorData::internal_error("the client was asked on the stream of an answer", None)),
        Err(_) => Ok(()),
    }
}
