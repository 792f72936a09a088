//! Parameters that don't fit are refused before anything is sent, all at once, with their places.

use serde_json::{Value, json};
use tests::TestContext;

#[track_caller]
fn pointers(problem: &Value) -> Vec<String> {
    let mut pointers: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap().to_owned()).collect();
    pointers.sort();
    pointers.dedup();
    pointers
}

#[tokio::test]
async fn a_tool_call_hears_of_every_wrong_field() {
    let context = TestContext::start().await;
    let mut arguments = context.example("rideshare", "create_estimate");
    arguments["body"]["pickup"] = json!(7);
    arguments["surprise"] = json!(true);
    let answer = context.call("rideshare", "create_estimate", None, arguments).await;
    let found = pointers(answer.problem("invalid-parameters"));
    assert!(found.contains(&"/body/pickup".to_owned()), "{found:?}");
    assert!(found.contains(&"/surprise".to_owned()), "{found:?}");
    assert!(context.sandbox.requests().is_empty());
}

#[tokio::test]
async fn a_rest_call_hears_the_same() {
    let context = TestContext::start().await;
    let answer = context.get("/open-meteo/v1/forecast?latitude=95&longitude=abc", None).await;
    assert_eq!(pointers(answer.problem("invalid-parameters")), ["/latitude", "/longitude"], "{}", answer.text);
    let answer = context.get("/open-meteo/v1/forecast?latitude=95&longitud=13", None).await;
    assert_eq!(
        pointers(answer.problem("invalid-parameters")),
        ["/latitude", "/longitud", "/longitude"],
        "{}",
        answer.text
    );
    let answer = context.get("/open-meteo/v1/forecast?latitude=9", None).await;
    assert!(answer.problem("invalid-parameters")["errors"].to_string().contains("longitude"), "{}", answer.text);
    let mut body = context.example("rideshare", "create_estimate")["body"].clone();
    body["pickup"] = json!(7);
    let answer = context.post("/rideshare/estimates", None, &body).await;
    assert!(pointers(answer.problem("invalid-parameters")).contains(&"/body/pickup".to_owned()), "{}", answer.text);
    assert!(context.sandbox.requests().is_empty());
}

#[tokio::test]
async fn a_path_argument_stays_in_its_segment() {
    let context = TestContext::start().await;
    let key = context.key(1000).await;
    for evil in ["../places", "a/b", "..", "%2e%2e", "a?x=1#y"] {
        let answer = context.call("rideshare", "get_ride", Some(&key), json!({ "ride_id": evil })).await;
        assert!(answer.status >= 400, "{evil}: {}", answer.text);
        for request in context.sandbox.requests() {
            assert_eq!(request.path.matches('/').count(), 2, "{evil} became {}", request.path);
            assert!(request.path.starts_with("/rides/"), "{evil} became {}", request.path);
        }
    }
}

#[tokio::test]
async fn our_credentials_stay_here_and_the_providers_stay_there() {
    let context = TestContext::start().await;
    let key = context.key(1000).await;
    let request = context
        .http
        .post(format!("{}/rideshare/estimates", context.url))
        .header("X-API-Key", &key)
        .header("Cookie", "session=1")
        .header("X-Forwarded-For", "10.0.0.1")
        .json(&context.example("rideshare", "create_estimate")["body"]);
    context.send(request, Some(&key)).await.expect(200);
    let seen = context.sandbox.requests();
    let seen = format!("{:?}", seen.last().unwrap());
    assert!(!seen.contains(&key) && !seen.contains("session=1"), "{seen}");
    assert!(seen.contains("sandbox-rideshare"), "{seen}");
}
