//! The way to a result, as an assistant goes it: search, the list, one tool in full, the call.

use super::provider::Memory;
use anyhow::{Context, bail};
use metatool::{Caller, Metatool};
use rmcp::model::CallToolRequestParams;
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceExt};
use serde_json::{Value, json};
use std::sync::Arc;
use uaps_model::{Catalog, Service};

/// One call, in the texts that a context holds.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) what: &'static str,
    pub(super) asked: String,
    pub(super) answered: String,
}

async fn open(catalog: Catalog) -> anyhow::Result<RunningService<RoleClient, ()>> {
    let (server, client) = tokio::io::duplex(1 << 20);
    let metatool = Metatool::for_caller(Arc::new(Memory(Arc::new(catalog))), Caller::default());
    tokio::spawn(async move {
        if let Ok(running) = metatool.serve(server).await {
            let _ = running.waiting().await;
        }
    });
    Ok(().serve(client).await?)
}

/// What `tools/list` answers.
pub(super) async fn menu(catalog: anyhow::Result<Catalog>) -> anyhow::Result<String> {
    let client = open(catalog?).await?;
    Ok(serde_json::to_string(&client.list_tools(None).await?.tools)?)
}

/// From a task in plain words to an answer of the service.
pub(super) async fn steps(service: Service, task: &str, tool: &str) -> anyhow::Result<Vec<Step>> {
    let id = service.id.to_string();
    let near = || uaps_model::nearest(tool, service.operations.iter().map(|operation| operation.tool.as_str()));
    let operation =
        service.operation(tool).with_context(|| format!("`{id}` has no tool `{tool}`; near it are {:?}", near()))?;
    let parameters = operation.example.arguments.clone();
    let catalog = Catalog::from_json([serde_json::to_string(&service)?])?;
    let client = open(catalog).await?;
    let calls = [
        ("search_services", json!({"query": task})),
        ("list_tools", json!({"service": id, "query": task})),
        ("list_tools", json!({"service": id, "tool": tool})),
        ("execute", json!({"service": id, "tool": tool, "parameters": parameters})),
    ];
    let names = ["search_services", "list_tools, a page", "list_tools, one tool", "execute"];
    let mut steps = Vec::new();
    for (what, (name, arguments)) in names.into_iter().zip(calls) {
        let asked = json!({"name": name, "arguments": arguments}).to_string();
        let arguments: serde_json::Map<String, Value> = arguments.as_object().cloned().unwrap_or_default();
        let answer = client.call_tool(CallToolRequestParams::new(name).with_arguments(arguments)).await?;
        let answered = answer.content.first().and_then(|content| content.as_text()).map(|text| text.text.clone());
        let answered = answered.context("an answer without a text")?;
        if answer.is_error == Some(true) {
            bail!("{asked} was answered {answered}");
        }
        if what != "execute" && !answered.contains(tool) {
            bail!("`{tool}` is not in the answer to {asked}; name another --task or --tool");
        }
        steps.push(Step { what, asked, answered });
    }
    Ok(steps)
}
