//! Tool calls over HTTP: the `execute` tool without MCP.

use super::input::{self, Params};
use crate::Gateway;
use crate::caller::From;
use crate::error::{REPLAYED, Rejection};
use crate::pipeline::take_key;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use metatool::{Confirmation, ToolCall};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The body of a tool call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    /// Each parameter under its key, the request body under `body`.
    #[serde(default)]
    parameters: Map<String, Value>,
    /// What a person said to the question that this call came to before.
    confirmation: Option<Confirmation>,
}

/// `POST /services/{id}/tools/{tool}`: answers with the tool's result, whatever the provider's status is; 202 where a
/// purchase's outcome is not known yet.
pub async fn call(
    State(gateway): State<Gateway>,
    From(caller): From,
    Params((service, tool)): Params<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Rejection> {
    // Unknown names are told before the body is read.
    gateway.operation(gateway.service(&service)?, &tool)?;
    let Request { mut parameters, confirmation } = input::json(&headers, body, gateway.config().max_body_bytes).await?;
    let is_purchase = gateway.operation(gateway.service(&service)?, &tool)?.is_purchase();
    if is_purchase {
        take_key(&headers, &mut parameters)?;
    }
    let (result, purchase) = gateway.call_tool(&caller, ToolCall { service, tool, parameters, confirmation }).await?;
    let replayed = purchase.as_ref().is_some_and(|reply| reply.replayed);
    let pending = purchase.as_ref().and_then(|reply| Some((reply.location(), reply.retry_after()?)));
    let mut response = Json(result).into_response();
    response.headers_mut().extend(replayed.then(|| (REPLAYED, HeaderValue::from_static("true"))));
    if let Some((location, seconds)) = pending {
        *response.status_mut() = StatusCode::ACCEPTED;
        response.headers_mut().extend(HeaderValue::try_from(location).ok().map(|value| (LOCATION, value)));
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}
