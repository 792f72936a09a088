//! Keys, for the operator. Everything asks for the admin token first; without one set, nothing is here.

use super::input::{self, Params};
use crate::Gateway;
use crate::caller::bearer;
use crate::error::Rejection;
use crate::trail::{OPERATOR, acted};
use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use ledger::{CredentialId, NewKey};
use serde::Deserialize;
use serde_json::json;
use uaps_model::{AccessLevel, Problem, ProblemKind};

/// Proof that a request carries the admin token.
pub struct Operator;

impl FromRequestParts<Gateway> for Operator {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Rejection> {
        let Some(token) = &gateway.config().admin_token else {
            return Err(super::fallback::nothing(parts.uri.clone()).await);
        };
        let presented = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer);
        match presented.is_some_and(|presented| token.is(presented)) {
            true => Ok(Operator),
            false => Err(Problem::new(
                ProblemKind::Unauthorized,
                "send the admin token as `Authorization: Bearer`; keys of callers do not open this",
            )
            .into()),
        }
    }
}

/// A key to be made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewKeyRequest {
    email: String,
    #[serde(default = "authenticated")]
    level: AccessLevel,
    #[serde(default)]
    credit_cents: i64,
}

fn authenticated() -> AccessLevel {
    AccessLevel::Authenticated
}

/// `POST /admin/keys {email, level?, credit_cents?}`: the answer holds the key, this once.
pub async fn create(
    _: Operator,
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let request: NewKeyRequest = input::json(&headers, body, gateway.config().max_body_bytes).await?;
    let NewKeyRequest { email, level, credit_cents } = request;
    let created = gateway.ledger().create_key(NewKey { credit_cents, ..NewKey::new(email, level) }).await?;
    let balance = gateway.ledger().balance(&created.credential.id).await?;
    let made = &created.credential;
    acted(&OPERATOR, "key made", &made.id);
    let body = json!({
        "key": created.secret.reveal(),
        "id": made.id,
        "email": made.email,
        "level": made.level,
        "created_at": made.created_at,
        "balance": balance,
    });
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(body)))
}

/// `GET /admin/keys`: all keys, without their secrets, which nobody has.
pub async fn list(_: Operator, State(gateway): State<Gateway>) -> Result<impl IntoResponse, Rejection> {
    let keys = gateway.ledger().keys().await?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(json!({ "keys": keys }))))
}

/// Money to be added.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Credit {
    cents: i64,
    reference: String,
}

/// `POST /admin/keys/{id}/credit {cents, reference}`: the same reference counts once.
pub async fn credit(
    _: Operator,
    State(gateway): State<Gateway>,
    Params(id): Params<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let id = credential(&gateway, &id).await?;
    let Credit { cents, reference } = input::json(&headers, body, gateway.config().max_body_bytes).await?;
    let balance = gateway.ledger().add_credit(&id, cents, &reference).await?;
    acted(&OPERATOR, "credit added", &id);
    Ok(Json(json!({"id": id, "balance": balance})))
}

/// `DELETE /admin/keys/{id}`: the key is refused from now on; its money and history stay.
pub async fn revoke(
    _: Operator,
    State(gateway): State<Gateway>,
    Params(id): Params<String>,
) -> Result<impl IntoResponse, Rejection> {
    let id = credential(&gateway, &id).await?;
    gateway.ledger().revoke(&id).await?;
    acted(&OPERATOR, "key revoked", &id);
    Ok(Json(json!({"id": id, "revoked": true})))
}

/// An id that a key has.
async fn credential(gateway: &Gateway, id: &str) -> Result<CredentialId, Rejection> {
    let shown: String = id.chars().take(80).collect();
    let nothing =
        || Problem::new(ProblemKind::NotFound, format!("there is no key `{shown}`; GET /admin/keys lists them"));
    let id: CredentialId = id.parse().map_err(|_| nothing())?;
    let known = gateway.ledger().key(&id).await?;
    Ok(known.map(|_| id).ok_or_else(nothing)?)
}
