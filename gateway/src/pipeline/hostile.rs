//! What callers would gain by, and what providers would give away.

use crate::testing::{Order, SECRET, World, config};
use serde_json::json;

const TEA: &str = r#"{"item": "tea"}"#;

/// A quote's or an order's answer that repeats the credential.
fn echo(members: &str) -> &'static str {
    Box::leak(format!(r#"{{{members}"echo": "key {SECRET}"}}"#).into_boxed_str())
}

#[tokio::test]
async fn a_price_quoted_for_more_is_no_price_for_less() {
    let world = World::with(config(), 100, |_| {}).await;
    // Neither operation declares `coupon`, and only the order declares `note`; both schemas are open.
    for free in [r#"{"item": "tea", "coupon": "FREE"}"#, r#"{"item": "tea", "note": "FREE"}"#] {
        world.provider.quotes([(200, r#"{"total_cents": 0}"#)]);
        assert_eq!(world.authed("POST /shop/quotes", free).await.status, 200);
        world.order("k-1", TEA).await.problem(402, "insufficient-balance");
    }
    world.order("k-1", r#"{"item": "tea", "note": "FREE"}"#).await.problem(402, "insufficient-balance");
    assert_eq!((world.provider.count("POST /orders"), world.money().await), (0, (100, 0, 100)));
}

#[tokio::test]
async fn what_is_ordered_is_what_is_quoted() {
    let world = World::with(config(), 100, |_| {}).await;
    world.provider.quotes([(200, r#"{"total_cents": 50}"#)]);
    assert_eq!(world.authed("POST /shop/quotes", TEA).await.status, 200);
    world
        .order("k-1", r#"{"item": "tea", "size": "a lorry", "note": "hot"}"#)
        .await
        .problem(402, "insufficient-balance");
    assert_eq!(world.provider.seen()[1].body, r#"{"item":"tea","size":"a lorry"}"#);
    assert_eq!((world.provider.count("POST /orders"), world.money().await), (0, (100, 0, 100)));
}

#[tokio::test]
async fn a_credential_that_a_provider_repeats_goes_nowhere() {
    let world = World::new().await;
    let unseen = |body: &str| assert!(!body.contains(SECRET) && body.contains("withheld"), "{body}");
    let denied = world.send("GET /shop/items/denied", &[], "").await;
    assert_eq!((denied.status, denied.json()["withheld"].as_bool()), (401, Some(true)));
    unseen(&world.authed("POST /services/shop/tools/get_item", r#"{"parameters": {"id": "echo"}}"#).await.body);
    world.provider.quotes([(200, echo(r#""total_cents": 10, "#)), (403, echo("")), (200, echo(""))]);
    unseen(&world.authed("POST /shop/quotes", TEA).await.body);
    for order in [r#"{"item": "a"}"#, r#"{"item": "b"}"#] {
        let refused = world.order("k-0", order).await;
        assert_eq!(refused.status, 502);
        assert!(!refused.body.contains(SECRET), "{}", refused.body);
    }
    world
        .provider
        .orders([Order::Answer(201, echo(r#""charged_cents": 10, "order": "o-1", "#)), Order::Answer(422, echo(""))]);
    for _ in 0..2 {
        let bought = world.order("k-1", TEA).await;
        assert_eq!((bought.status, bought.header("penumbra-cost-cents")), (201, "10"));
        unseen(&bought.body);
    }
    assert_eq!(world.money().await, (4990, 0, 4990));
    for _ in 0..2 {
        let refused = world.order("k-2", TEA).await;
        refused.problem(502, "upstream-rejected");
        unseen(&refused.body);
    }
}

#[tokio::test]
async fn a_status_that_ends_nothing_is_no_answer() {
    let world = World::new().await;
    world.send("GET /shop/items/switch", &[], "").await.problem(502, "upstream-invalid");
    world.provider.orders([Order::Answer(101, "")]);
    assert_eq!(world.order("k-1", TEA).await.status, 202);
}

#[tokio::test]
async fn what_is_owed_is_shown() {
    let world = World::with(config(), 2000, |_| {}).await;
    assert!(world.authed("GET /v1/me", "").await.json()["balance"].get("receivable_cents").is_none());
    world.provider.orders([Order::Answer(200, r#"{"charged_cents": 2500, "order": "o"}"#)]);
    assert_eq!(world.order("k-1", TEA).await.status, 200);
    assert_eq!(world.authed("GET /v1/me", "").await.json()["balance"]["receivable_cents"], 500);
}

/// A shop that takes 3 cents for a quote and 4 for an order.
async fn with_fees(credit_cents: i64) -> World {
    World::with(config(), credit_cents, |shop| {
        for (tool, cents) in [("quote_order", 3), ("place_order", 4)] {
            let op = shop.operations.iter_mut().find(|op| op.tool.as_str() == tool).unwrap();
            op.fee_cents = cents;
        }
    })
    .await
}

#[tokio::test]
async fn fees_around_a_purchase_are_part_of_its_cost() {
    let world = with_fees(5000).await;
    assert_eq!(world.order("k-1", TEA).await.header("penumbra-cost-cents"), "2006");
    let call = r#"{"parameters": {"Idempotency-Key": "k-2", "body": {"item": "coffee"}}}"#;
    let got = world.authed("POST /services/shop/tools/place_order", call).await.json();
    assert_eq!((&got["cost"]["amount_cents"], &got["cost"]["kind"]), (&json!(2006), &json!("purchase")));
    assert_eq!(world.money().await, (988, 0, 988));
    // The quote was answered, so its fee is taken although nothing is bought.
    let poor = world.order("k-3", r#"{"item": "gold"}"#).await;
    assert_eq!(poor.problem(402, "insufficient-balance")["fee_cents"], 3);
    assert_eq!(poor.header("penumbra-cost-cents"), "3");
    world.provider.orders([Order::Answer(422, "{}")]);
    world.provider.quotes([(200, r#"{"total_cents": 1}"#)]);
    let refused = world.order("k-4", r#"{"item": "sold out"}"#).await;
    refused.problem(502, "upstream-rejected");
    assert_eq!(refused.header("penumbra-cost-cents"), "7");
    assert_eq!(world.money().await, (978, 0, 978));
}

#[tokio::test]
async fn two_names_for_a_purchase_are_none() {
    let world = World::new().await;
    let key = ("x-api-key", world.key.as_str());
    let twice = [key, ("idempotency-key", "k-1"), ("idempotency-key", "k-2")];
    world.send("POST /shop/orders", &twice, TEA).await.problem(400, "malformed-request");
    let call = r#"{"parameters": {"Idempotency-Key": "k-1", "body": {"item": "tea"}}}"#;
    world.send("POST /services/shop/tools/place_order", &twice, call).await.problem(400, "malformed-request");
    let other = [key, ("idempotency-key", "k-2")];
    world.send("POST /services/shop/tools/place_order", &other, call).await.problem(400, "malformed-request");
    assert!(world.provider.seen().is_empty());
    let same = [key, ("idempotency-key", "\"k-1\"")];
    for replayed in ["", "true"] {
        let got = world.send("POST /services/shop/tools/place_order", &same, call).await;
        assert_eq!((got.status, got.header("idempotent-replayed")), (200, replayed), "{}", got.body);
    }
    world.provider.orders([Order::Answer(422, "{}")]);
    let call = call.replace("k-1", "k-3");
    for replayed in ["", "true"] {
        let got = world.authed("POST /services/shop/tools/place_order", &call).await;
        got.problem(502, "upstream-rejected");
        assert_eq!(got.header("idempotent-replayed"), replayed);
    }
}
