//! Calls a second of a tool that does next to nothing, against a server of the SDK that has one empty tool and nothing else.

use super::provider::{self, Memory};
use anyhow::bail;
use axum::Router;
use metatool::{HttpSettings, http_service};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, JsonObject, ListToolsResult, PaginatedRequestParams,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Medians, in calls a second.
#[derive(Debug)]
pub(super) struct Rates {
    pub(super) ours: f64,
    pub(super) bare: f64,
}

/// The least that a server of the SDK can be.
#[derive(Clone)]
struct Bare;

impl ServerHandler for Bare {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(vec![Tool::new("health", "Nothing", Arc::new(JsonObject::new()))]))
    }

    async fn call_tool(
        &self,
        _: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        Ok(CallToolResult::structured(json!({"summary": "nothing"})).into())
    }
}

async fn serve(router: Router) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/mcp", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, Router::new().nest("/mcp", router)).await });
    Ok(url)
}

pub(super) async fn compare(connections: usize, time: Duration, rounds: usize) -> anyhow::Result<Rates> {
    let config = StreamableHttpServerConfig::default().with_legacy_session_mode(false).with_json_response(true);
    let bare = StreamableHttpService::new(|| Ok(Bare), Arc::new(NeverSessionManager::default()), config);
    let ours = http_service(Arc::new(Memory(Arc::new(provider::many(10)?))), HttpSettings::default());
    let urls = [serve(ours).await?, serve(Router::new().route_service("/", bare)).await?];
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..rounds.max(1) {
        for (url, rates) in urls.iter().zip(&mut rates) {
            let (start, end) = (Instant::now(), Instant::now() + time);
            let clients: Vec<_> = (0..connections).map(|_| tokio::spawn(call(url.clone(), end))).collect();
            let mut calls = 0;
            for client in clients {
                calls += client.await??;
            }
            rates.push(f64::from(calls) / start.elapsed().as_secs_f64());
        }
    }
    let [ours, bare] = rates.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    });
    Ok(Rates { ours, bare })
}

/// Calls on one connection until the time is over; how often.
async fn call(url: String, end: Instant) -> anyhow::Result<u32> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({"name": "health", "arguments": {}, "_meta": meta});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
    let mut calls = 0;
    while Instant::now() < end {
        let request = client
            .post(&url)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .header("MCP-Protocol-Version", "2026-07-28")
            .header("Mcp-Method", "tools/call")
            .header("Mcp-Name", "health");
        let answer = request.body(body.clone()).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() || serde_json::from_str::<Value>(&text)?["result"]["isError"] == json!(true) {
            bail!("{url} answered {status}: {text}");
        }
        calls += 1;
    }
    Ok(calls)
}
