//! The gateway's 402, looked at by a suite that is not ours: `x402-conformance` from PyPI.
//!
//! `PENUMBRA_TEST_X402CONF` names its program, `x402conf`. The suite asks without a key, so a small proxy adds one whose
//! balance is too low.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use tests::TestContext;

/// Sends a GET on with the key, and the answer back as it came.
async fn with_key(State((url, key)): State<(String, String)>, request: Request) -> Response {
    let path = request.uri().path_and_query().map(|path| path.as_str()).unwrap_or("/").to_owned();
    let answer = reqwest::Client::new().get(url + &path).header("x-api-key", key).send().await.expect("an answer");
    let mut response = Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        *headers = answer.headers().clone();
    }
    response.body(Body::from(answer.bytes().await.expect("a body"))).expect("a response")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_check_passes() {
    let program = std::env::var("PENUMBRA_TEST_X402CONF").expect(
        "PENUMBRA_TEST_X402CONF names x402conf: python3 -m venv V && V/bin/pip install x402-conformance==1.6.0, then V/bin/x402conf",
    );
    let context = TestContext::start().await;
    let key = context.key(1).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let proxy = format!("http://{}", listener.local_addr().expect("an address"));
    let app = Router::new().fallback(with_key).with_state((context.url.clone(), key));
    tokio::spawn(async move { axum::serve(listener, app).await });

    let paid = format!("{proxy}/rideshare/places?query=station");
    let check = tokio::task::spawn_blocking(move || {
        std::process::Command::new(program)
            .args(["resource", "--fail-on-error", &paid])
            .output()
            .expect("x402conf runs")
    });
    let output = check.await.expect("the suite ends");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    // All that it has: a suite that stopped early would have found nothing either.
    for check in ["P1", "P2", "P3", "P4", "P5", "P6", "P7"] {
        assert!(said.contains(&format!("{check} ")), "{check} did not run: {said}");
    }
    assert!(!said.contains("\"pass\": false"), "{said}");
}
