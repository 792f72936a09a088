//! The API: sessions are made, everything else is only looked at.

use crate::book::{Book, Session, now};
use crate::{Fault, SECRET_KEY, StripeStandIn, json, lists};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Value, json as value};
use std::collections::HashMap;

pub(crate) fn router(stripe: StripeStandIn) -> Router {
    Router::new().fallback(answer).with_state(stripe)
}

async fn answer(
    State(stripe): State<StripeStandIn>,
    OriginalUri(uri): OriginalUri,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path();
    stripe.state().requests.push(format!("{method} {path}"));
    let known =
        headers.get(header::AUTHORIZATION).is_some_and(|value| value == format!("Bearer {SECRET_KEY}").as_str());
    if !known {
        return error(401, "authentication_error", "Invalid API Key provided");
    }
    if method == Method::POST && path == "/v1/checkout/sessions" {
        return create(&stripe, &headers, &body).await;
    }
    if method != Method::GET {
        return error(404, "invalid_request_error", "Unrecognized request URL");
    }
    let query: HashMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let state = stripe.state();
    let found = lists::list(&state.book, path, &query).or_else(|| one(&state.book, path, &query));
    match found {
        Some(found) => (StatusCode::OK, axum::Json(found)).into_response(),
        None => error(404, "invalid_request_error", "No such object"),
    }
}

fn one(book: &Book, path: &str, query: &HashMap<String, String>) -> Option<Value> {
    let (folder, id) = path.rsplit_once('/')?;
    match folder {
        "/v1/checkout/sessions" => {
            book.sessions.iter().find(|session| session.id == id).map(|session| json::session(book, session))
        }
        "/v1/payment_intents" => {
            let expanded = query.get("expand[]").is_some_and(|what| what == "latest_charge");
            book.payment(id).map(|payment| json::payment(book, payment, expanded))
        }
        _ => None,
    }
}

async fn create(stripe: &StripeStandIn, headers: &HeaderMap, body: &[u8]) -> Response {
    let (answered, slow) = {
        let mut state = stripe.state();
        let fault = state.faults.next();
        let answered = match fault {
            Some(Fault::Unavailable) => return error(500, "api_error", "An unknown error occurred"),
            Some(Fault::WrongKey) => return error(401, "authentication_error", "Invalid API Key provided"),
            Some(Fault::InUse) => return error(409, "idempotency_error", "The key is in use"),
            Some(Fault::TooMany) => return error(429, "invalid_request_error", "Too many requests"),
            _ => make(&mut state.book, headers, body, fault == Some(Fault::KeptFailure)),
        };
        match fault {
            Some(Fault::LostAnswer) => return error(500, "api_error", "An unknown error occurred"),
            Some(Fault::Garbage) => return (StatusCode::OK, "<html>").into_response(),
            Some(Fault::Slow(time)) => (answered, Some(time)),
            _ => (answered, None),
        }
    };
    if let Some(time) = slow {
        tokio::time::sleep(time).await;
    }
    answered
}

/// Makes a session, once for each idempotency key; or keeps a failure, although the session is there.
fn make(book: &mut Book, headers: &HeaderMap, body: &[u8], fail: bool) -> Response {
    let text = String::from_utf8_lossy(body).into_owned();
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    if let Some((asked, status, body)) = key.as_ref().and_then(|key| book.kept.get(key)) {
        if *asked != text {
            return error(
                400,
                "idempotency_error",
                "Keys for idempotent requests can only be used with the same parameters",
            );
        }
        return reply(*status, body.clone());
    }
    let form: HashMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    let member = |name: &str| form.get(name).cloned().unwrap_or_default();
    let cents: i64 = member("line_items[0][price_data][unit_amount]").parse().unwrap_or_default();
    let topup = member("metadata[topup_id]");
    let whole = member("mode") == "payment"
        && member("line_items[0][quantity]") == "1"
        && member("payment_intent_data[metadata][topup_id]") == topup
        && member("success_url").starts_with("http");
    if !whole || !(50..=99_999_999).contains(&cents) {
        return error(400, "invalid_request_error", "The session's parameters are wrong");
    }
    let session = Session {
        id: book.name("cs_test"),
        created: now(),
        topup,
        cents,
        currency: member("line_items[0][price_data][currency]"),
        status: "open",
        payment: None,
    };
    let object = json::session(book, &session);
    book.sessions.push(session);
    let (status, body) = match fail {
        true => (500, value!({"error": {"type": "api_error", "message": "An unknown error occurred"}}).to_string()),
        false => (200, object.to_string()),
    };
    if let Some(key) = key {
        book.kept.insert(key, (text, status, body.clone()));
    }
    reply(status, body)
}

fn reply(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn error(status: u16, kind: &str, message: &str) -> Response {
    reply(status, value!({"error": {"type": kind, "message": message}}).to_string())
}
