//! Topping a key up, and what Stripe says of it.

use super::account::{PRIVATE, holder};
use super::input::{self, Params};
use crate::Gateway;
use crate::caller::From;
use crate::error::{REPLAYED, Rejection, ledger_problem};
use crate::pipeline::header_key;
use crate::stripe::{MAX_EVENT_BYTES, MIN_CENTS, Stripe, Taken, topup_path};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use ledger::{NewTopup, Topup, TopupId, TopupState};
use serde::Deserialize;
use serde_json::{Value, json};
use uaps_model::{BodyKind, FieldError, Problem, ProblemKind};

/// A top-up to be made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    amount_cents: Value,
}

/// `POST /v1/topups {amount_cents}`: a page on which it is paid. The answer holds nothing that changes later, so that
/// sending the request again gives the very same.
pub async fn create(
    State(gateway): State<Gateway>,
    From(caller): From,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Rejection> {
    let stripe = stripe(&gateway)?;
    let credential = holder(&gateway, &caller).await?.id;
    let idempotency_key = header_key(
        &headers,
        "name this top-up with an Idempotency-Key (a UUID will do), so that sending it again opens no second one",
    )?;
    let Wanted { amount_cents } = input::json(&headers, body, gateway.config().max_body_bytes).await?;
    let cents = amount(&amount_cents, stripe.settings().max_cents)?;
    let opened = stripe.open(NewTopup { credential, idempotency_key, cents }).await?;
    let topup = &opened.topup;
    let location = topup_path(topup.id.as_str());
    let body = json!({
        "id": topup.id,
        "amount_cents": topup.cents,
        "currency": ledger::CURRENCY.as_str(),
        "url": topup.url,
        "location": location,
        "created_at": topup.created_at,
    });
    let mut response = (StatusCode::CREATED, PRIVATE, [(LOCATION, location)], Json(body)).into_response();
    if opened.replayed {
        response.headers_mut().insert(REPLAYED, axum::http::HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// `GET /v1/topups/{id}`: a top-up of one's own; any other does not exist. Answers without Stripe, too.
pub async fn show(
    State(gateway): State<Gateway>,
    From(caller): From,
    Params(id): Params<String>,
) -> Result<impl IntoResponse, Rejection> {
    let credential = holder(&gateway, &caller).await?;
    let nothing = || Problem::new(ProblemKind::NotFound, "there is no such top-up");
    let id: TopupId = id.parse().map_err(|_| nothing())?;
    let found = gateway.ledger().topup(&id).await.map_err(ledger_problem)?;
    let own = found.filter(|topup| topup.credential == credential.id).ok_or_else(nothing)?;
    Ok((PRIVATE, Json(shown(&own))))
}

fn shown(topup: &Topup) -> Value {
    json!({
        "id": topup.id,
        "state": topup.state,
        "amount_cents": topup.cents,
        "paid_cents": topup.paid_cents,
        "returned_cents": topup.returned_cents,
        "disputed_cents": topup.disputed_cents,
        "currency": ledger::CURRENCY.as_str(),
        // Once it is paid or over, the page is of no use.
        "url": topup.url.as_ref().filter(|_| topup.state == TopupState::Open),
        "created_at": topup.created_at,
        "updated_at": topup.updated_at,
    })
}

/// `POST /webhooks/stripe`: an event, signed over the body as it came.
pub async fn webhook(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let stripe = stripe(&gateway)?;
    let kind = headers.get(CONTENT_TYPE).map(|value| BodyKind::of(value.to_str().unwrap_or_default()));
    if kind != Some(BodyKind::Json) {
        let detail = "an event comes as `Content-Type: application/json`";
        return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail).into());
    }
    // Two headers are none: nobody can say which of them was meant.
    let mut given = headers.get_all("stripe-signature").iter();
    let signature = match (given.next(), given.next()) {
        (Some(one), None) => one.to_str().unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    let body = input::bytes(&headers, body, MAX_EVENT_BYTES).await?;
    let taken = stripe.take(&signature, &body, Timestamp::now().as_second()).await?;
    let told = match taken {
        Taken::Booked => "booked",
        Taken::Ignored => "ignored",
        Taken::Refused => "refused; the gateway's log has the reason",
    };
    Ok(Json(json!({"received": true, "outcome": told})))
}

fn stripe(gateway: &Gateway) -> Result<&Stripe, Problem> {
    gateway.stripe().ok_or_else(|| {
        Problem::new(
            ProblemKind::TopupsUnavailable,
            "top-ups are not set up on this gateway; its operator adds money to keys, or sets PENUMBRA_STRIPE_SECRET_KEY",
        )
    })
}

fn amount(given: &Value, max: i64) -> Result<i64, Problem> {
    given.as_i64().filter(|cents| (MIN_CENTS..=max).contains(cents)).ok_or_else(|| {
        let detail = format!("must be a whole number of US cents from {MIN_CENTS} to {max}");
        let error = FieldError { pointer: "/amount_cents".into(), detail: detail.clone() };
        Problem::new(ProblemKind::InvalidParameters, format!("`amount_cents` {detail}")).with_errors(vec![error])
    })
}
