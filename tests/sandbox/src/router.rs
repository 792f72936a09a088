//! From HTTP to a stand-in and back.

use crate::answer::Answer;
use crate::arguments::Call;
use crate::fault::{Due, Fault};
use crate::record::Recorded;
use crate::{Sandbox, check, respond};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{HeaderMap, Method, Uri};
use percent_encoding::percent_decode_str;
use uaps_model::{Operation, Service};

/// Real providers take uploads of some megabytes.
const MOST_BODY_BYTES: usize = 16 << 20;

pub(crate) fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .route("/{service}", any(handle))
        .route("/{service}/", any(handle))
        .route("/{service}/{*path}", any(handle))
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .with_state(sandbox)
}

async fn handle(State(sandbox): State<Sandbox>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let rest = uri.path().strip_prefix('/').unwrap_or(uri.path());
    let (id, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = format!("/{path}");
    let found = find(&sandbox, id, &method, &path);
    sandbox.state().log.push(Recorded {
        service: id.to_owned(),
        tool: found.as_ref().ok().map(|(_, operation, _)| operation.tool.to_string()),
        method,
        path: path.clone(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers: headers.clone(),
        body: body.to_vec(),
    });
    let (service, operation, variables) = match found {
        Ok(found) => found,
        Err(answer) => return answer.into_response(),
    };
    let decoded = |text: String| percent_decode_str(&text).decode_utf8_lossy().into_owned();
    let call = Call {
        service,
        operation,
        path: variables.into_iter().map(|(name, value)| (name, decoded(value))).collect(),
        query: url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
        headers: &headers,
        body: &body,
    };
    let due = sandbox.state().faults.take(service.id.as_str(), operation.tool.as_str());
    match due {
        Some(Due { fault, after: true }) => {
            let answer = act(&sandbox, &call);
            fail(fault, operation).await.unwrap_or_else(|| answer.into_response())
        }
        Some(Due { fault, after: false }) => match fail(fault, operation).await {
            Some(failure) => failure,
            None => act(&sandbox, &call).into_response(),
        },
        None => act(&sandbox, &call).into_response(),
    }
}

type Found<'s> = (&'s Service, &'s Operation, Vec<(String, String)>);

fn find<'s>(sandbox: &'s Sandbox, id: &str, method: &Method, path: &str) -> Result<Found<'s>, Answer> {
    let service = match sandbox.catalog.get(id) {
        Some(service) => service.map_err(|error| Answer::error(500, error.to_string()))?,
        None => return Err(Answer::error(404, format!("the sandbox plays no service `{id}`"))),
    };
    let known = uaps_model::Method::parse(method.as_str());
    if let Some((operation, variables)) = known.and_then(|known| service.route(known, path)) {
        return Ok((service, operation, variables));
    }
    let allowed: Vec<_> = service.methods(path).into_iter().map(uaps_model::Method::as_str).collect();
    if allowed.is_empty() {
        return Err(Answer::error(404, format!("`{id}` has no path `{path}`")));
    }
    let allow = allowed.join(", ");
    Err(Answer { allow: Some(allow.clone()), ..Answer::error(405, format!("`{path}` takes {allow}, not {method}")) })
}

/// One lock for check and sale, so that two requests with one idempotency key make one sale.
fn act(sandbox: &Sandbox, call: &Call<'_>) -> Answer {
    check::refusal(call).unwrap_or_else(|| respond::respond(&mut sandbox.state().book, call))
}

/// The failure, or `None` where the call goes on after it.
async fn fail(fault: Fault, operation: &Operation) -> Option<Response> {
    match fault {
        Fault::Status(status, document) => Some(Answer::json(status, &document).into_response()),
        Fault::Hang(duration) => {
            tokio::time::sleep(duration).await;
            None
        }
        // A handler can't close its connection; the end of the connection's task does. Unwinding without a panic's hook
        // keeps standard error clean.
        Fault::Drop => std::panic::resume_unwind(Box::new("the connection is dropped on purpose")),
        Fault::Garbage => {
            let body = br#"{"unfinished": "#.to_vec();
            let content_type = Some("application/json".to_owned());
            Some(Answer { status: operation.example.status, content_type, body, allow: None }.into_response())
        }
    }
}
