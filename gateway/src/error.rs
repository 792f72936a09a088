//! What went wrong, as it reaches the caller: RFC 9457 problem documents with the headers that belong to them.

use crate::payment::Due;
use crate::pipeline::FEE_MEMBER;
use crate::stripe::topup_path;
use axum::http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use ledger::{ApprovalState, LedgerError, Shortfall};
use serde_json::Value;
use uaps_model::{FieldError, Problem, ProblemKind};

/// The answer is of an earlier call.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What a call was charged, in cents.
pub(crate) const COST: HeaderName = HeaderName::from_static("penumbra-cost-cents");

/// Why a gateway can't be made or stopped serving.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayError {
    /// The HTTP client for upstream calls can't be made.
    #[error("can't make the HTTP client: {0}")]
    Client(#[source] reqwest::Error),
    /// The listener failed.
    #[error("can't serve: {0}")]
    Serve(#[source] std::io::Error),
}

/// A problem on its way out. Some of its members are HTTP headers too.
#[derive(Debug, Clone)]
pub struct Rejection(pub Box<Problem>);

impl From<Problem> for Rejection {
    fn from(problem: Problem) -> Self {
        Rejection(Box::new(problem))
    }
}

impl From<LedgerError> for Rejection {
    fn from(error: LedgerError) -> Self {
        ledger_problem(error).into()
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let problem = self.0;
        let due = Due::of(&problem);
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"penumbra\""));
        }
        let mut member = |header: HeaderName, text: Option<String>| {
            headers.extend(text.and_then(|text| HeaderValue::try_from(text).ok()).map(|value| (header, value)));
        };
        member(RETRY_AFTER, problem.extra.get("retry_after_seconds").and_then(Value::as_u64).map(|n| n.to_string()));
        let text = |name: &str| problem.extra.get(name).and_then(Value::as_str);
        member(LOCATION, text("purchase_id").map(purchase_path).or_else(|| text("topup_id").map(topup_path)));
        member(COST, problem.extra.get(FEE_MEMBER).and_then(Value::as_i64).map(|cents| cents.to_string()));
        member(REPLAYED, problem.extra.get("replayed").and_then(Value::as_bool).map(|replayed| replayed.to_string()));
        let methods = problem.extra.get("allowed_methods").and_then(Value::as_array);
        member(ALLOW, methods.map(|m| m.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")));
        if let Some(due) = due {
            response.extensions_mut().insert(due);
        }
        response
    }
}

/// Where a purchase can be looked at.
pub fn purchase_path(id: &str) -> String {
    format!("/v1/purchases/{id}")
}

/// Where an approval is looked at and answered.
pub fn approval_path(id: &str) -> String {
    format!("/v1/approvals/{id}")
}

/// The page on which a person answers it.
pub fn approval_page(id: &str) -> String {
    format!("/approve/{id}")
}

/// The problem that an error of the ledger is to a caller. What is our fault is logged here and told to nobody.
pub fn ledger_problem(error: LedgerError) -> Problem {
    match error {
        LedgerError::Insufficient(shortfall) => insufficient(&shortfall),
        LedgerError::Revoked(_) | LedgerError::UnknownCredential(_) => {
            Problem::new(ProblemKind::Unauthorized, "the key is no longer valid; ask for a new one")
        }
        LedgerError::UnknownPurchase(id) => Problem::new(ProblemKind::NotFound, format!("there is no purchase `{id}`")),
        LedgerError::UnknownApproval(_) | LedgerError::UnknownTopup(_) => {
            Problem::new(ProblemKind::NotFound, error.to_string())
        }
        LedgerError::Decided { ref approval, state } => {
            let detail = match state {
                ApprovalState::Expired => {
                    "nobody answered in time; nothing was bought, so the purchase must be asked for anew"
                }
                _ => "it was answered before; its address tells how, and the purchase's what came of it",
            };
            Problem::new(ProblemKind::ApprovalDecided, format!("{error}: {detail}"))
                .with("approval_id", approval.as_str())
                .with("state", state.as_str())
        }
        LedgerError::MayNotApprove { .. } => Problem::new(ProblemKind::Forbidden, error.to_string()),
        LedgerError::WrongState { state, .. } => {
            Problem::new(ProblemKind::WrongState, error.to_string()).with("state", state.as_str())
        }
        LedgerError::RefundTooHigh { left_cents, .. } => {
            let field = FieldError { pointer: "/cents".into(), detail: format!("at most {left_cents} are left") };
            Problem::new(ProblemKind::InvalidParameters, error.to_string()).with_errors(vec![field])
        }
        LedgerError::UnknownTransaction(_) => {
            Problem::new(ProblemKind::MalformedRequest, "`before` is no transaction of this key")
        }
        LedgerError::Invalid { .. } | LedgerError::SourceReused { .. } => {
            Problem::new(ProblemKind::MalformedRequest, error.to_string())
        }
        error if error.retryable() => {
            tracing::warn!(%error, "the ledger is busy");
            Problem::new(ProblemKind::Unavailable, "the ledger is busy; try again").with("retry_after_seconds", 1)
        }
        error => {
            tracing::error!(%error, "the ledger failed");
            Problem::new(ProblemKind::Internal, "the ledger failed; nothing was charged for this request")
        }
    }
}

/// The problem of an account that is too low.
pub fn insufficient(shortfall: &Shortfall) -> Problem {
    Problem::new(ProblemKind::InsufficientBalance, format!("this call {shortfall}, then try again; nothing was bought"))
        .with("required_cents", shortfall.required_cents)
        .with("available_cents", shortfall.available_cents)
        .with("held_cents", shortfall.held_cents)
        .with("shortfall_cents", shortfall.shortfall_cents)
        .with("currency", shortfall.currency.as_str())
}
