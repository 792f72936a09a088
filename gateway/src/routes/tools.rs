//! Tool calls over HTTP: the `execute` tool without MCP.

use super::input::{self, Params};
use crate::Gateway;
use crate::caller::From;
use crate::error::Rejection;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use metatool::ToolCall;
use serde::Deserialize;
use serde_json::{Map, Value};
use uaps_model::IDEMPOTENCY_KEY;

/// The body of a tool call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    /// Each parameter under its key, the request body under `body`.
    #[serde(default)]
    parameters: Map<String, Value>,
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
    let Request { mut parameters } = input::json(&headers, body, gateway.config().max_body_bytes).await?;
    let is_purchase = gateway.operation(gateway.service(&service)?, &tool)?.is_purchase();
    if let Some(key) = headers.get(IDEMPOTENCY_KEY).filter(|_| is_purchase && !parameters.contains_key(IDEMPOTENCY_KEY))
    {
        parameters.insert(IDEMPOTENCY_KEY.into(), key.to_str().unwrap_or_default().into());
    }
    let (result, purchase) = gateway.call_tool(&caller, ToolCall { service, tool, parameters }).await?;
    let pending = purchase.as_ref().and_then(|reply| Some((reply.location(), reply.retry_after()?)));
    let mut response = Json(result).into_response();
    if let Some((location, seconds)) = pending {
        *response.status_mut() = StatusCode::ACCEPTED;
        response.headers_mut().extend(HeaderValue::try_from(location).ok().map(|value| (LOCATION, value)));
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}
