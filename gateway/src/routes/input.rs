//! Reading requests: paths, queries and bodies, with problems instead of the framework's own refusals.

use crate::error::Rejection;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use std::time::Duration;
use uaps_model::{BodyKind, Problem, ProblemKind};

/// How long a request body may take to arrive, so that nobody keeps a connection busy with a byte an hour.
const PATIENCE: Duration = Duration::from_secs(60);

/// Path variables.
#[derive(Debug, FromRequestParts)]
#[from_request(via(Path), rejection(Rejection))]
pub struct Params<T>(pub T);

/// The query as a struct.
#[derive(Debug, FromRequestParts)]
#[from_request(via(Query), rejection(Rejection))]
pub struct Parameters<T>(pub T);

impl From<PathRejection> for Rejection {
    fn from(rejection: PathRejection) -> Self {
        Problem::new(ProblemKind::MalformedRequest, format!("the path can't be read: {}", rejection.body_text())).into()
    }
}

impl From<QueryRejection> for Rejection {
    fn from(rejection: QueryRejection) -> Self {
        Problem::new(ProblemKind::MalformedRequest, format!("the query can't be read: {}", rejection.body_text()))
            .into()
    }
}

/// The whole body, up to `limit` bytes. One that says it is larger is refused before a byte of it is read.
pub async fn bytes(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Problem> {
    let too_large = || {
        Problem::new(ProblemKind::BodyTooLarge, format!("the request body may have {limit} bytes"))
            .with("limit_bytes", limit)
    };
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    if announced.is_some_and(|n| usize::try_from(n).map_or(true, |n| n > limit)) {
        return Err(too_large());
    }
    let malformed = |detail: &str| Err(Problem::new(ProblemKind::MalformedRequest, detail));
    match tokio::time::timeout(PATIENCE, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.downcast_ref::<LengthLimitError>().is_some() => Err(too_large()),
        Ok(Err(_)) => malformed("the request body broke off"),
        Err(_) => malformed("the request body did not arrive in time"),
    }
}

/// A JSON body as `T`. An empty one counts as an empty object.
pub async fn json<T: DeserializeOwned>(headers: &HeaderMap, body: Body, limit: usize) -> Result<T, Problem> {
    json_or(headers, body, limit, b"{}").await
}

/// Likewise; an empty one counts as `empty`.
pub async fn json_or<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    empty: &[u8],
) -> Result<T, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).map(|value| BodyKind::of(value.to_str().unwrap_or_default()));
    if kind.is_some_and(|kind| kind != BodyKind::Json) {
        return Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            "send the body as `Content-Type: application/json`",
        ));
    }
    let bytes = bytes(headers, body, limit).await?;
    serde_json::from_slice(if bytes.is_empty() { empty } else { &bytes }).map_err(|error| {
        Problem::new(ProblemKind::MalformedRequest, format!("the request body can't be used: {error}"))
    })
}
