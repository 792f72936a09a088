//! The endpoint on a real port.

use crate::catalog;
use crate::fake::{Fake, KEY};
use crate::session::{Era, block_on};
use axum::Router;
use http::StatusCode;
use metatool::{HttpSettings, http_service};
use rmcp::ClientServiceExt;
use rmcp::model::CallToolRequestParams;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;

async fn start(fake: &Arc<Fake>, settings: HttpSettings) -> String {
    let app = Router::new().nest("/mcp", http_service(fake.clone(), settings));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    url
}

fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// A request of the newer era, with the headers it asks for.
fn post(url: &str, method: &str, name: Option<&str>, params: Value) -> reqwest::RequestBuilder {
    let mut params = params;
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
    });
    let request = http()
        .post(url)
        .header("Accept", "application/json, text/event-stream")
        .header("MCP-Protocol-Version", "2026-07-28")
        .header("Mcp-Method", method)
        .json(&json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}));
    match name {
        Some(name) => request.header("Mcp-Name", name),
        None => request,
    }
}

#[test]
fn a_client_of_either_era_uses_the_tools() {
    for era in Era::BOTH {
        block_on(async {
            let fake = Fake::new(catalog::three());
            let url = start(&fake, HttpSettings::default()).await;
            let config = StreamableHttpClientTransportConfig::with_uri(url).auth_header(KEY);
            let transport = StreamableHttpClientTransport::with_client(http(), config);
            let client = ().serve_with_lifecycle(transport, era.mode()).await.unwrap();
            assert_eq!(client.list_tools(None).await.unwrap().tools.len(), 5);
            let arguments = json!({"service": "open-meteo", "tool": "get_forecast", "parameters": {"latitude": 1}});
            let request = CallToolRequestParams::new("execute").with_arguments(arguments.as_object().cloned().unwrap());
            let result = client.call_tool(request).await.unwrap();
            assert_eq!(result.structured_content.unwrap()["result"]["echo"], json!({"latitude": 1}));
            let calls = fake.calls.lock().unwrap();
            let (caller, call) = calls.first().unwrap();
            assert_eq!(caller.key.as_deref(), Some(KEY));
            assert_eq!(caller.address, Some([127, 0, 0, 1].into()));
            assert_eq!(call.tool, "get_forecast");
        });
    }
}

#[test]
fn one_request_needs_no_session() {
    block_on(async {
        let url = start(&Fake::new(catalog::three()), HttpSettings::default()).await;
        let answer = post(&url, "server/discover", None, json!({})).send().await.unwrap();
        let discovered: Value = answer.json().await.unwrap();
        assert_eq!(discovered["result"]["ttlMs"], 3_600_000, "{discovered}");
        let params = json!({"name": "get_started", "arguments": {}});
        let answer =
            post(&url, "tools/call", Some("get_started"), params).header("X-API-Key", KEY).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json");
        let started: Value = answer.json().await.unwrap();
        assert_eq!(started["result"]["resultType"], "complete");
        assert_eq!(started["result"]["structuredContent"]["account"]["available"], "100.00 USD");
        // An older client that skips the handshake, as a stateless endpoint lets it.
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
        let request = http().post(&url).header("Accept", "application/json, text/event-stream").json(&body);
        let listed: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(listed["result"]["tools"].as_array().unwrap().len(), 5);
    });
}

#[test]
fn wrong_requests_get_the_specified_status() {
    block_on(async {
        let url = start(&Fake::new(catalog::three()), HttpSettings::default()).await;
        let status = |request: reqwest::RequestBuilder| async move { request.send().await.unwrap().status() };
        let list = || post(&url, "tools/list", None, json!({}));
        assert_eq!(status(list()).await, StatusCode::OK);
        assert_eq!(status(list().header("Origin", "http://localhost:5173")).await, StatusCode::OK);
        assert_eq!(status(list().header("Origin", "https://evil.example")).await, StatusCode::FORBIDDEN);
        assert_eq!(status(list().header("Host", "evil.example")).await, StatusCode::FORBIDDEN);
        assert_eq!(status(post(&url, "no/such", None, json!({}))).await, StatusCode::NOT_FOUND);
        assert_eq!(status(post(&url, "prompts/list", None, json!({}))).await, StatusCode::NOT_FOUND);
        assert_eq!(status(http().get(&url)).await, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(status(http().delete(&url)).await, StatusCode::METHOD_NOT_ALLOWED);
        let params = json!({"name": "health", "arguments": {}});
        let mismatch = post(&url, "tools/call", Some("execute"), params);
        assert_eq!(status(mismatch).await, StatusCode::BAD_REQUEST);
        let garbage = http().post(&url).header("Accept", "application/json, text/event-stream").body("{");
        assert!(status(garbage).await.is_client_error());
    });
}

#[test]
fn hosts_are_checked_unless_a_proxy_does_it() {
    block_on(async {
        let settings = |hosts: &[&str]| HttpSettings {
            allowed_hosts: hosts.iter().map(|h| (*h).to_owned()).collect(),
            allowed_origins: Vec::new(),
            ..HttpSettings::default()
        };
        for (hosts, host, expected) in [
            (&[][..], "evil.example", StatusCode::FORBIDDEN),
            (&["api.example.com"], "api.example.com", StatusCode::OK),
            (&["api.example.com"], "evil.example", StatusCode::FORBIDDEN),
            (&["*"], "anything.example", StatusCode::OK),
        ] {
            let url = start(&Fake::new(catalog::three()), settings(hosts)).await;
            let answer = post(&url, "tools/list", None, json!({})).header("Host", host).send().await.unwrap();
            assert_eq!(answer.status(), expected, "{hosts:?} {host}");
        }
    });
}
