//! Paths and methods that are nowhere else.

use crate::error::Rejection;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use uaps_model::{Problem, ProblemKind};

/// No route has this path.
pub async fn nothing(uri: Uri) -> Rejection {
    let shown: String = uri.path().chars().take(200).collect();
    Problem::new(
        ProblemKind::NotFound,
        format!("there is nothing at `{shown}`; GET /services lists the services, GET /docs shows how to call them"),
    )
    .into()
}

/// A route has this path, with other methods. The router adds `Allow`.
pub async fn method(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let shown: String = method.as_str().chars().take(20).collect();
    Rejection::from(Problem::new(
        ProblemKind::MethodNotAllowed,
        format!("{shown} is not allowed here; the Allow header says what is"),
    ))
    .into_response()
}
