//! Keys: how they are made, shown, and what they open.

use serde_json::json;
use tests::{ADMIN_TOKEN, Answer, TestContext};

async fn admin(
    context: &TestContext,
    method: reqwest::Method,
    path: &str,
    token: Option<&str>,
    body: serde_json::Value,
) -> Answer {
    let request = context.http.request(method, format!("{}{path}", context.url)).json(&body);
    context.send(request, token).await
}

#[tokio::test]
async fn the_admin_makes_credits_and_revokes_a_key() {
    let context = TestContext::start().await;
    let made = admin(
        &context,
        reqwest::Method::POST,
        "/admin/keys",
        Some(ADMIN_TOKEN),
        json!({"email": "a@example.com", "credit_cents": 500}),
    )
    .await;
    let made = made.expect(201);
    let key = made["key"].as_str().unwrap();
    let id = made["id"].as_str().unwrap();
    assert!(key.starts_with("unified-") && key.len() == "unified-".len() + 43, "{key}");

    let me = context.get("/v1/me", Some(key)).await;
    assert_eq!(me.expect(200)["balance"]["available_cents"], 500);

    let credit = json!({"cents": 250, "reference": "invoice-1"});
    for _ in 0..2 {
        // The same reference twice is one credit.
        admin(&context, reqwest::Method::POST, &format!("/admin/keys/{id}/credit"), Some(ADMIN_TOKEN), credit.clone())
            .await
            .expect(200);
    }
    assert_eq!(context.balance(key).await, (750, 0, 750));

    let list = admin(&context, reqwest::Method::GET, "/admin/keys", Some(ADMIN_TOKEN), json!(null)).await;
    list.expect(200);
    assert!(list.text.contains(id) && !list.text.contains(key), "a key is shown once");

    admin(&context, reqwest::Method::DELETE, &format!("/admin/keys/{id}"), Some(ADMIN_TOKEN), json!(null))
        .await
        .expect(200);
    context.get("/v1/me", Some(key)).await.problem("unauthorized");
    context.audit().await;
}

#[tokio::test]
async fn the_admin_routes_open_to_the_admin_only() {
    let context = TestContext::start().await;
    let body = json!({"email": "a@example.com", "credit_cents": 500});
    let key = context.key(100).await;
    for token in [None, Some("wrong"), Some(key.as_str())] {
        admin(&context, reqwest::Method::POST, "/admin/keys", token, body.clone()).await.problem("unauthorized");
    }
    let closed = TestContext::with(std::sync::Arc::new(generated::catalog()), |config| config.admin_token = None).await;
    admin(&closed, reqwest::Method::POST, "/admin/keys", Some(ADMIN_TOKEN), body).await.problem("not-found");
}

#[tokio::test]
async fn bad_admin_input_is_named() {
    let context = TestContext::start().await;
    for body in [
        json!({}),
        json!({"email": "nobody", "credit_cents": 1}),
        json!({"email": "a@example.com", "credit_cents": -1}),
        json!({"email": "a@example.com", "credit_cents": 1.5}),
        json!({"email": "a@example.com", "credit_cents": 1, "surprise": true}),
    ] {
        let answer = admin(&context, reqwest::Method::POST, "/admin/keys", Some(ADMIN_TOKEN), body.clone()).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_key_is_taken_from_either_header() {
    let context = TestContext::start().await;
    let key = context.key(100).await;
    let request = context.http.get(format!("{}/v1/me", context.url)).header("X-API-Key", &key);
    context.send(request, None).await.expect(200);
    context.get("/v1/me", Some(&key)).await.expect(200);
}
