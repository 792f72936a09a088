//! Keys below a key: made, limited and revoked by its holder. They spend its money, within its limits.

use super::account::{PRIVATE, holder};
use super::input::{self, Params};
use crate::Gateway;
use crate::caller::From;
use crate::error::{Rejection, ledger_problem};
use crate::trail::acted;
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

/// Likewise with those that are revoked.
const MAX_EVER: usize = 1000;

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
    let below = gateway.ledger().keys_below(&parent.id).await?;
    if below.len() >= MAX_EVER {
        let detail =
            format!("this key has had {MAX_EVER} keys below it; make a key for each purpose, not for each day");
        return Err(Problem::new(ProblemKind::Forbidden, detail).into());
    }
    let living = below.iter().filter(|key| key.revoked_at.is_none()).count();
    if living >= MAX_CHILDREN {
        let detail = format!("this key has {MAX_CHILDREN} keys below it; revoke one of them first");
        return Err(Problem::new(ProblemKind::Forbidden, detail).into());
    }
    let level = level.unwrap_or(parent.level);
    let new = NewKey { limits, parent: Some(parent.id.clone()), ..NewKey::new(email.unwrap_or(parent.email), level) };
    let created = gateway.ledger().create_key(new).await?;
    let made = &created.credential;
    acted(&parent.id, "key made", &made.id);
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
    let holder = holder(&gateway, &caller).await?;
    let id = below(&gateway, &holder, &id).await?;
    // A body that was lost on the way must not lift every limit.
    let limits: Option<Limits> = input::json_or(&headers, body, gateway.config().max_body_bytes, b"null").await?;
    let none = || Problem::new(ProblemKind::MalformedRequest, "send the limits as a JSON object; {} lifts them all");
    let limits = limits.ok_or_else(none)?;
    gateway.ledger().set_limits(&id, limits.clone()).await?;
    acted(&holder.id, "key limited", &id);
    Ok((PRIVATE, Json(json!({"id": id, "limits": limits}))))
}

/// `DELETE /v1/keys/{id}`: the key, and those below it, are refused from now on.
pub async fn revoke(
    State(gateway): State<Gateway>,
    From(caller): From,
    Params(id): Params<String>,
) -> Result<impl IntoResponse, Rejection> {
    let holder = holder(&gateway, &caller).await?;
    let id = below(&gateway, &holder, &id).await?;
    gateway.ledger().revoke(&id).await?;
    acted(&holder.id, "key revoked", &id);
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

#[cfg(test)]
mod tests {
    use crate::testing::{World, config};
    use serde_json::json;
    use uaps_model::AccessLevel;

    #[tokio::test]
    async fn a_key_makes_limits_and_revokes_keys_below_it() {
        let world = World::new().await;
        let (secret, id) = world.child(r#"{"budget_cents": 2500}"#).await;
        let me = world.as_key(&secret, "GET /v1/me", "").await.json();
        assert_eq!(me["parent"], json!(world.credential.id));
        assert_eq!((&me["limits"]["budget_cents"], &me["email"]), (&json!(2500), &json!("a@example.com")));
        assert_eq!(me["balance"]["available_cents"], 5000);
        let listed = world.authed("GET /v1/keys", "").await;
        assert_eq!(listed.json()["keys"][0]["id"], id);
        assert!(!listed.body.contains(&secret));

        assert_eq!(world.order_as(&secret, "a", r#"{"item": "a"}"#).await.status, 201);
        let problem = world.order_as(&secret, "b", r#"{"item": "a"}"#).await.problem(403, "spend-limit-exceeded");
        assert_eq!((&problem["limit"], &problem["key"]), (&json!("budget_cents"), &json!(id)));
        // A body that was lost on the way lifts no limit.
        world.authed(&format!("PUT /v1/keys/{id}/limits"), "").await.problem(400, "malformed-request");
        world.order_as(&secret, "b", r#"{"item": "a"}"#).await.problem(403, "spend-limit-exceeded");
        let put = world.authed(&format!("PUT /v1/keys/{id}/limits"), r#"{"budget_cents": 9000}"#).await;
        assert_eq!(put.status, 200, "{}", put.body);
        assert_eq!(world.order_as(&secret, "b", r#"{"item": "a"}"#).await.status, 201);
        assert_eq!(world.money().await, (1002, 0, 1002));
        let lines = world.as_key(&secret, "GET /v1/transactions", "").await.json();
        assert_eq!(lines["transactions"].as_array().unwrap().len(), 2);

        assert_eq!(world.authed(&format!("DELETE /v1/keys/{id}"), "").await.status, 200);
        world.as_key(&secret, "GET /v1/me", "").await.problem(401, "unauthorized");
    }

    #[tokio::test]
    async fn only_a_key_above_may_change_a_key() {
        let world = World::new().await;
        let (child, id) = world.child("{}").await;
        let (sibling, _) = world.child("{}").await;
        let made = world.as_key(&child, "POST /v1/keys", "{}").await.json();
        let below = made["id"].as_str().unwrap();
        for stranger in [&child, &sibling, &world.key(AccessLevel::Authenticated).await] {
            world.as_key(stranger, &format!("PUT /v1/keys/{id}/limits"), "{}").await.problem(404, "not-found");
            world.as_key(stranger, &format!("DELETE /v1/keys/{id}"), "").await.problem(404, "not-found");
        }
        assert_eq!(world.as_key(&sibling, "GET /v1/keys", "").await.json()["keys"], json!([]));
        // The one above the one above may, too.
        assert_eq!(world.authed(&format!("DELETE /v1/keys/{below}"), "").await.status, 200);
        world.authed("DELETE /v1/keys/key_1", "").await.problem(404, "not-found");
    }

    #[tokio::test]
    async fn a_key_below_may_no_more_than_the_one_above() {
        let world = World::with(config(), 5000, |shop| {
            shop.rate_limits.default_per_minute = 1;
            shop.rate_limits.burst = 2;
        });
        let world = world.await;
        let reader = world.key(AccessLevel::Identified).await;
        world.as_key(&reader, "POST /v1/keys", "{}").await.problem(403, "forbidden");
        for wrong in [r#"{"level": "anonymous"}"#, r#"{"limits": {"purchase_cents": -1}}"#, r#"{"credit_cents": 5}"#] {
            world.authed("POST /v1/keys", wrong).await.problem(400, "malformed-request");
        }
        let ((one, _), (two, _)) = (world.child("{}").await, world.child("{}").await);
        let id = &world.credential.id;
        let weather = ledger::Limits { services: Some(vec!["weather".into()]), ..ledger::Limits::default() };
        world.gateway.ledger().set_limits(id, weather).await.unwrap();
        let problem = world.as_key(&one, "GET /shop/items/1", "").await.problem(403, "spend-limit-exceeded");
        assert_eq!(problem["detail"], "a key above this one may not use `shop`");
        world.gateway.ledger().set_limits(id, ledger::Limits::default()).await.unwrap();
        // More keys give no more calls.
        for key in [&one, &two] {
            assert_eq!(world.as_key(key, "GET /shop/items/1", "").await.status, 200);
        }
        world.authed("GET /shop/items/1", "").await.problem(429, "rate-limited");
    }
}
