//! Fixed usage fees.

use sandbox::Fault;
use serde_json::json;
use tests::TestContext;

#[tokio::test]
async fn a_search_costs_its_fee_once() {
    let context = TestContext::start().await;
    let key = context.key(100).await;
    let operation = context.operation("rideshare", "search_places");
    let fee = operation.fee_cents;
    assert!(fee > 0, "the search has a fee");
    let answer =
        context.call("rideshare", "search_places", Some(&key), context.example("rideshare", "search_places")).await;
    assert_eq!(answer.expect(200)["cost"], json!({"kind": "fee", "amount_cents": fee, "currency": "USD"}));
    assert_eq!(context.balance(&key).await, (100 - fee, 0, 100 - fee));

    let list = context.get("/v1/transactions", Some(&key)).await;
    let kinds: Vec<_> =
        list.expect(200)["transactions"].as_array().unwrap().iter().map(|t| t["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["usage", "credit"], "newest first");
    context.audit().await;
}

#[tokio::test]
async fn a_fee_is_refused_before_the_call_when_the_balance_is_short() {
    let context = TestContext::start().await;
    let key = context.key(1).await;
    let answer =
        context.call("rideshare", "search_places", Some(&key), context.example("rideshare", "search_places")).await;
    assert_eq!(answer.problem("insufficient-balance")["available_cents"], 1);
    assert!(context.sandbox.requests().is_empty());
}

#[tokio::test]
async fn a_provider_that_fails_earns_no_fee() {
    let context = TestContext::start().await;
    let key = context.key(100).await;
    context.sandbox.inject("rideshare", Fault::Status(503, json!({"error": "down"})));
    let answer =
        context.call("rideshare", "search_places", Some(&key), context.example("rideshare", "search_places")).await;
    assert_eq!(answer.expect(200)["status"], 503);
    assert_eq!(context.balance(&key).await, (100, 0, 100));
    context.audit().await;
}
