//! Whether the process lives, whether it can work, and how the providers are.

use super::input::Params;
use crate::Gateway;
use crate::error::Rejection;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use metatool::HealthStatus;
use serde_json::{Value, json};
use std::time::Duration;
use uaps_model::{Problem, ProblemKind};

/// `GET /health`: the process answers.
pub async fn process(State(gateway): State<Gateway>) -> Json<Value> {
    let services = gateway.catalog().entries().len();
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION"), "services": services}))
}

/// `GET /ready`: the ledger reads and writes too. A Redis that is away is told, and keeps nobody from working.
pub async fn ready(State(gateway): State<Gateway>) -> Result<Json<Value>, Rejection> {
    let asked = tokio::time::timeout(Duration::from_secs(2), gateway.ledger().probe()).await;
    match asked {
        Ok(Ok(())) => {
            let mut body = json!({"status": "ok", "ledger": "ok"});
            if let Some(answers) = gateway.pipeline().limits().redis_answers() {
                body["redis"] = if answers { "ok" } else { "away" }.into();
            }
            Ok(Json(body))
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "not ready");
            Err(Problem::new(ProblemKind::Unavailable, "the ledger does not answer").into())
        }
        Err(_) => Err(Problem::new(ProblemKind::Unavailable, "the ledger does not answer in time").into()),
    }
}

/// `GET /health/services`: every provider.
pub async fn services(State(gateway): State<Gateway>) -> Json<Value> {
    let services = gateway.health_board().all(gateway.pipeline().providers(), gateway.catalog()).await;
    Json(json!({ "services": services }))
}

/// `GET /{service}/health`: one provider. 503 where calls can't succeed.
pub async fn service(State(gateway): State<Gateway>, Params(id): Params<String>) -> Result<Response, Rejection> {
    let service = gateway.service(&id)?;
    let health = gateway.health_board().service(gateway.pipeline().providers(), service).await;
    let status = match health.status {
        HealthStatus::Ok | HealthStatus::Degraded => StatusCode::OK,
        HealthStatus::Down | HealthStatus::Unconfigured => StatusCode::SERVICE_UNAVAILABLE,
    };
    Ok((status, Json(health)).into_response())
}
