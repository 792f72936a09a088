//! What every request and every answer passes: its id, its span, the size limit, and a net for panics.

use crate::caller::caller;
use crate::error::Rejection;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;
use uaps_model::{Problem, ProblemKind};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a caller.
const MAX_REQUEST_ID: usize = 128;

/// Puts the layers around the routes.
pub fn wrap(routes: Router, max_body_bytes: usize) -> Router {
    routes
        .layer(DefaultBodyLimit::max(max_body_bytes))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(identify))
}

/// Gives the request an id, the caller's if it is a sane one, and answers with it. Reads who is calling, once, for
/// every route and for the MCP endpoint alike.
async fn identify(mut request: Request, next: Next) -> Response {
    let caller = caller(request.headers(), request.extensions());
    request.extensions_mut().insert(caller);
    let given = request.headers().get(&REQUEST_ID).filter(|value| is_sane(value)).cloned();
    let id = given.unwrap_or_else(|| {
        let id = uuid::Uuid::now_v7().simple().to_string();
        HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("none"))
    });
    // The request's own headers stay as they are: a provider may take this one as a parameter. The path is not logged: it may hold a person's data. The audit line names the operation.
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default(), method = %request.method());
    let mut response = next.run(request).instrument(span).await;
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id);
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    response
}

fn is_sane(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    (1..=MAX_REQUEST_ID).contains(&bytes.len())
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':' | b'/' | b'+' | b'='))
}

/// The panic's own words stay in the log.
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("without words"), "a request panicked");
    Rejection::from(Problem::new(ProblemKind::Internal, "the gateway failed on this request; the log has the details"))
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::routing::get;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn broken() -> &'static str {
        panic!("the secret is 42")
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_says_nothing() {
        let app = wrap(Router::new().route("/", get(broken)), 10);
        let request = Request::builder().uri("/").header("x-request-id", "bad id");
        let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 500);
        // An id with a space is not taken over.
        assert_eq!(response.headers()[REQUEST_ID].len(), 32);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let problem: Problem = serde_json::from_slice(&body).unwrap();
        assert!(problem.is(ProblemKind::Internal) && !problem.detail.contains("42"));
    }
}
