//! The catalogue as OpenAPI documents.

use super::input::Params;
use crate::Gateway;
use crate::error::Rejection;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

const JSON: [(axum::http::HeaderName, &str); 1] = [(CONTENT_TYPE, "application/json")];

/// `GET /openapi.json`: every service.
pub async fn all(State(gateway): State<Gateway>) -> impl IntoResponse {
    (JSON, gateway.documents().all(gateway.catalog(), gateway.config().public_url.as_ref()))
}

/// `GET /{service}/openapi.json`: one service.
pub async fn service(
    State(gateway): State<Gateway>,
    Params(id): Params<String>,
) -> Result<impl IntoResponse, Rejection> {
    let service = gateway.service(&id)?;
    Ok((JSON, crate::openapi::service(service, gateway.config().public_url.as_ref())))
}
