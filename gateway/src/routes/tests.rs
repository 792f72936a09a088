//! Routes from the outside.

use crate::Config;
use crate::testing::{SECRET, World, config};
use serde_json::json;
use uaps_model::AccessLevel;

#[tokio::test]
async fn a_providers_path_is_a_path_of_the_gateway() {
    let world = World::new().await;
    let got = world.send("GET /shop/items/a%2Fb?lang=de", &[("cookie", "x=y"), ("x-request-id", "r-1")], "").await;
    assert_eq!((got.status, got.json()), (200, json!({"ok": true})));
    assert_eq!(got.header("x-request-id"), "r-1");
    assert!(got.headers.get("set-cookie").is_none());
    let seen = &world.provider.seen()[0];
    assert_eq!(seen.line, "GET /items/a%2Fb?lang=de");
    assert_eq!(seen.headers["x-shop-key"], SECRET);
    assert!(seen.headers.get("cookie").is_none());
}

#[tokio::test]
async fn our_key_goes_no_further() {
    let world = World::new().await;
    let bearer = format!("Bearer {}", world.key);
    world.send("GET /shop/items/1", &[("authorization", &bearer), ("x-api-key", &world.key)], "").await;
    let seen = format!("{:?}", world.provider.seen());
    assert!(!seen.contains("unified-") && !seen.contains("authorization"), "{seen}");
}

#[tokio::test]
async fn everything_that_goes_wrong_is_a_problem() {
    let world = World::new().await;
    let problem = world.send("GET /shopp/items/1", &[], "").await.problem(404, "unknown-service");
    assert_eq!(problem["suggestions"], json!(["shop"]));
    world.send("GET /shop/nothing", &[], "").await.problem(404, "unknown-operation");
    for line in ["GET /v1/nothing", "GET /admin", "GET /mcp/x", "GET //"] {
        world.send(line, &[], "").await.problem(404, "not-found");
    }
    world.send("GET /services/%FF", &[], "").await.problem(400, "malformed-request");
    let got = world.send("DELETE /shop/items/1", &[], "").await;
    got.problem(405, "method-not-allowed");
    assert_eq!(got.header("allow"), "GET");
    let got = world.send("PUT /services", &[], "").await;
    got.problem(405, "method-not-allowed");
    assert!(got.header("allow").contains("GET"), "{:?}", got.headers);
    let got = world.send("GET /v1/me", &[], "").await;
    got.problem(401, "unauthorized");
    assert_eq!(got.header("www-authenticate"), "Bearer realm=\"penumbra\"");
    world.send("GET /shop/items/1", &[("x-api-key", "unified-nope")], "").await.problem(401, "unauthorized");
    let identified = world.key(AccessLevel::Identified).await;
    let headers = [("x-api-key", identified.as_str()), ("idempotency-key", "k")];
    world.send("POST /shop/orders", &headers, "{}").await.problem(403, "forbidden");
    let problem = world.authed("GET /shop/items/1?lan=de", "").await.problem(400, "invalid-parameters");
    assert_eq!(
        problem["errors"][0],
        json!({"pointer": "/lan", "detail": "is no query parameter of this operation; did you mean `lang`?"})
    );
    let problem =
        world.authed("POST /shop/items/1/reviews", r#"{"stars": "five"}"#).await.problem(400, "invalid-parameters");
    assert_eq!(problem["errors"][0]["pointer"], "/body/stars");
    world.authed("POST /shop/items/1/reviews", "{").await.problem(400, "malformed-request");
    let xml = [("x-api-key", world.key.as_str()), ("content-type", "application/xml")];
    world.send("POST /shop/items/1/reviews", &xml, "<a/>").await.problem(415, "unsupported-media-type");
    assert!(world.provider.seen().is_empty());
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let world = World::with(Config { max_body_bytes: 100, ..config() }, 0, |_| {}).await;
    let body = format!(r#"{{"stars": 1{}}}"#, " ".repeat(100));
    world.authed("POST /shop/items/1/reviews", &body).await.problem(413, "body-too-large");
    world.authed("POST /services/shop/tools/add_review", &body).await.problem(413, "body-too-large");
}

#[tokio::test]
async fn a_form_is_the_same_value_as_json() {
    let world = World::new().await;
    let form = [("x-api-key", world.key.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(world.send("POST /shop/items/1/reviews", &form, "stars=5").await.status, 200);
    assert_eq!(world.provider.seen()[0].body, r#"{"stars":5}"#);
}

#[tokio::test]
async fn head_and_options_are_answered_sensibly() {
    let world = World::new().await;
    assert_eq!(world.send("HEAD /shop/items/1", &[], "").await.status, 200);
    assert_eq!(world.authed("HEAD /shop/search", "").await.status, 405);
    let got = world.send("OPTIONS /shop/orders", &[], "").await;
    assert_eq!((got.status, got.header("allow")), (204, "POST, OPTIONS"));
    let got = world.send("OPTIONS /services", &[], "").await;
    assert_eq!(got.status, 204);
    assert!(got.header("allow").contains("GET"), "{:?}", got.headers);
}

#[tokio::test]
async fn a_large_answer_is_streamed_and_a_failure_passed_on() {
    let world = World::new().await;
    assert_eq!(world.send("GET /shop/items/huge", &[], "").await.body.len(), 2 * 1024 * 1024);
    assert_eq!(world.send("GET /shop/items/broken", &[], "").await.status, 500);
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let world = World::new().await;
    let got = world.send("GET /shop/items/away", &[], "").await;
    assert_eq!((got.status, got.header("location")), (302, "http://192.0.2.1/elsewhere"));
}

#[tokio::test]
async fn a_provider_without_its_credential_is_served_and_answers_503() {
    let world = World::with(Config::default(), 5000, |_| {}).await;
    let problem = world.send("GET /shop/items/1", &[], "").await.problem(503, "credential-missing");
    assert!(problem["detail"].as_str().unwrap().contains("PROVIDER_SHOP_API_KEY"));
    let headers = [("x-api-key", world.key.as_str()), ("idempotency-key", "k")];
    world.send("POST /shop/orders", &headers, r#"{"item": "tea"}"#).await.problem(503, "credential-missing");
    let got = world.send("GET /shop/health", &[], "").await;
    assert_eq!((got.status, &got.json()["status"]), (503, &json!("unconfigured")));
    assert_eq!(world.money().await, (5000, 0, 5000));
}

#[tokio::test]
async fn a_tool_call_is_the_same_call() {
    let world = World::new().await;
    let call = |tool: &'static str, parameters: serde_json::Value| {
        let (line, body) =
            (format!("POST /services/shop/tools/{tool}"), json!({ "parameters": parameters }).to_string());
        let world = &world;
        async move { world.authed(&line, &body).await }
    };
    let got = call("search", json!({"q": "tea"})).await.json();
    assert_eq!(
        (&got["status"], &got["result"], &got["cost"]["amount_cents"]),
        (&json!(200), &json!({"hits": []}), &json!(5))
    );
    let order = json!({"Idempotency-Key": "k-1", "body": {"item": "tea"}});
    let got = call("place_order", order.clone()).await.json();
    assert_eq!((&got["purchase"]["state"], &got["balance"]["available_cents"]), (&json!("captured"), &json!(2996)));
    // The same purchase over REST is a repetition of it.
    let again = world.order("k-1", r#"{"item": "tea"}"#).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (201, "true"));
    assert_eq!(call("place_order", order).await.json()["purchase"]["replayed"], true);
    let huge = call("get_item", json!({"id": "huge"})).await.json();
    assert_eq!(huge["result"]["truncated"], true);
    let problem = call("searhc", json!({})).await.problem(404, "unknown-operation");
    assert_eq!(problem["suggestions"], json!(["search"]));
    world.authed("POST /services/shop/tools/search", r#"{"params": {}}"#).await.problem(400, "malformed-request");
}

#[tokio::test]
async fn the_operators_routes_need_the_operators_token() {
    let world = World::new().await;
    let bearer = |token: &str| format!("Bearer {token}");
    let (wrong, right) = (bearer("admin-token-0123456788"), bearer("admin-token-0123456789"));
    for line in ["GET /admin/keys", "POST /admin/keys", "DELETE /admin/keys/x", "POST /admin/keys/x/credit"] {
        world.send(line, &[], "").await.problem(401, "unauthorized");
        world.send(line, &[("authorization", &wrong)], "").await.problem(401, "unauthorized");
        world.authed(line, "").await.problem(401, "unauthorized");
    }
    let auth = [("authorization", right.as_str())];
    let made = world.send("POST /admin/keys", &auth, r#"{"email": "c@example.com", "credit_cents": 7}"#).await;
    assert_eq!(made.status, 201);
    let (secret, id) = (made.json()["key"].as_str().unwrap().to_owned(), made.json()["id"].clone());
    let id = id.as_str().unwrap();
    let credit = format!("POST /admin/keys/{id}/credit");
    for _ in 0..2 {
        let got = world.send(&credit, &auth, r#"{"cents": 10, "reference": "r-1"}"#).await.json();
        assert_eq!(got["balance"]["posted_cents"], 17);
    }
    world.send(&credit, &auth, r#"{"cents": -10, "reference": "r-2"}"#).await.problem(400, "malformed-request");
    assert!(!world.send("GET /admin/keys", &auth, "").await.body.contains(&secret));
    assert_eq!(world.send("GET /v1/me", &[("x-api-key", &secret)], "").await.json()["balance"]["available_cents"], 17);
    assert_eq!(world.send(&format!("DELETE /admin/keys/{id}"), &auth, "").await.json()["revoked"], true);
    world.send("GET /v1/me", &[("x-api-key", &secret)], "").await.problem(401, "unauthorized");
    world.send("DELETE /admin/keys/key_0", &auth, "").await.problem(404, "not-found");
}

#[tokio::test]
async fn without_an_admin_token_there_is_no_admin() {
    let world = World::with(Config { admin_token: None, ..config() }, 0, |_| {}).await;
    for line in ["GET /admin/keys", "POST /admin/keys", "DELETE /admin/keys/x"] {
        world.send(line, &[("authorization", "Bearer ")], "").await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn what_there_is_can_be_looked_up() {
    let world = World::new().await;
    assert_eq!(world.send("GET /health", &[], "").await.json()["status"], "ok");
    assert_eq!(world.send("GET /ready", &[], "").await.json()["ledger"], "ok");
    assert_eq!(world.send("GET /services", &[], "").await.json()["services"][0]["id"], "shop");
    assert_eq!(world.send("GET /services/shop", &[], "").await.json()["operations"], 6);
    let tools = world.send("GET /services/shop/tools", &[], "").await.json();
    assert_eq!(tools["tools"][5]["quote"], "quote_order");
    assert_eq!(world.send("GET /shop/health", &[], "").await.json()["status"], "ok");
    assert_eq!(world.send("GET /health/services", &[], "").await.json()["services"][0]["service"], "shop");
    assert_eq!(world.send("GET /shop/openapi.json", &[], "").await.json()["openapi"], "3.1.0");
    let page = world.send("GET /docs", &[], "").await;
    assert!(page.body.contains("Things &lt;to&gt; buy") && !page.body.contains("src="), "{}", page.body);
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
}
