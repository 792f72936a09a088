//! Arguments of a tool call, and what becomes of its answer.

use progenitor_client::{Error, ResponseValue};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Why a call by name has no answer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum CallError {
    /// No operation has this tool name.
    UnknownTool(String),
    /// An argument is missing or not what the operation takes.
    BadArgument {
        /// The argument's key.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The provider refused or failed.
    Http {
        /// The status.
        status: u16,
        /// The body, as JSON or text.
        body: Value,
    },
    /// The provider answered with something else than its document announces.
    Answer(String),
    /// No answer came.
    Transport(String),
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CallError::UnknownTool(tool) => write!(f, "there is no tool `{tool}`"),
            CallError::BadArgument { name, reason } => write!(f, "argument `{name}`: {reason}"),
            CallError::Http { status, body } => write!(f, "the provider answered {status}: {body}"),
            CallError::Answer(reason) => write!(f, "the provider's answer can't be read: {reason}"),
            CallError::Transport(reason) => write!(f, "the provider could not be reached: {reason}"),
        }
    }
}

impl std::error::Error for CallError {}

/// An argument that may be absent; null is absent.
#[allow(dead_code, reason = "whether it is used depends on the operations")]
pub(crate) fn optional<T: DeserializeOwned + Serialize>(arguments: &Value, name: &str) -> Result<Option<T>, CallError> {
    match arguments.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => typed(name, value).map(Some),
    }
}

/// An argument that must be there.
#[allow(dead_code, reason = "whether it is used depends on the operations")]
pub(crate) fn required<T: DeserializeOwned + Serialize>(arguments: &Value, name: &str) -> Result<T, CallError> {
    arguments.get(name).ok_or_else(|| bad(name, "is missing")).and_then(|value| typed(name, value))
}

fn typed<T: DeserializeOwned + Serialize>(name: &str, value: &Value) -> Result<T, CallError> {
    let argument = T::deserialize(value).map_err(|error| bad(name, error))?;
    let kept = serde_json::to_value(&argument).map_err(|error| bad(name, error))?;
    match lost(value, &kept) {
        // Not sent in silence: the type has no place for it.
        Some((at, Lost::Member)) => Err(bad(name, format!("has `{at}`, which the document doesn't declare"))),
        Some((at, Lost::Number)) => Err(bad(name, format!("has a number at `{at}` that its type can't hold exactly"))),
        None => Ok(argument),
    }
}

/// What a type has no place for.
enum Lost {
    Member,
    Number,
}

/// Where `given` has a member that `kept` hasn't, or another number. A null may go: it is an absent member.
fn lost(given: &Value, kept: &Value) -> Option<(String, Lost)> {
    let below = |step: String, lost: Option<(String, Lost)>| lost.map(|(at, what)| (format!("/{step}{at}"), what));
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => {
            given.iter().filter(|(_, value)| !value.is_null()).find_map(|(name, value)| match kept.get(name) {
                None => Some((format!("/{name}"), Lost::Member)),
                Some(kept) => below(name.clone(), lost(value, kept)),
            })
        }
        (Value::Array(given), Value::Array(kept)) => given
            .iter()
            .zip(kept)
            .enumerate()
            .find_map(|(index, (value, kept))| below(index.to_string(), lost(value, kept))),
        (Value::Number(given), Value::Number(kept)) => {
            let whole = given.as_i64().map(i128::from).or_else(|| given.as_u64().map(i128::from));
            // A float holds a whole number if it is that number.
            let same = match (whole, kept.as_f64().filter(|_| kept.is_f64())) {
                (Some(whole), Some(float)) => float.fract() == 0.0 && float as i128 == whole,
                _ => given == kept || given.as_f64() == kept.as_f64(),
            };
            (!same).then(|| (String::new(), Lost::Number))
        }
        _ => None,
    }
}

pub(crate) fn bad(name: &str, reason: impl std::fmt::Display) -> CallError {
    CallError::BadArgument { name: name.to_owned(), reason: reason.to_string() }
}

/// The answer of a method, as JSON.
#[allow(dead_code, reason = "whether it is used depends on the operations")]
pub(crate) async fn answer<T: Serialize, E: Serialize>(
    answer: Result<ResponseValue<T>, Error<E>>,
) -> Result<Value, CallError> {
    match answer {
        Ok(value) => serde_json::to_value(value.into_inner()).map_err(|error| CallError::Answer(error.to_string())),
        Err(error) => Err(failure(error).await),
    }
}

/// What a method's error says.
pub(crate) async fn failure<E: Serialize>(error: Error<E>) -> CallError {
    match error {
        Error::ErrorResponse(response) => {
            let status = response.status().as_u16();
            let body = serde_json::to_value(response.into_inner()).unwrap_or_default();
            CallError::Http { status, body }
        }
        Error::UnexpectedResponse(response) => {
            let status = response.status().as_u16();
            let body = response.text().await.unwrap_or_default();
            let body = serde_json::from_str(&body).unwrap_or(Value::String(body));
            CallError::Http { status, body }
        }
        Error::InvalidRequest(reason) => bad("request", reason),
        Error::InvalidResponsePayload(_, error) => CallError::Answer(error.to_string()),
        Error::CommunicationError(error) | Error::InvalidUpgrade(error) | Error::ResponseBodyError(error) => {
            CallError::Transport(error.to_string())
        }
        Error::Custom(reason) => CallError::Transport(reason),
    }
}
