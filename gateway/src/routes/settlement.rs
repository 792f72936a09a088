//! What the operator does to a purchase: gives money back, or ends what nobody else can.

use super::account::PRIVATE;
use super::admin::Operator;
use super::input::{self, Params};
use crate::Gateway;
use crate::error::{REPLAYED, Rejection, ledger_problem};
use crate::pipeline::header_key;
use crate::resolve::{self, Evidence};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use ledger::{LedgerError, Purchase, PurchaseId, PurchaseState};
use serde::Deserialize;
use serde_json::json;
use uaps_model::{Problem, ProblemKind};

/// The longest name of a refund: with what is put before it, it must fit into the books.
const MAX_KEY: usize = 200;

/// Money to be given back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refund {
    /// All that is left, where nothing is said.
    cents: Option<i64>,
}

/// `POST /admin/purchases/{id}/refunds {cents?}` with `Idempotency-Key`. The answer holds nothing that changes later, so that
/// sending the request again gives the very same.
pub async fn refund(
    _: Operator,
    State(gateway): State<Gateway>,
    Params(id): Params<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Rejection> {
    let key = header_key(
        &headers,
        "name this refund with an Idempotency-Key (a UUID will do), so that sending it again gives nothing back twice",
    )?;
    if key.len() > MAX_KEY {
        let detail = format!("the Idempotency-Key of a refund takes {MAX_KEY} characters at most");
        return Err(Problem::new(ProblemKind::IdempotencyKeyRequired, detail).into());
    }
    let Refund { cents } = input::json(&headers, body, gateway.config().max_body_bytes).await?;
    let source = format!("refund:{key}");
    let reused = || {
        let detail = "this Idempotency-Key names another refund; use a new key";
        Rejection::from(Problem::new(ProblemKind::IdempotencyKeyReused, detail))
    };
    // In this order: what is left is of before the same refund was booked, or that is found.
    let purchase = known(&gateway, &id).await?;
    let (cents, replayed) = match gateway.ledger().refund_from(&source).await? {
        Some((of, booked)) if of == purchase.id && cents.is_none_or(|cents| cents == booked) => (booked, true),
        Some(_) => return Err(reused()),
        None => {
            let cents = match cents {
                Some(cents) => cents,
                None => left(&purchase)?,
            };
            match gateway.ledger().refund(&purchase.id, cents, &source).await {
                Ok(_) => (cents, false),
                Err(LedgerError::SourceReused { .. }) => return Err(reused()),
                Err(error) => return Err(error.into()),
            }
        }
    };
    let body = json!({
        "purchase": purchase.id,
        "refunded_cents": cents,
        "currency": ledger::CURRENCY.as_str(),
        "reference": source,
    });
    let mut response = (StatusCode::CREATED, PRIVATE, Json(body)).into_response();
    response.headers_mut().extend(replayed.then(|| (REPLAYED, HeaderValue::from_static("true"))));
    Ok(response)
}

/// What can still come back of a purchase.
fn left(purchase: &Purchase) -> Result<i64, Problem> {
    let left = purchase.charged.map_or(0, |charged| charged.cents - purchase.refunded_cents);
    if left > 0 {
        return Ok(left);
    }
    let wanted = PurchaseState::Refunded;
    Err(ledger_problem(LedgerError::WrongState { purchase: purchase.id.clone(), state: purchase.state, wanted }))
}

/// What the operator found out: `captured` with what the provider charged, or `not_bought`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Found {
    captured: Option<i64>,
    #[serde(default)]
    not_bought: bool,
    transaction: Option<String>,
    reason: String,
}

/// `POST /admin/purchases/{id}/resolve {captured | not_bought, transaction?, reason}`.
pub async fn resolve(
    _: Operator,
    State(gateway): State<Gateway>,
    Params(id): Params<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let found: Found = input::json(&headers, body, gateway.config().max_body_bytes).await?;
    let Found { captured, not_bought, transaction, reason } = found;
    if captured.is_some() == not_bought || not_bought && transaction.is_some() {
        let detail =
            "say either what was `captured`, in cents, or `\"not_bought\": true`; only a sale has a `transaction`";
        return Err(Problem::new(ProblemKind::MalformedRequest, detail).into());
    }
    let purchase = known(&gateway, &id).await?;
    let resolved = resolve::resolve(gateway.ledger(), &purchase, Evidence { captured, transaction, reason }).await?;
    Ok((PRIVATE, Json(resolved)))
}

async fn known(gateway: &Gateway, id: &str) -> Result<Purchase, Problem> {
    let nothing = || Problem::new(ProblemKind::NotFound, "there is no such purchase");
    let id: PurchaseId = id.parse().map_err(|_| nothing())?;
    gateway.ledger().purchase(&id).await.map_err(ledger_problem)?.ok_or_else(nothing)
}
