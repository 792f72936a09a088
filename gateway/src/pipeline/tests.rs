//! Money and refusals, against a provider on a free port.

use crate::testing::{Order, SECRET, World, config};
use serde_json::json;
use std::time::Duration;
use uaps_model::AccessLevel;

const TEA: &str = r#"{"item": "tea"}"#;

#[tokio::test]
async fn a_purchase_is_quoted_held_bought_and_captured() {
    let world = World::new().await;
    let got = world.order("k-1", r#"{"item": "tea", "note": "hot"}"#).await;
    assert_eq!((got.status, got.header("penumbra-cost-cents")), (201, "1999"), "{}", got.body);
    assert_eq!(got.json()["order"], "o-1");
    assert_eq!(world.money().await, (3001, 0, 3001));
    let seen = world.provider.seen();
    // The quote gets what its body declares, the order all of it, under the purchase's id.
    assert_eq!(seen[0].body, r#"{"item":"tea"}"#);
    assert_eq!(seen[1].headers["idempotency-key"], got.header("penumbra-purchase"));
    assert_eq!(seen[1].headers["x-shop-key"], SECRET);
    let purchase = world.authed(&format!("GET {}", got.header("location")), "").await.json();
    assert_eq!((&purchase["state"], &purchase["transaction_id"]), (&json!("captured"), &json!("o-1")));
}

#[tokio::test]
async fn the_same_key_buys_once() {
    let world = World::new().await;
    let first = world.order("k-1", TEA).await;
    let again = world.order("\"k-1\"", "{ \"item\":\"tea\" }").await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (201, "true"));
    assert_eq!(again.body, first.body);
    world.order("k-1", r#"{"item": "coffee"}"#).await.problem(422, "idempotency-key-reused");
    assert_eq!((world.provider.count("POST /orders"), world.provider.count("POST /quotes")), (1, 1));
    assert_eq!(world.money().await, (3001, 0, 3001));
}

#[tokio::test]
async fn a_hundred_at_once_with_one_key_are_one_order() {
    let world = World::new().await;
    world.provider.orders([Order::Hang(Duration::from_millis(200))]);
    let all = futures::future::join_all((0..100).map(|_| world.order("k-1", TEA))).await;
    assert_eq!(world.provider.count("POST /orders"), 1);
    assert!(all.iter().all(|got| got.status == 201 || got.status == 409), "{all:?}");
    let waiting = all.iter().find(|got| got.status == 409).unwrap();
    assert!(waiting.header("location").starts_with("/v1/purchases/pur_"));
    assert_ne!(waiting.header("retry-after"), "");
    assert_eq!(world.money().await, (3001, 0, 3001));
}

#[tokio::test]
async fn many_at_once_never_overspend() {
    let world = World::new().await;
    let keys: Vec<String> = (0..20).map(|n| format!("k-{n}")).collect();
    let all = futures::future::join_all(keys.iter().map(|key| world.order(key, TEA))).await;
    let count = |status| all.iter().filter(|got| got.status == status).count();
    assert_eq!((count(201), count(402)), (2, 18));
    assert_eq!(world.provider.count("POST /orders"), 2);
    assert_eq!(world.money().await, (1002, 0, 1002));
}

#[tokio::test]
async fn without_enough_money_the_provider_sees_no_order() {
    let world = World::with(config(), 1000, |_| {}).await;
    let problem = world.order("k-1", TEA).await.problem(402, "insufficient-balance");
    assert_eq!((&problem["required_cents"], &problem["shortfall_cents"]), (&json!(1999), &json!(999)));
    assert_eq!(world.provider.count("POST /orders"), 0);
    assert_eq!(world.money().await, (1000, 0, 1000));
}

#[tokio::test]
async fn a_price_that_was_quoted_is_used() {
    let world = World::new().await;
    world.provider.quotes([(200, r#"{"total_cents": 1500}"#)]);
    assert_eq!(world.authed("POST /shop/quotes", TEA).await.status, 200);
    world.provider.orders([Order::Answer(200, r#"{"charged_cents": 1500, "order": 7}"#)]);
    assert_eq!(world.order("k-1", TEA).await.status, 200);
    assert_eq!(world.provider.count("POST /quotes"), 1);
    // Another request is another price.
    assert_eq!(world.order("k-2", r#"{"item": "tea", "count": 2}"#).await.status, 201);
    assert_eq!(world.provider.count("POST /quotes"), 2);
    assert_eq!(world.money().await, (1501, 0, 1501));
}

#[tokio::test]
async fn a_refusal_releases_the_money_and_says_what_the_provider_said() {
    let world = World::new().await;
    world.provider.orders([Order::Answer(422, r#"{"why": "sold out"}"#)]);
    let problem = world.order("k-1", TEA).await.problem(502, "upstream-rejected");
    assert_eq!((&problem["upstream_status"], &problem["upstream_body"]["why"]), (&json!(422), &json!("sold out")));
    assert_eq!(world.money().await, (5000, 0, 5000));
    let again = world.order("k-1", TEA).await;
    again.problem(502, "upstream-rejected");
    assert_eq!((again.header("idempotent-replayed"), world.provider.count("POST /orders")), ("true", 1));
}

#[tokio::test]
async fn a_doubt_keeps_the_money_held() {
    for order in [
        Order::Answer(500, "{}"),
        Order::Answer(201, "not json"),
        Order::Answer(201, r#"{"order": "o-1"}"#),
        Order::Answer(409, "{}"),
        Order::Hang(Duration::from_secs(30)),
    ] {
        let mut config = config();
        config.upstream_timeout = Duration::from_millis(500);
        let world = World::with(config, 5000, |_| {}).await;
        world.provider.orders([order.clone()]);
        let got = world.order("k-1", TEA).await;
        assert_eq!(got.status, 202, "{order:?} {}", got.body);
        assert!(got.header("location").starts_with("/v1/purchases/pur_") && !got.header("retry-after").is_empty());
        assert_eq!(got.json()["purchase"]["state"], "unknown");
        assert_eq!(world.money().await, (5000, 1999, 3001), "{order:?}");
        let again = world.order("k-1", TEA).await;
        assert_eq!((again.status, world.provider.count("POST /orders")), (202, 1));
    }
}

#[tokio::test]
async fn a_provider_that_is_down_costs_nothing() {
    let world = World::with(config(), 5000, |shop| shop.upstream = "http://127.0.0.1:1".into()).await;
    world.order("k-1", TEA).await.problem(502, "upstream-unreachable");
    world.authed("GET /shop/search", "").await.problem(502, "upstream-unreachable");
    assert_eq!(world.money().await, (5000, 0, 5000));
}

#[tokio::test]
async fn a_quote_that_fails_buys_nothing() {
    let world = World::new().await;
    let refused = [(400, r#"{"why": "closed"}"#), (500, "{}")];
    world.provider.quotes(refused.into_iter().chain([(200, "{}"), (200, r#"{"total_cents": -5}"#)]));
    let problem = world.order("k-1", TEA).await.problem(502, "upstream-rejected");
    assert_eq!(problem["upstream_body"]["why"], "closed");
    world.order("k-1", TEA).await.problem(502, "upstream-rejected");
    world.order("k-1", TEA).await.problem(502, "upstream-invalid");
    world.order("k-1", TEA).await.problem(502, "upstream-invalid");
    assert_eq!(world.provider.count("POST /orders"), 0);
    assert_eq!(world.order("k-1", TEA).await.status, 201);
}

#[tokio::test]
async fn a_caller_who_hangs_up_changes_nothing() {
    let world = World::new().await;
    world.provider.orders([Order::Hang(Duration::from_millis(300))]);
    let gone = tokio::time::timeout(Duration::from_millis(150), world.order("k-1", TEA)).await;
    assert!(gone.is_err());
    assert!(world.gateway.pipeline().tasks().wait(Duration::from_secs(5)).await);
    assert_eq!(world.order("k-1", TEA).await.status, 201);
    assert_eq!((world.provider.count("POST /orders"), world.money().await), (1, (3001, 0, 3001)));
}

#[tokio::test]
async fn a_higher_price_takes_the_rest_and_then_blocks() {
    let world = World::with(config(), 2000, |_| {}).await;
    world.provider.orders([Order::Answer(200, r#"{"charged_cents": 2500, "order": "o"}"#)]);
    assert_eq!(world.order("k-1", TEA).await.status, 200);
    world.provider.quotes([(200, r#"{"total_cents": 0}"#)]);
    let problem = world.order("k-2", r#"{"item": "air"}"#).await.problem(402, "insufficient-balance");
    assert_eq!(problem["receivable_cents"], 500);
}

#[tokio::test]
async fn a_fee_is_taken_for_an_answer_only() {
    let world = World::new().await;
    let got = world.authed("GET /shop/search?q=tea", "").await;
    assert_eq!((got.status, got.header("penumbra-cost-cents")), (200, "5"));
    assert_eq!(world.money().await, (4995, 0, 4995));
    world.send("GET /shop/search", &[], "").await.problem(401, "unauthorized");
    world.authed("GET /shop/search?limit=5", "").await.problem(400, "invalid-parameters");
    let poor = world.key(AccessLevel::Identified).await;
    let problem =
        world.send("GET /shop/search", &[("x-api-key", &poor)], "").await.problem(402, "insufficient-balance");
    assert_eq!(problem["required_cents"], 5);
    assert_eq!((world.provider.count("GET /search"), world.money().await), (1, (4995, 0, 4995)));
}

#[tokio::test]
async fn a_purchase_needs_a_key_of_its_own() {
    let world = World::new().await;
    world.authed("POST /shop/orders", TEA).await.problem(400, "idempotency-key-required");
    for bad in ["", "\"\"", "a b", &"x".repeat(256)] {
        world.order(bad, TEA).await.problem(400, "idempotency-key-required");
    }
    assert!(world.provider.seen().is_empty());
}

#[tokio::test]
async fn calls_are_limited_by_caller() {
    let world =
        World::with(config(), 0, |shop| shop.rate_limits = uaps_model::RateLimits { default_per_minute: 1, burst: 2 })
            .await;
    for _ in 0..2 {
        assert_eq!(world.send("GET /shop/items/1", &[], "").await.status, 200);
    }
    let got = world.send("GET /shop/items/1", &[], "").await;
    got.problem(429, "rate-limited");
    assert!((1..=60).contains(&got.header("retry-after").parse::<u64>().unwrap()));
    assert_eq!(world.authed("GET /shop/items/1", "").await.status, 200);
}

#[tokio::test]
async fn only_the_holder_sees_a_purchase() {
    let world = World::new().await;
    let location = format!("GET {}", world.order("k-1", TEA).await.header("location"));
    let other = world.key(AccessLevel::Authenticated).await;
    world.send(&location, &[("x-api-key", &other)], "").await.problem(404, "not-found");
    world.send(&location, &[], "").await.problem(401, "unauthorized");
    let statement = world.authed("GET /v1/transactions?limit=1", "").await.json();
    assert_eq!(
        (&statement["transactions"][0]["type"], &statement["transactions"][0]["amount_cents"]),
        (&json!("purchase"), &json!(-1999))
    );
    let next = statement["next"].as_str().unwrap();
    let older = world.authed(&format!("GET /v1/transactions?before={next}"), "").await.json();
    assert_eq!((&older["transactions"][0]["type"], &older["next"]), (&json!("credit"), &json!(null)));
}

#[tokio::test]
async fn stopping_waits_for_the_purchase_under_way() {
    let world = World::new().await;
    world.provider.orders([Order::Hang(Duration::from_millis(400))]);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let gateway = world.gateway.clone();
    let server = tokio::spawn(async move { gateway.serve(listener, async { drop(stopped.await) }).await });
    let gone = tokio::time::timeout(Duration::from_millis(150), world.order("k-1", TEA)).await;
    assert!(gone.is_err());
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
    assert_eq!(world.money().await, (3001, 0, 3001));
}

#[tokio::test]
async fn the_log_holds_ids_and_no_secrets() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(log.clone())
        .finish();
    let world = World::new().await;
    let guard = tracing::subscriber::set_default(subscriber);
    world.order("k-1", r#"{"item": "a private thing"}"#).await;
    world.authed("GET /shop/search?q=private-search", "").await;
    world.send("GET /shop/items/private-id", &[("x-api-key", "unified-wrong")], "").await;
    let (secret, child) = world.child("{}").await;
    world.authed(&format!("DELETE /v1/keys/{child}"), "").await;
    drop(guard);
    let text = log.text();
    let line = text.lines().find(|line| line.contains("place_order") && line.contains("penumbra::audit")).unwrap();
    assert!(line.contains("cost_cents=1999") && line.contains("pur_") && line.contains("key_"), "{line}");
    let acts: Vec<&str> =
        text.lines().filter(|line| line.contains("penumbra::audit") && line.contains(&child)).collect();
    assert!(acts[0].contains("key made") && acts[1].contains("key revoked"), "{acts:?}");
    assert!(acts.iter().all(|act| act.contains(world.credential.id.as_str())), "{acts:?}");
    for secret in [world.key.as_str(), SECRET, "private", "unified-wrong", &secret] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

/// A log in memory.
#[derive(Clone, Default)]
struct Log(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> tracing_subscriber::fmt::MakeWriter<'w> for Log {
    type Writer = Log;

    fn make_writer(&'w self) -> Log {
        self.clone()
    }
}

#[tokio::test]
async fn a_key_spends_within_its_limits() {
    let world = World::new().await;
    let limits = ledger::Limits { budget_cents: Some(2500), ..ledger::Limits::default() };
    world.gateway.ledger().set_limits(&world.credential.id, limits).await.unwrap();
    assert_eq!(world.order("k-1", TEA).await.status, 201);
    let problem = world.order("k-2", TEA).await.problem(403, "spend-limit-exceeded");
    assert_eq!((problem["limit"].as_str(), problem["used"].as_i64()), (Some("budget_cents"), Some(1999)));
    assert!(problem["resets_at"].is_string());
    assert_eq!(world.provider.count("POST /orders"), 1);

    let elsewhere = ledger::Limits { services: Some(vec!["other".into()]), ..ledger::Limits::default() };
    world.gateway.ledger().set_limits(&world.credential.id, elsewhere).await.unwrap();
    let problem = world.authed("GET /shop/items/1", "").await.problem(403, "spend-limit-exceeded");
    assert_eq!(problem["limit"], "services");
    // What was bought before is still answered, and the account is still one's own.
    assert_eq!(world.authed("GET /v1/me", "").await.status, 200);
    assert_eq!(world.money().await, (3001, 0, 3001));
}
