//! The backend that is a gateway somewhere else.

use crate::catalog;
use crate::session::block_on;
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use metatool::{Backend, Caller, RemoteBackend, ToolCall};
use serde_json::{Value, json};
use uaps_model::{AccessLevel, Problem, ProblemKind};

async fn start(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    url
}

fn gateway() -> Router {
    let tool = |Path((service, tool)): Path<(String, String)>, headers: HeaderMap, Json(body): Json<Value>| async move {
        if tool == "refuse" {
            let problem = Problem::new(ProblemKind::InsufficientBalance, "needs 1999 cents").with("shortfall_cents", 5);
            return (StatusCode::PAYMENT_REQUIRED, Json(json!(problem)));
        }
        let authorization = headers.get("authorization").map(|v| v.to_str().unwrap().to_owned());
        let result = json!({"parameters": body["parameters"], "authorization": authorization});
        let answer = json!({
            "service": service, "tool": tool, "method": "GET", "path": "/x", "status": 200, "result": result,
            "a_later_version": "adds members",
        });
        (StatusCode::OK, Json(answer))
    };
    let health = || async { Json(json!({"services": [{"service": "a1", "status": "ok", "latency_ms": 3}]})) };
    let me = || async {
        let balance = json!({"posted_cents": 5, "held_cents": 0, "available_cents": 5, "currency": "USD"});
        Json(json!({"level": "identified", "email": "a@example.com", "balance": balance}))
    };
    let moved = || async { (StatusCode::FOUND, [("location", "http://192.0.2.1/")], "").into_response() };
    Router::new()
        .route("/services/{service}/tools/{tool}", post(tool))
        .route("/health/services", get(health))
        .route("/v1/me", get(me))
        .route("/moved/health/services", get(moved))
        .route("/page/health/services", get(|| async { axum::response::Html("<h1>Hello</h1>") }))
        .route("/old/health/services", get(|| async { Json(json!({"services": [{"name": "a1"}]})) }))
}

fn remote(url: &str) -> RemoteBackend {
    RemoteBackend::new(url, catalog::three()).unwrap()
}

fn call(tool: &str) -> ToolCall {
    let parameters = json!({"latitude": 1}).as_object().cloned().unwrap();
    ToolCall { service: "open-meteo".into(), tool: tool.into(), parameters, confirmation: None }
}

#[test]
fn calls_health_and_account_are_the_gateways() {
    block_on(async {
        let backend = remote(&start(gateway()).await);
        let caller = Caller { key: Some("unified-k".into()), address: None };
        let result = backend.execute(&caller, call("get_forecast")).await.unwrap();
        let expected = json!({"parameters": {"latitude": 1}, "authorization": "Bearer unified-k"});
        assert_eq!((result.tool.as_str(), result.result), ("get_forecast", expected));
        assert_eq!(backend.health(&caller).await.unwrap().len(), 1);
        assert_eq!(backend.account(&caller).await.unwrap().unwrap().level, AccessLevel::Identified);
        assert_eq!(backend.account(&Caller::default()).await.unwrap(), None);
    });
}

#[test]
fn a_problem_arrives_as_it_was_written() {
    block_on(async {
        let backend = remote(&start(gateway()).await);
        let problem = backend.execute(&Caller::default(), call("refuse")).await.unwrap_err();
        assert!(problem.is(ProblemKind::InsufficientBalance), "{problem:?}");
        assert_eq!(problem.extra["shortfall_cents"], 5);
    });
}

#[test]
fn names_that_are_no_names_never_become_a_path() {
    block_on(async {
        let backend = remote(&start(gateway()).await);
        for (service, tool) in [("..", "x"), ("admin", "x"), ("open-meteo", ".."), ("open-meteo", "a/b"), ("", "")] {
            let call = ToolCall {
                service: service.into(),
                tool: tool.into(),
                parameters: Default::default(),
                confirmation: None,
            };
            let problem = backend.execute(&Caller::default(), call).await.unwrap_err();
            assert_eq!(problem.status, 404, "{service}/{tool}");
        }
    });
}

/// What is said of the gateway at `url`, with the address left out.
fn complaint(url: &str) -> String {
    let backend = remote(url);
    let problem = block_on(async { backend.health(&Caller::default()).await.unwrap_err() });
    assert!(problem.is(ProblemKind::Unavailable));
    assert_eq!(problem.extra["gateway"], url);
    problem.detail.replace(url, "URL")
}

#[test]
fn a_gateway_that_is_not_there_says_what_to_start() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    insta::assert_snapshot!(complaint(&format!("http://127.0.0.1:{port}")), @"No gateway answers at URL, and nothing was sent; start one with `penumbra-gateway`, or name another with --gateway or PENUMBRA_GATEWAY");
}

#[test]
fn what_is_no_gateway_is_told_from_one() {
    let said = |path: &str| {
        let (url, runtime) = serve_in_background();
        let said = complaint(&format!("{url}{path}"));
        drop(runtime);
        said
    };
    insta::assert_snapshot!(said("/page"), @"URL answered 200 with text/html; charset=utf-8, as no Penumbra gateway does; check --gateway or PENUMBRA_GATEWAY");
    insta::assert_snapshot!(said("/moved"), @"URL answered 302 with text/plain; charset=utf-8, as no Penumbra gateway does; check --gateway or PENUMBRA_GATEWAY");
    insta::assert_snapshot!(said("/nowhere"), @"URL answered 404 with no media type, as no Penumbra gateway does; check --gateway or PENUMBRA_GATEWAY");
    insta::assert_snapshot!(said("/old"), @"The gateway at URL gave an answer that this program can't read (missing field `service`); both must be of one version");
}

fn serve_in_background() -> (String, tokio::runtime::Runtime) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let url = runtime.block_on(start(gateway()));
    (url, runtime)
}

#[test]
fn a_connection_that_breaks_leaves_no_false_hope() {
    block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            loop {
                drop(listener.accept().await.unwrap());
            }
        });
        let problem = remote(&url).execute(&Caller::default(), call("get_forecast")).await.unwrap_err();
        assert!(problem.detail.contains("only with the same Idempotency-Key"), "{}", problem.detail);
    });
}

#[test]
fn an_address_is_checked_before_it_is_used() {
    for bad in ["", "gateway", "ftp://example.com", "http://", "file:///etc/passwd"] {
        let error = RemoteBackend::new(bad, catalog::three()).unwrap_err();
        assert!(error.to_string().contains("give one such as"), "{bad}: {error}");
    }
    let error = RemoteBackend::new("http://user:password@example.com", catalog::three()).unwrap_err().to_string();
    assert!(error.contains("no password") && !error.contains("user:"), "{error}");
    assert_eq!(remote("http://127.0.0.1:8080/").gateway(), "http://127.0.0.1:8080");
}
