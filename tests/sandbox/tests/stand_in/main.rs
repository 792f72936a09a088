//! The stand-ins, seen from outside.

#![allow(clippy::unwrap_used, reason = "a helper of a test may panic")]

mod fixture;

use axum::body::Body;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use sandbox::{Fault, Sandbox};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceExt;

const TEA: &str = r#"{"table": 4, "items": [{"name": "tea", "count": 2}]}"#;

fn sandbox() -> Sandbox {
    Sandbox::new(fixture::catalog())
}

/// Sends a request with the café's key; `headers` may add more.
async fn send(sandbox: &Sandbox, request: &str, headers: &[(&str, &str)], body: &str) -> (StatusCode, String) {
    let (method, target) = request.split_once(' ').expect("`METHOD /target`");
    let mut builder = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(target);
    if !headers.iter().any(|(name, _)| *name == "X-Key") {
        builder = builder.header("X-Key", "sandbox-cafe");
    }
    if !body.is_empty() && !headers.iter().any(|(name, _)| *name == "Content-Type") {
        builder = builder.header("Content-Type", "application/json");
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let response = sandbox.router().oneshot(builder.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

/// Likewise, for answers that are JSON.
async fn call(sandbox: &Sandbox, request: &str, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
    let (status, text) = send(sandbox, request, headers, body).await;
    (status.as_u16(), serde_json::from_str(&text).unwrap_or_else(|e| panic!("{request}: {e} in {text:?}")))
}

#[tokio::test]
async fn a_quote_and_its_purchase_agree() {
    let sandbox = sandbox();
    // 500, and 4 and 2 as quantities, and 3 letters.
    let total = 500 + 400 + 200 + 9;
    let (status, quote) = call(&sandbox, "POST /cafe/quote", &[], TEA).await;
    assert_eq!((status, quote), (200, json!({"pricing": {"total": total}})));
    assert_eq!(sandbox.orders("cafe"), 0);

    let more =
        r#"{"table": 4, "items": [{"name": "tea", "count": 2}], "unpriced": "a note that the quote does not know"}"#;
    let (status, order) = call(&sandbox, "POST /cafe/orders", &[], more).await;
    assert_eq!(status, 200);
    assert_eq!(order["pricing"], json!({"goods": 986, "tip": 123, "total": 1109}), "the breakdown still adds up");
    assert_eq!(order["items"], json!([{"name": "tea", "count": 2}]), "the answer speaks of what was ordered");
    assert_eq!(sandbox.orders("cafe"), 1);
}

#[tokio::test]
async fn a_price_is_written_in_the_unit_of_its_path() {
    let sandbox = sandbox();
    let (_, quote) = call(&sandbox, "GET /cab/fare?seats=3", &[], "").await;
    assert_eq!(quote["fare"], json!({"amount": "8.00", "currency": "USD"}), "decimal text stays text");
    let (_, odd) = call(&sandbox, "GET /cab/fare?seats=1001", &[], "").await;
    assert_eq!(odd["fare"]["amount"], "5.12");
    let (_, ride) = call(&sandbox, "POST /cab/rides?seats=1001", &[], "").await;
    assert_eq!(ride["paid"], json!(5.12));
    assert_eq!(ride["id"], json!(100_000), "a number for a number");
}

#[tokio::test]
async fn the_same_idempotency_key_is_the_same_order() {
    let sandbox = sandbox();
    let (_, first) = call(&sandbox, "POST /cafe/orders", &[("Once", "k1")], TEA).await;
    let (_, again) = call(&sandbox, "POST /cafe/orders", &[("Once", "k1")], TEA).await;
    assert_eq!(first, again);
    assert_eq!(sandbox.orders("cafe"), 1);
    let (_, other) = call(&sandbox, "POST /cafe/orders", &[("Once", "k2")], TEA).await;
    assert_ne!(first["order"], other["order"]);
    // The cab firm has announced no such header, so there every request is a ride.
    for _ in 0..2 {
        call(&sandbox, "POST /cab/rides?seats=1", &[("Idempotency-Key", "k1")], "").await;
    }
    assert_eq!(sandbox.orders("cab"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_race_for_one_key_makes_one_order() {
    let sandbox = sandbox();
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let sandbox = sandbox.clone();
            tokio::spawn(async move { call(&sandbox, "POST /cafe/orders", &[("Once", "k")], TEA).await.1 })
        })
        .collect();
    let mut ids = std::collections::BTreeSet::new();
    for task in tasks {
        ids.insert(task.await.unwrap()["order"].to_string());
    }
    assert_eq!((ids.len(), sandbox.orders("cafe")), (1, 1));
}

#[tokio::test]
async fn an_order_is_remembered_and_can_be_cancelled() {
    let sandbox = sandbox();
    let (_, order) = call(&sandbox, "POST /cafe/orders", &[], TEA).await;
    let id = order["order"].as_str().unwrap().to_owned();
    assert!(id.starts_with("ord_") && id != "ord_71", "{id}");
    let found = call(&sandbox, &format!("GET /cafe/orders/{id}"), &[], "").await;
    assert_eq!(found, (200, order.clone()));

    let (_, cancelled) = call(&sandbox, &format!("POST /cafe/orders/{id}/cancel"), &[], "").await;
    assert_eq!((&cancelled["order"], &cancelled["status"]), (&order["order"], &json!("cancelled")));
    assert_eq!(cancelled["pricing"], order["pricing"]);
    let (_, found) = call(&sandbox, &format!("GET /cafe/orders/{id}"), &[], "").await;
    assert_eq!(found["status"], "cancelled");
    assert_eq!(sandbox.order("cafe", &id), Some(found));

    // A number is found by its text, though its path calls it otherwise than the answer does.
    let (_, ride) = call(&sandbox, "POST /cab/rides?seats=1", &[], "").await;
    assert_eq!(call(&sandbox, &format!("GET /cab/rides/{}", ride["id"]), &[], "").await, (200, ride));
}

#[tokio::test]
async fn an_unknown_order_is_missing_where_the_document_says_so() {
    let sandbox = sandbox();
    let (status, problem) = call(&sandbox, "GET /cafe/orders/ord_none", &[], "").await;
    assert_eq!((status, &problem["error"]["message"]), (404, &json!("there is no order `ord_none`")));
    // The order of the document's own example is there without being bought.
    assert_eq!(call(&sandbox, "GET /cafe/orders/ord_71", &[], "").await.0, 200);
    // 404 is announced for menus too, but a shop is no order.
    let menu = call(&sandbox, "GET /cafe/shops/anything/menu?lang=en", &[("X-Shop", "1")], "").await;
    assert_eq!(menu, (200, json!(["tea"])));
    // Not announced: the example.
    assert_eq!(call(&sandbox, "GET /cab/rides/99", &[], "").await.0, 200);
}

#[tokio::test]
async fn everything_else_answers_its_example() {
    let sandbox = sandbox();
    assert_eq!(send(&sandbox, "GET /cab/note", &[], "").await, (StatusCode::OK, "All well".to_owned()));
    assert_eq!(send(&sandbox, "PUT /cab/horn", &[], "").await, (StatusCode::NO_CONTENT, String::new()));
}

#[tokio::test]
async fn a_strict_provider_refuses_what_is_wrong() {
    let sandbox = sandbox();
    let mut said = String::new();
    for (request, headers, body) in [
        ("POST /cafe/quote", &[("X-Key", "stolen")][..], TEA),
        ("GET /cafe/shops/s/menu", &[("X-Shop", "1")], ""),
        ("GET /cafe/shops/s/menu?lang=en", &[], ""),
        ("POST /cafe/quote", &[], ""),
        ("POST /cafe/quote", &[], "{"),
        ("POST /cafe/quote", &[("Content-Type", "text/plain")], TEA),
        ("GET /nowhere/x", &[], ""),
        ("GET /cafe", &[], ""),
        ("GET /cafe/", &[], ""),
        ("GET /cafe/orders", &[], ""),
        ("BREW /cafe/orders", &[], ""),
    ] {
        let (status, text) = send(&sandbox, request, headers, body).await;
        said += &format!("{request} -> {} {text}\n", status.as_u16());
    }
    insta::assert_snapshot!(said, @r#"
    POST /cafe/quote -> 401 {"error":{"message":"the credential in the header `X-Key` is not one of the sandbox's","status":401}}
    GET /cafe/shops/s/menu -> 400 {"error":{"message":"the required query parameter `lang` is missing","status":400}}
    GET /cafe/shops/s/menu?lang=en -> 400 {"error":{"message":"the required header parameter `X-Shop` is missing","status":400}}
    POST /cafe/quote -> 400 {"error":{"message":"the request body is missing","status":400}}
    POST /cafe/quote -> 400 {"error":{"message":"the request body is not JSON: EOF while parsing an object at line 1 column 1","status":400}}
    POST /cafe/quote -> 415 {"error":{"message":"the request body must be JSON, not `text/plain`","status":415}}
    GET /nowhere/x -> 404 {"error":{"message":"the sandbox plays no service `nowhere`","status":404}}
    GET /cafe -> 404 {"error":{"message":"`cafe` has no path `/`","status":404}}
    GET /cafe/ -> 404 {"error":{"message":"`cafe` has no path `/`","status":404}}
    GET /cafe/orders -> 405 {"error":{"message":"`/orders` takes POST, not GET","status":405}}
    BREW /cafe/orders -> 405 {"error":{"message":"`/orders` takes POST, not BREW","status":405}}
    "#);
    assert_eq!(sandbox.requests().len(), 11, "what is refused is recorded too");
}

#[tokio::test]
async fn requests_are_recorded_as_they_came() {
    let sandbox = sandbox();
    send(&sandbox, "POST /cafe/orders?a=%20b&a=c", &[("X-Mark", "1")], TEA).await;
    let [request] = &sandbox.requests()[..] else { panic!("one request was sent") };
    assert_eq!((request.service.as_str(), request.tool.as_deref()), ("cafe", Some("buy")));
    assert_eq!(
        (request.method.as_str(), request.path.as_str(), request.query.as_str()),
        ("POST", "/orders", "a=%20b&a=c")
    );
    assert_eq!(request.query_pairs(), [("a".into(), " b".into()), ("a".into(), "c".into())]);
    assert_eq!((request.header("x-mark"), request.json()), (Some("1"), serde_json::from_str(TEA).ok()));
    sandbox.clear_requests();
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn faults_come_before_or_after_the_work() {
    let sandbox = sandbox();
    sandbox.inject("cafe", Fault::Status(503, json!({"busy": true})).on("buy").times(1));
    assert_eq!(call(&sandbox, "POST /cafe/orders", &[], TEA).await, (503, json!({"busy": true})));
    assert_eq!(sandbox.orders("cafe"), 0);

    sandbox.inject("cafe", Fault::Garbage.times(1).after_acting());
    let (status, text) = send(&sandbox, "POST /cafe/orders", &[], TEA).await;
    assert!(status.is_success() && serde_json::from_str::<Value>(&text).is_err(), "{text}");
    assert_eq!(sandbox.orders("cafe"), 1, "the order was taken, though the answer can't be read");

    sandbox.inject("cafe", Fault::Hang(Duration::from_secs(3600)));
    let waiting = send(&sandbox, "POST /cafe/orders", &[], TEA);
    assert!(tokio::time::timeout(Duration::from_millis(50), waiting).await.is_err());
    sandbox.clear_faults("cafe");
    assert_eq!(call(&sandbox, "POST /cafe/orders", &[], TEA).await.0, 200);
    assert_eq!(sandbox.orders("cafe"), 2, "who hung up before the work got none");
}

#[tokio::test]
async fn a_dropped_connection_says_nothing_and_the_next_one_works() {
    let sandbox = sandbox();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server =
        tokio::spawn(axum::serve(listener, axum::Router::new().nest("/sandbox", sandbox.router())).into_future());
    sandbox.inject("cab", Fault::Drop.times(1));
    for expected in ["", "HTTP/1.1 200 OK"] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /sandbox/cab/note HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer.lines().next().unwrap_or_default(), expected);
    }
    assert_eq!(sandbox.requests().iter().map(|r| r.path.as_str()).collect::<Vec<_>>(), ["/note", "/note"]);
    server.abort();
}
