//! Purchases: quote, hold, buy, capture; and every way in which that can go wrong.

use sandbox::Fault;
use serde_json::{Value, json};
use std::time::Duration;
use tests::{Answer, TestContext};
use uaps_model::Service;

/// One purchase, where any would do.
const RIDE: (&str, &str) = ("rideshare", "create_ride");

/// Every purchase of the catalogue, as service and tool.
fn purchases() -> Vec<(String, String)> {
    let catalog = generated::catalog();
    let of = |service: &Service| {
        let tools = service.operations.iter().filter(|op| op.is_purchase()).map(|op| op.tool.to_string());
        tools.map(|tool| (service.id.to_string(), tool)).collect::<Vec<_>>()
    };
    catalog.services().flat_map(of).collect()
}

async fn buy(context: &TestContext, (service, tool): (&str, &str), key: &str, idempotency_key: &str) -> Answer {
    context.call(service, tool, Some(key), context.purchase(service, tool, idempotency_key)).await
}

/// The same on the provider's own path.
async fn order(
    context: &TestContext,
    (service, tool): (&str, &str),
    key: &str,
    idempotency_key: &str,
    arguments: &Value,
) -> Answer {
    let base = format!("{}/{service}", context.url).parse().unwrap();
    let (of, op) = (context.catalog.get(service).unwrap().unwrap(), context.operation(service, tool));
    let sent = gateway::executor::build_at(&base, of, op, arguments).unwrap();
    let request = context.http.request(sent.method, sent.url).headers(sent.headers);
    let request = request.header("Idempotency-Key", idempotency_key).body(sent.body.unwrap_or_default());
    context.send(request, Some(key)).await
}

/// What the purchase of the example costs. The stand-in's price depends on the arguments alone.
async fn price(purchase: (&str, &str)) -> i64 {
    let elsewhere = TestContext::start().await;
    let key = elsewhere.key(1_000_000).await;
    let answer = buy(&elsewhere, purchase, &key, "price").await;
    answer.expect(200)["cost"]["amount_cents"].as_i64().unwrap()
}

#[tokio::test]
async fn with_money_enough_it_is_quoted_held_bought_and_captured() {
    for (service, tool) in &purchases() {
        let purchase = (service.as_str(), tool.as_str());
        let context = TestContext::start().await;
        let price = price(purchase).await;
        assert!(price > 0);
        let key = context.key(price + 1).await;
        let answer = buy(&context, purchase, &key, "first").await;
        let body = answer.expect(200);
        assert_eq!(body["cost"], json!({"kind": "purchase", "amount_cents": price, "currency": "USD"}));
        assert_eq!(body["purchase"]["state"], "captured");
        assert_eq!(body["balance"]["available_cents"], 1);
        assert_eq!(context.sandbox.orders(purchase.0), 1);
        assert_eq!(context.balance(&key).await, (1, 0, 1));

        let id = body["purchase"]["id"].as_str().unwrap();
        let record = context.get(&format!("/v1/purchases/{id}"), Some(&key)).await;
        assert_eq!(record.expect(200)["state"], "captured");
        let stranger = context.key(0).await;
        context.get(&format!("/v1/purchases/{id}"), Some(&stranger)).await.problem("not-found");
        context.audit().await;
    }
}

#[tokio::test]
async fn with_one_cent_too_little_nothing_is_bought() {
    for (service, tool) in &purchases() {
        let purchase = (service.as_str(), tool.as_str());
        let context = TestContext::start().await;
        let price = price(purchase).await;
        let key = context.key(price - 1).await;
        let answer = buy(&context, purchase, &key, "first").await;
        let problem = answer.problem("insufficient-balance");
        assert_eq!(answer.status, 402);
        assert_eq!(problem["required_cents"], price);
        assert_eq!(problem["available_cents"], price - 1);
        assert_eq!(problem["shortfall_cents"], 1);
        assert_eq!(context.sandbox.orders(purchase.0), 0);
        assert_eq!(context.balance(&key).await, (price - 1, 0, price - 1));
        context.audit().await;

        // The same key works once there is money.
        let credential = context.ledger.authenticate(&key).await.unwrap().unwrap();
        context.ledger.add_credit(&credential.id, 1, "top-up").await.unwrap();
        buy(&context, purchase, &key, "first").await.expect(200);
        assert_eq!(context.balance(&key).await, (0, 0, 0));
        context.audit().await;
    }
}

#[tokio::test]
async fn the_same_key_twice_is_one_order_and_one_answer() {
    for (service, tool) in &purchases() {
        let purchase = (service.as_str(), tool.as_str());
        let context = TestContext::start().await;
        let key = context.key(1_000_000).await;
        let arguments = context.example(service, tool);
        let first = order(&context, purchase, &key, "\"same\"", &arguments).await;
        assert!((200..300).contains(&first.status), "{}", first.text);
        let calls = context.sandbox.requests().len();
        let second = order(&context, purchase, &key, "same", &arguments).await;
        assert_eq!((second.status, &second.text), (first.status, &first.text));
        assert_eq!(second.header("idempotent-replayed"), "true");
        assert_eq!(first.header("idempotent-replayed"), "");
        assert_eq!(context.sandbox.requests().len(), calls, "a replay asks nobody");
        assert_eq!(context.sandbox.orders(service), 1);

        let reused = order(&context, purchase, &key, "same", &changed(&arguments)).await;
        reused.problem("idempotency-key-reused");
        assert_eq!(context.sandbox.orders(service), 1);
        context.audit().await;
    }
}

/// Other valid arguments: a number in them is another one.
fn changed(arguments: &Value) -> Value {
    fn change(value: &mut Value) -> bool {
        match value {
            Value::Object(members) => members.values_mut().any(change),
            Value::Array(items) => items.iter_mut().any(change),
            Value::Number(n) if n.is_u64() => {
                *value = json!(n.as_u64().unwrap_or(1) + 1);
                true
            }
            Value::Number(n) if n.is_f64() => {
                *value = json!(n.as_f64().unwrap_or(1.0) + 0.001);
                true
            }
            _ => false,
        }
    }
    let mut arguments = arguments.clone();
    assert!(change(&mut arguments), "the example has a number to change");
    arguments
}

#[tokio::test]
async fn a_purchase_needs_an_idempotency_key() {
    let context = TestContext::start().await;
    let key = context.key(1_000_000).await;
    let body = &context.example("rideshare", "create_ride")["body"];
    context.post("/rideshare/rides", Some(&key), body).await.problem("idempotency-key-required");
    context
        .call("rideshare", "create_ride", Some(&key), json!({ "body": body }))
        .await
        .problem("idempotency-key-required");
    for bad in ["", " ", &"x".repeat(256)] {
        let answer = context.buy("/rideshare/rides", &key, bad, body).await;
        assert_eq!(answer.status, 400, "{bad:?}: {}", answer.text);
    }
    assert!(context.sandbox.requests().is_empty());
}

#[tokio::test]
async fn one_key_sent_many_times_at_once_is_one_order() {
    let context = TestContext::start().await;
    let key = context.key(1_000_000).await;
    context.sandbox.inject("rideshare", Fault::Hang(Duration::from_millis(200)));
    let calls = (0..20).map(|_| buy(&context, RIDE, &key, "same"));
    let answers = futures::future::join_all(calls).await;
    for answer in &answers {
        match answer.status {
            200 => {}
            409 => {
                answer.problem("purchase-in-progress");
                assert!(answer.header("location").starts_with("/v1/purchases/"), "{:?}", answer.headers);
                assert!(!answer.header("retry-after").is_empty());
            }
            other => panic!("{other}: {}", answer.text),
        }
    }
    assert!(answers.iter().any(|a| a.status == 200));
    assert_eq!(context.sandbox.orders("rideshare"), 1);
    context.audit().await;
}

#[tokio::test]
async fn many_buyers_at_once_never_overspend() {
    let context = TestContext::start().await;
    let price = price(RIDE).await;
    let key = context.key(price * 3).await;
    let names: Vec<String> = (0..15).map(|n| format!("buyer-{n}")).collect();
    let answers = futures::future::join_all(names.iter().map(|name| buy(&context, RIDE, &key, name))).await;
    let bought = answers.iter().filter(|a| a.status == 200).count();
    assert_eq!(bought, 3, "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
    assert_eq!(context.sandbox.orders("rideshare"), 3);
    assert_eq!(context.balance(&key).await, (0, 0, 0));
    context.audit().await;
}

#[tokio::test]
async fn a_quote_that_fails_buys_nothing() {
    for (fault, slug) in [
        (Fault::Status(500, json!({"error": "down"})), "upstream-rejected"),
        (Fault::Status(422, json!({"error": "no such place"})), "upstream-rejected"),
        (Fault::Garbage, "upstream-invalid"),
        (Fault::Status(200, json!({"fare": {"amount": -5, "currency": "USD"}})), "upstream-invalid"),
        (Fault::Status(200, json!({"fare": {"amount": 5, "currency": "EUR"}})), "upstream-invalid"),
        (Fault::Drop, "upstream-unreachable"),
    ] {
        let context = TestContext::start().await;
        let key = context.key(1_000_000).await;
        context.sandbox.inject("rideshare", fault.clone().on("create_estimate"));
        let answer = buy(&context, RIDE, &key, "first").await;
        assert_eq!(answer.status, 502, "{fault:?}: {}", answer.text);
        answer.problem(slug);
        assert_eq!(context.sandbox.orders("rideshare"), 0);
        assert_eq!(context.balance(&key).await, (1_000_000, 0, 1_000_000));
        context.audit().await;
    }
}

#[tokio::test]
async fn a_provider_that_refuses_releases_the_hold() {
    let context = TestContext::start().await;
    let key = context.key(1_000_000).await;
    context.sandbox.inject("rideshare", Fault::Status(402, json!({"error": "card declined"})).on("create_ride"));
    let answer = buy(&context, RIDE, &key, "first").await;
    let problem = answer.problem("upstream-rejected");
    assert_eq!(problem["upstream_status"], 402);
    assert_eq!(context.balance(&key).await, (1_000_000, 0, 1_000_000));
    assert_eq!(context.sandbox.orders("rideshare"), 0);
    context.audit().await;
}

#[tokio::test]
async fn an_unknown_outcome_keeps_the_hold_and_says_where_to_look() {
    for fault in [Fault::Hang(Duration::from_secs(4)), Fault::Drop, Fault::Status(500, json!({})), Fault::Garbage] {
        let context = TestContext::start().await;
        let price = price(RIDE).await;
        let key = context.key(price).await;
        context.sandbox.inject("rideshare", fault.clone().on("create_ride"));
        let body = &context.example("rideshare", "create_ride")["body"];
        let answer = context.buy("/rideshare/rides", &key, "first", body).await;
        answer.expect(202);
        let location = answer.header("location").to_owned();
        assert!(location.starts_with("/v1/purchases/"), "{fault:?}: {:?}", answer.headers);
        let record = context.get(&location, Some(&key)).await;
        assert_eq!(record.expect(200)["state"], "unknown");
        assert_eq!(context.balance(&key).await, (0, price, price), "{fault:?}");

        // Sent again, it is the same purchase, not another one.
        let again = context.buy("/rideshare/rides", &key, "first", body).await;
        assert_eq!(again.status, 202, "{}", again.text);
        assert_eq!(again.header("location"), location);
        context.audit().await;
    }
}

#[tokio::test]
async fn a_caller_who_hangs_up_changes_nothing() {
    let context = TestContext::start().await;
    let key = context.key(1_000_000).await;
    context.sandbox.inject("rideshare", Fault::Hang(Duration::from_millis(400)).on("create_ride"));
    let request = context
        .http
        .post(format!("{}/rideshare/rides", context.url))
        .bearer_auth(&key)
        .header("Idempotency-Key", "gone")
        .json(&context.example("rideshare", "create_ride")["body"])
        .timeout(Duration::from_millis(150));
    assert!(request.send().await.unwrap_err().is_timeout());
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if context.balance(&key).await.1 == 0 && context.sandbox.orders("rideshare") == 1 {
            break;
        }
    }
    let (available, held, posted) = context.balance(&key).await;
    assert_eq!((held, available), (0, posted));
    assert!(posted < 1_000_000, "the order was paid");
    assert_eq!(context.sandbox.orders("rideshare"), 1);
    context.audit().await;
}

#[tokio::test]
async fn a_price_above_the_quote_takes_the_rest_and_below_gives_it_back() {
    for (charged, expected) in [(3.00, 300), (90.00, 9000)] {
        let context = TestContext::start().await;
        let key = context.key(1_000_000).await;
        let receipt = context.response_with("rideshare", "create_ride", "/receipt/total", json!(charged));
        context.sandbox.inject("rideshare", Fault::Status(201, receipt).on("create_ride"));
        let answer = buy(&context, RIDE, &key, "first").await;
        assert_eq!(answer.expect(200)["cost"]["amount_cents"], expected);
        assert_eq!(context.balance(&key).await, (1_000_000 - expected, 0, 1_000_000 - expected));
        context.audit().await;
    }
}

#[tokio::test]
async fn a_quote_shown_is_the_quote_used() {
    let context = TestContext::start().await;
    let key = context.key(1_000_000).await;
    let body = &context.example("rideshare", "create_ride")["body"];
    context.post("/rideshare/estimates", Some(&key), body).await.expect(200);
    context.buy("/rideshare/rides", &key, "first", body).await;
    let quotes = context.sandbox.requests().iter().filter(|r| r.path == "/estimates").count();
    assert_eq!(quotes, 1, "the purchase used the quote that the caller had seen");
}
