//! What the gateway refuses, and how it says so.

use serde_json::json;
use tests::TestContext;

#[tokio::test]
async fn what_does_not_exist_is_404_with_a_hint() {
    let context = TestContext::start().await;
    let service = context.get("/ridshare/places", None).await;
    assert!(service.problem("unknown-service")["detail"].as_str().unwrap().contains("rideshare"), "{}", service.text);
    context.get("/rideshare/nowhere", None).await.problem("unknown-operation");
    let key = context.key(0).await;
    let tool = context.call("rideshare", "create_rid", Some(&key), json!({})).await;
    assert!(tool.problem("unknown-operation")["detail"].as_str().unwrap().contains("create_ride"), "{}", tool.text);
    context.get("/", None).await.problem("not-found");
    context.get("/services/nobody", None).await.problem("unknown-service");
    context.get("/v1/nothing", None).await.problem("not-found");
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let context = TestContext::start().await;
    let request = context.http.delete(format!("{}/rideshare/rides", context.url));
    let answer = context.send(request, None).await;
    answer.problem("method-not-allowed");
    assert!(answer.header("allow").contains("POST"), "{:?}", answer.headers);
}

#[tokio::test]
async fn a_bad_key_is_401_even_where_none_is_needed() {
    let context = TestContext::start().await;
    for bad in ["unified-wrong", "", "unified-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let answer =
            context.call("open-meteo", "get_forecast", Some(bad), context.example("open-meteo", "get_forecast")).await;
        answer.problem("unauthorized");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{:?}", answer.headers);
    }
    // No key where one is needed.
    context
        .call("rideshare", "create_ride", None, context.example("rideshare", "create_ride"))
        .await
        .problem("unauthorized");
    assert!(context.sandbox.requests().is_empty());
}

#[tokio::test]
async fn a_level_too_low_is_403() {
    let context = TestContext::start().await;
    let key = context.key_of(uaps_model::AccessLevel::Identified, 100_000).await;
    let answer =
        context.call("rideshare", "create_ride", Some(&key), context.example("rideshare", "create_ride")).await;
    assert!(answer.problem("forbidden")["detail"].as_str().unwrap().contains("authenticated"), "{}", answer.text);
    assert!(context.sandbox.requests().is_empty());
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let context = TestContext::start().await;
    let key = context.key(100_000).await;
    let huge = "x".repeat(2 << 20);
    context.post("/rideshare/estimates", Some(&key), &json!({ "pickup": huge })).await.problem("body-too-large");
    context.call("rideshare", "create_estimate", Some(&key), json!({ "body": huge })).await.problem("body-too-large");
    assert!(context.sandbox.requests().is_empty());
}

#[tokio::test]
async fn what_is_no_json_is_400_or_415() {
    let context = TestContext::start().await;
    let key = context.key(100_000).await;
    let send = async |content_type: &str, body: &'static str| {
        let request = context.http.post(format!("{}/rideshare/estimates", context.url));
        context.send(request.header("content-type", content_type).body(body), Some(&key)).await
    };
    send("application/json", "{\"pickup\": ").await.problem("malformed-request");
    send("text/csv", "a,b").await.problem("unsupported-media-type");
}

#[tokio::test]
async fn an_upstream_that_is_down_is_502_and_takes_no_money() {
    let context = TestContext::with(std::sync::Arc::new(generated::catalog()), |config| {
        // A port that nobody listens on.
        config.providers.set(&"rideshare".parse().expect("an id"), tests::provider("http://127.0.0.1:9", "rideshare"));
    })
    .await;
    let key = context.key(100_000).await;
    context
        .call("rideshare", "search_places", Some(&key), context.example("rideshare", "search_places"))
        .await
        .problem("upstream-unreachable");
    context
        .call("rideshare", "create_ride", Some(&key), context.purchase("rideshare", "create_ride", "down-1"))
        .await
        .problem("upstream-unreachable");
    assert_eq!(context.balance(&key).await, (100_000, 0, 100_000));
    context.audit().await;
}

#[tokio::test]
async fn limits_are_told_and_kept() {
    let context = TestContext::start().await;
    let service = context.catalog.get("open-meteo").unwrap().unwrap();
    let burst = service.rate_limits.burst;
    let example = context.example("open-meteo", "get_forecast");
    let mut refused = 0;
    for _ in 0..burst + 5 {
        let answer = context.call("open-meteo", "get_forecast", None, example.clone()).await;
        if answer.status == 429 {
            answer.problem("rate-limited");
            assert!(answer.header("retry-after").parse::<u64>().is_ok(), "{:?}", answer.headers);
            refused += 1;
        }
    }
    assert!(refused >= 1, "a burst of {burst} is the limit");
}
