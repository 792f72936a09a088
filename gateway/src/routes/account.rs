//! What the holder of a key may see: their own account, and nobody else's.

use super::input::{Parameters, Params};
use crate::Gateway;
use crate::caller::From;
use crate::error::{Rejection, ledger_problem};
use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use ledger::{Credential, PurchaseId, TransactionId};
use metatool::Caller;
use serde::Deserialize;
use serde_json::json;
use uaps_model::{Problem, ProblemKind};

/// Lines of a page of transactions.
const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 200;

/// Nobody's balance belongs into a cache.
const PRIVATE: [(axum::http::HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

/// `GET /v1/me`: level, e-mail and balance.
pub async fn me(State(gateway): State<Gateway>, From(caller): From) -> Result<impl IntoResponse, Rejection> {
    let credential = holder(&gateway, &caller).await?;
    Ok((PRIVATE, Json(gateway.account_of(credential).await?)))
}

/// The page of a statement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// At most so many lines, 50 by default, 200 at most.
    limit: Option<u32>,
    /// Older than this transaction.
    before: Option<String>,
}

/// `GET /v1/transactions?limit=&before=`: newest first; `next` is the next page's `before`.
pub async fn transactions(
    State(gateway): State<Gateway>,
    From(caller): From,
    Parameters(page): Parameters<Page>,
) -> Result<impl IntoResponse, Rejection> {
    let credential = holder(&gateway, &caller).await?;
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    let before = page.before.map(|text| text.parse::<TransactionId>()).transpose();
    let before = before.map_err(|_| Problem::new(ProblemKind::MalformedRequest, "`before` is no transaction's id"))?;
    let lines = gateway.ledger().transactions(&credential.id, limit, before.as_ref()).await?;
    let full = usize::try_from(limit).is_ok_and(|limit| lines.len() >= limit);
    let next = lines.last().filter(|_| full).map(|line| line.id.clone());
    Ok((PRIVATE, Json(json!({"transactions": lines, "next": next}))))
}

/// `GET /v1/purchases/{id}`: a purchase of one's own; any other does not exist.
pub async fn purchase(
    State(gateway): State<Gateway>,
    From(caller): From,
    Params(id): Params<String>,
) -> Result<impl IntoResponse, Rejection> {
    let credential = holder(&gateway, &caller).await?;
    let nothing = || Problem::new(ProblemKind::NotFound, "there is no such purchase");
    let id: PurchaseId = id.parse().map_err(|_| nothing())?;
    let found = gateway.ledger().purchase(&id).await.map_err(ledger_problem)?;
    let own = found.filter(|purchase| purchase.credential == credential.id).ok_or_else(nothing)?;
    Ok((PRIVATE, Json(own)))
}

async fn holder(gateway: &Gateway, caller: &Caller) -> Result<Credential, Problem> {
    gateway.pipeline().identify(caller).await?.ok_or_else(|| {
        Problem::new(ProblemKind::Unauthorized, "send your key as `Authorization: Bearer` or `X-API-Key`")
    })
}
