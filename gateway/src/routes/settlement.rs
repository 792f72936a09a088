//! What the operator does to a purchase: gives money back, or ends what nobody else can.

use super::account::PRIVATE;
use super::admin::Operator;
use super::input::{self, Params};
use crate::Gateway;
use crate::error::{REPLAYED, Rejection, ledger_problem};
use crate::pipeline::header_key;
use crate::resolve::{self, Evidence};
use crate::trail::{OPERATOR, acted};
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
                Ok(_) => {
                    acted(&OPERATOR, "purchase refunded", &purchase.id);
                    (cents, false)
                }
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
    acted(&OPERATOR, "purchase resolved", &resolved.id);
    Ok((PRIVATE, Json(resolved)))
}

async fn known(gateway: &Gateway, id: &str) -> Result<Purchase, Problem> {
    let nothing = || Problem::new(ProblemKind::NotFound, "there is no such purchase");
    let id: PurchaseId = id.parse().map_err(|_| nothing())?;
    gateway.ledger().purchase(&id).await.map_err(ledger_problem)?.ok_or_else(nothing)
}

#[cfg(test)]
mod tests {
    use crate::testing::{Got, Order, World};

    const TEA: &str = r#"{"item": "tea"}"#;

    async fn refund(world: &World, purchase: &str, key: &str, body: &str) -> Got {
        let headers = [("authorization", "Bearer admin-token-0123456789"), ("idempotency-key", key)];
        world.send(&format!("POST /admin/purchases/{purchase}/refunds"), &headers, body).await
    }

    #[tokio::test]
    async fn a_refund_is_booked_once_whatever_is_repeated() {
        let world = World::new().await;
        let bought = world.order("k", TEA).await;
        let id = bought.header("penumbra-purchase");
        let other = world.order("k-2", TEA).await;
        let line = format!("POST /admin/purchases/{id}/refunds");
        world.authed(&line, "{}").await.problem(401, "unauthorized");
        world.admin(&line, "{}").await.problem(400, "idempotency-key-required");
        refund(&world, id, &"x".repeat(201), "{}").await.problem(400, "idempotency-key-required");
        refund(&world, "pur_1", "r", "{}").await.problem(404, "not-found");
        refund(&world, id, "r", r#"{"cents": 2000}"#).await.problem(400, "invalid-parameters");

        let first = refund(&world, id, "r", r#"{"cents": 500}"#).await;
        assert_eq!((first.status, first.json()["refunded_cents"].as_i64()), (201, Some(500)), "{}", first.body);
        let again = refund(&world, id, "r", r#"{"cents": 500}"#).await;
        assert_eq!((again.status, again.header("idempotent-replayed"), &again.body), (201, "true", &first.body));
        refund(&world, id, "r", r#"{"cents": 400}"#).await.problem(422, "idempotency-key-reused");
        let elsewhere = refund(&world, other.header("penumbra-purchase"), "r", r#"{"cents": 500}"#).await;
        elsewhere.problem(422, "idempotency-key-reused");

        let rest = refund(&world, id, "rest", "").await;
        assert_eq!((rest.status, rest.json()["refunded_cents"].as_i64()), (201, Some(1499)), "{}", rest.body);
        assert_eq!(refund(&world, id, "rest", "").await.body, rest.body);
        assert_eq!(refund(&world, id, "more", "").await.problem(409, "wrong-state")["state"], "refunded");
        assert_eq!(world.money().await, (3001, 0, 3001));
    }

    #[tokio::test]
    async fn ten_at_once_give_back_once() {
        let world = World::new().await;
        let bought = world.order("k", TEA).await;
        let id = bought.header("penumbra-purchase");
        let all = futures::future::join_all((0..10).map(|_| refund(&world, id, "r", "{}"))).await;
        assert!(all.iter().all(|got| got.status == 201 && got.body == all[0].body), "{all:?}");
        assert_eq!(world.money().await, (5000, 0, 5000));
    }

    #[tokio::test]
    async fn what_the_operator_found_out_ends_a_purchase() {
        let world = World::new().await;
        world.provider.orders([Order::Answer(500, "{}"), Order::Answer(500, "{}")]);
        let mut ids = Vec::new();
        for key in ["bought", "refused"] {
            ids.push(world.order(key, TEA).await.header("penumbra-purchase").to_owned());
        }
        let resolve =
            async |id: &str, body: &str| world.admin(&format!("POST /admin/purchases/{id}/resolve"), body).await;
        for wrong in [
            r#"{"reason": "x"}"#,
            r#"{"captured": 5, "not_bought": true, "reason": "x"}"#,
            r#"{"not_bought": true, "transaction": "o", "reason": "x"}"#,
            r#"{"not_bought": true, "reason": " "}"#,
        ] {
            resolve(&ids[0], wrong).await.problem(400, "malformed-request");
        }
        let sold = resolve(&ids[0], r#"{"captured": 900, "transaction": "o-1", "reason": "invoice"}"#).await;
        assert_eq!((sold.status, sold.json()["state"].as_str()), (200, Some("captured")), "{}", sold.body);
        resolve(&ids[0], r#"{"not_bought": true, "reason": "x"}"#).await.problem(409, "wrong-state");
        assert_eq!(resolve(&ids[1], r#"{"not_bought": true, "reason": "call"}"#).await.json()["state"], "released");
        assert_eq!(world.money().await, (4100, 0, 4100));
        assert_eq!(world.order("bought", TEA).await.json()["charged_cents"], 900);
    }
}
