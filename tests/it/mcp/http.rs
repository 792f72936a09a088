//! Over streamable HTTP.

use super::session::visit;
use rmcp::ServiceExt;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::{Value, json};
use tests::{Answer, TestContext};

#[tokio::test]
async fn an_assistant_buys_dinner() {
    let context = TestContext::start().await;
    let key = context.key(100_000).await;
    let config = StreamableHttpClientTransportConfig::with_uri(format!("{}/mcp", context.url)).auth_header(key.clone());
    let client = ().serve(StreamableHttpClientTransport::from_config(config)).await.expect("the session opens");
    visit(&client, &context, &key).await;
    client.cancel().await.expect("the session closes");
}

async fn post(context: &TestContext, headers: &[(&str, &str)], body: Value) -> Answer {
    let mut request = context
        .http
        .post(format!("{}/mcp", context.url))
        .header("Accept", "application/json, text/event-stream")
        .json(&body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    context.send(request, None).await
}

#[tokio::test]
async fn the_stateless_era_needs_no_session() {
    let context = TestContext::start().await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    });
    let headers = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/list")];
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}});
    let answer = post(&context, &headers, body).await;
    let result = &answer.expect(200)["result"];
    assert_eq!(result["tools"].as_array().map(Vec::len), Some(5), "{}", answer.text);
    assert_eq!(result["resultType"], "complete");

    let headers = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "server/discover")];
    let body = json!({"jsonrpc": "2.0", "id": 2, "method": "server/discover", "params": {"_meta": meta}});
    let answer = post(&context, &headers, body).await;
    assert!(answer.expect(200)["result"]["supportedVersions"].to_string().contains("2026-07-28"), "{}", answer.text);
}

#[tokio::test]
async fn the_older_era_begins_with_initialize() {
    let context = TestContext::start().await;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}
    }});
    let answer = post(&context, &[], body).await;
    assert_eq!(answer.expect(200)["result"]["protocolVersion"], "2025-06-18", "{}", answer.text);
}

#[tokio::test]
async fn a_page_of_another_origin_is_turned_away() {
    let context = TestContext::start().await;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let answer = post(&context, &[("Origin", "https://evil.example")], body).await;
    assert_eq!(answer.status, 403, "{}", answer.text);
}
