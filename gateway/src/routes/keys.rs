//! Keys below a key: made, limited and revoked by its holder. They spend its money, within its limits.

use super::account::{PRIVATE, holder};
use super::input::{self, Params};
use crate::Gateway;
use crate::caller::From;
use crate::error::{Rejection, ledger_problem};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use ledger::{Credential, CredentialId, Limits, NewKey};
use serde::Deserialize;
use serde_json::json;
use uaps_model::{AccessLevel, Problem, ProblemKind};

/// Keys that one key may have right below it, revoked ones aside.
const MAX_CHILDREN: usize = 100;

/// A key to be made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// That of the key above, where nothing is said.
    email: Option<String>,
    /// Likewise.
    level: Option<AccessLevel>,
    #[serde(default)]
    limits: Limits,
}

/// `POST /v1/keys {email?, level?, limits?}`: the answer holds the key, this once.
pub async fn create(
    State(gateway): State<Gateway>,
    From(caller): From,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let parent = holder(&gateway, &caller).await?;
    if parent.level < AccessLevel::Authenticated {
        let detail = format!("keys are made by a key of level authenticated; this one is {}", parent.level);
        return Err(Problem::new(ProblemKind::Forbidden, detail).into());
    }
    let Wanted { email, level, limits } = input::json(&headers, body, gateway.config().max_body_bytes).await?;
    let living = gateway.ledger().keys_below(&parent.id).await?.iter().filter(|key| key.revoked_at.is_none()).count();
    if living >= MAX_CHILDREN {
        let detail = format!("this key has {MAX_CHILDREN} keys below it; revoke one of them first");
        return Err(Problem::new(ProblemKind::Forbidden, detail).into());
    }
    let level = level.unwrap_or(parent.level);
    let new = NewKey { limits, parent: Some(parent.id), ..NewKey::new(email.unwrap_or(parent.email), level) };
    let created = gateway.ledger().create_key(new).await?;
    let made = &created.credential;
    let body = json!({
        "key": created.secret.reveal(),
        "id": made.id,
        "email": made.email,
        "level": made.level,
        "parent": made.parent,
        "limits": made.limits,
        "created_at": made.created_at,
    });
    Ok((StatusCode::CREATED, PRIVATE, Json(body)))
}

/// `GET /v1/keys`: the keys right below this one, oldest first, the revoked ones too.
pub async fn list(State(gateway): State<Gateway>, From(caller): From) -> Result<impl IntoResponse, Rejection> {
    let parent = holder(&gateway, &caller).await?;
    let keys = gateway.ledger().keys_below(&parent.id).await?;
    Ok((PRIVATE, Json(json!({ "keys": keys }))))
}

/// `PUT /v1/keys/{id}/limits`: all of them anew; what is not said is not limited by this key, only by those above.
pub async fn limit(
    State(gateway): State<Gateway>,
    From(caller): From,
    Params(id): Params<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let id = below(&gateway, &holder(&gateway, &caller).await?, &id).await?;
    let limits: Limits = input::json(&headers, body, gateway.config().max_body_bytes).await?;
    gateway.ledger().set_limits(&id, limits.clone()).await?;
    Ok((PRIVATE, Json(json!({"id": id, "limits": limits}))))
}

/// `DELETE /v1/keys/{id}`: the key, and those below it, are refused from now on.
pub async fn revoke(
    State(gateway): State<Gateway>,
    From(caller): From,
    Params(id): Params<String>,
) -> Result<impl IntoResponse, Rejection> {
    let id = below(&gateway, &holder(&gateway, &caller).await?, &id).await?;
    gateway.ledger().revoke(&id).await?;
    Ok((PRIVATE, Json(json!({"id": id, "revoked": true}))))
}

/// The id of a key below this one; any other does not exist.
async fn below(gateway: &Gateway, key: &Credential, id: &str) -> Result<CredentialId, Problem> {
    let nothing =
        || Problem::new(ProblemKind::NotFound, "there is no such key below this one; GET /v1/keys lists them");
    let id: CredentialId = id.parse().map_err(|_| nothing())?;
    let line = gateway.ledger().lineage(&id).await.map_err(ledger_problem)?;
    if line.iter().skip(1).any(|above| above.id == key.id) { Ok(id) } else { Err(nothing()) }
}
