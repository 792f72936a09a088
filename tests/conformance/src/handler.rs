//! The metatool, and the fixtures beside it.

#![expect(deprecated, reason = "the older eras are tested with what has been taken out since, such as log levels")]

use crate::json::typed;
use crate::tools::{self, Change};
use crate::{prompts, resources};
use metatool::Metatool;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, DiscoverResult,
    GetPromptRequestParams, GetPromptResponse, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, PaginatedRequestParams, ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse,
    RequestStateCodec, ServerCapabilities, ServerConfig, SetLevelRequestParams, SubscribeRequestParams,
    SubscriptionFilter, Tool, UnsubscribeRequestParams,
};
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::json;
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::broadcast;

/// Answers what the suite asks for and leaves all else to the metatool. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Fixtures {
    metatool: Metatool,
    shared: Arc<Shared>,
}

/// What calls have in common.
pub struct Shared {
    /// Seals `requestState`.
    pub codec: RequestStateCodec,
    /// What a tool has changed, for those who listen.
    pub changes: broadcast::Sender<Change>,
    /// Set when a client of an older era wants no message of level `info`. One client at a time is tested.
    pub quiet: AtomicBool,
}

impl Fixtures {
    /// The fixtures beside `metatool`. `codec` seals `requestState`.
    pub fn new(metatool: Metatool, codec: RequestStateCodec) -> Self {
        let shared = Shared { codec, changes: broadcast::Sender::new(16), quiet: AtomicBool::new(false) };
        Fixtures { metatool, shared: Arc::new(shared) }
    }
}

/// The metatool's and everything else that a server can have.
fn capabilities() -> ServerCapabilities {
    ServerCapabilities::builder()
        .enable_tools()
        .enable_tool_list_changed()
        .enable_prompts()
        .enable_prompts_list_changed()
        .enable_resources()
        .enable_resources_subscribe()
        .enable_completions()
        .enable_logging()
        .build()
}

impl ServerHandler for Fixtures {
    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        self.metatool.supported_protocol_versions()
    }

    fn get_info(&self) -> ServerConfig {
        let mut info = self.metatool.get_info();
        info.capabilities = capabilities();
        info
    }

    async fn discover(&self, context: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let mut result = self.metatool.discover(context).await?;
        result.capabilities = capabilities();
        Ok(result)
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut list = self.metatool.list_tools(request, context).await?;
        list.tools.extend_from_slice(tools::all());
        Ok(list)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::all().iter().find(|tool| tool.name == name).cloned().or_else(|| self.metatool.get_tool(name))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if tools::all().iter().any(|tool| tool.name == request.name) {
            tools::call(&self.shared, request, &context).await
        } else {
            self.metatool.call_tool(request, context).await
        }
    }

    async fn list_prompts(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        prompts::list()
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        prompts::get(&self.shared, request, &context)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        prompts::complete(&request.argument.value)
    }

    async fn list_resources(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        resources::list()
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        resources::templates()
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        resources::read(&request.uri)
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        // No fixture changes its content, so a subscriber hears nothing.
        resources::find(&request.uri).map(drop)
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        resources::find(&request.uri).map(drop)
    }

    async fn set_level(
        &self,
        request: SetLevelRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.shared.quiet.store(!tools::includes_info(&json!(request.level)), Ordering::Relaxed);
        Ok(())
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }

    async fn listen(&self, subscription: SubscriptionContext) -> Result<(), ErrorData> {
        let mut changes = self.shared.changes.subscribe();
        let wanted = |accepted: Option<bool>| accepted == Some(true);
        loop {
            let change = tokio::select! {
                () = subscription.cancelled() => return Ok(()),
                change = changes.recv() => change,
            };
            let sent = match change {
                Ok(Change::Tools) if wanted(subscription.accepted().tools_list_changed) => {
                    subscription.sink().notify_tool_list_changed().await
                }
                Ok(Change::Prompts) if wanted(subscription.accepted().prompts_list_changed) => {
                    subscription.sink().notify_prompt_list_changed().await
                }
                _ => Ok(()),
            };
            sent.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
        }
    }
}

/// Nothing but what a client has declared may be asked of it.
pub fn require(context: &RequestContext<RoleServer>, capability: &str) -> Result<(), ErrorData> {
    let declared = json!(context.client_capabilities());
    if declared.get(capability).is_some_and(serde_json::Value::is_object) {
        return Ok(());
    }
    Err(ErrorData::missing_required_client_capability(typed(json!({ capability: {} }))?))
}
