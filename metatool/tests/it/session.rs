//! A client of the SDK, talking to the tools in memory.

use crate::catalog;
use crate::fake::{Fake, KEY};
use metatool::{Backend, Caller, Metatool};
use rmcp::model::{CallToolRequestParams, CallToolResult, ProtocolVersion};
use rmcp::service::{RunningService, ServiceError};
use rmcp::{ClientHandler, ClientLifecycleMode, ClientServiceExt, RoleClient, ServiceExt};
use serde_json::Value;
use std::sync::Arc;

/// The two ways a conversation begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Era {
    /// `initialize`, up to 2025-11-25.
    Handshake,
    /// `server/discover`, from 2026-07-28.
    Discover,
}

impl Era {
    pub const BOTH: [Era; 2] = [Era::Handshake, Era::Discover];

    pub fn mode(self) -> ClientLifecycleMode {
        match self {
            Era::Handshake => ClientLifecycleMode::Initialize,
            Era::Discover => ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] },
        }
    }
}

/// The client's side of a conversation.
pub type Client = RunningService<RoleClient, ()>;

pub async fn open(backend: Arc<dyn Backend>, key: Option<&str>, era: Era) -> Client {
    open_with((), backend, key, era).await
}

/// Likewise, with a client that does something of its own.
pub async fn open_with<H: ClientHandler>(
    handler: H,
    backend: Arc<dyn Backend>,
    key: Option<&str>,
    era: Era,
) -> RunningService<RoleClient, H> {
    let (server, client) = tokio::io::duplex(1 << 20);
    let caller = Caller { key: key.map(str::to_owned), address: None };
    tokio::spawn(async move {
        let running = Metatool::for_caller(backend, caller).serve(server).await.unwrap();
        running.waiting().await.unwrap();
    });
    handler.serve_with_lifecycle(client, era.mode()).await.unwrap()
}

pub async fn call(client: &Client, tool: &str, arguments: Value) -> Result<CallToolResult, ServiceError> {
    let arguments = arguments.as_object().cloned().unwrap();
    client.call_tool(CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments)).await
}

/// Runs `work` to its end.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// The answer of a tool, after it was held against the tool's own output schema.
pub fn ask(tool: &str, arguments: Value) -> String {
    let backend = Fake::new(catalog::three());
    let result = block_on(async {
        let client = open(backend, Some(KEY), Era::Discover).await;
        let tools = client.list_tools(None).await.unwrap().tools;
        let tool = tools.into_iter().find(|t| t.name == tool).unwrap();
        let input = jsonschema::validator_for(&Value::Object((*tool.input_schema).clone())).unwrap();
        let output = jsonschema::validator_for(&Value::Object((*tool.output_schema.unwrap()).clone())).unwrap();
        let result = call(&client, &tool.name, arguments.clone()).await.unwrap();
        let content = result.structured_content.clone().unwrap();
        let errors: Vec<_> = output.iter_errors(&content).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?} in {content:#}");
        let text = &result.content.first().unwrap().as_text().unwrap().text;
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), content, "the text says the same");
        // What the input schema refuses is never carried out.
        if !input.is_valid(&arguments) {
            assert_eq!(result.is_error, Some(true));
        }
        result
    });
    let mark = if result.is_error == Some(true) { "ERROR " } else { "" };
    format!("{mark}{:#}", result.structured_content.unwrap())
}
