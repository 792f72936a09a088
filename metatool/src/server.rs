//! The protocol side of the five tools.

use crate::ask::{Client, Era};
use crate::backend::{Backend, Caller};
use crate::fit::Kept;
use crate::http_edge::Sessions;
use crate::outcome::call_result;
use crate::search::{Latest, Searched};
use crate::tools::Ended;
use crate::{http_edge, menu, progress, tools};
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, DiscoverResult, Implementation, ListToolsResult, MetaObject,
    PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use std::sync::Arc;

/// The five tools over a backend. Cheap to clone; clones share the search index.
#[derive(Clone)]
pub struct Metatool {
    shared: Arc<Shared>,
}

struct Shared {
    backend: Arc<dyn Backend>,
    latest: Latest,
    /// Answers that were cut.
    kept: Kept,
    /// Who calls, where the transport knows of one caller only.
    caller: Option<Caller>,
    /// What many callers get.
    sessions: Sessions,
}

impl Metatool {
    /// For a transport of many callers: each request says whose it is.
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        Metatool::with(backend, Sessions::None)
    }

    /// Likewise; in a session, a client of an older era can be asked something within a call.
    pub fn with(backend: Arc<dyn Backend>, sessions: Sessions) -> Self {
        Metatool::of(backend, None, sessions)
    }

    /// For a transport of one caller, such as standard input and output.
    pub fn for_caller(backend: Arc<dyn Backend>, caller: Caller) -> Self {
        Metatool::of(backend, Some(caller), Sessions::None)
    }

    fn of(backend: Arc<dyn Backend>, caller: Option<Caller>, sessions: Sessions) -> Self {
        let shared = Shared { backend, latest: Latest::default(), kept: Kept::default(), caller, sessions };
        Metatool { shared: Arc::new(shared) }
    }

    pub(crate) fn backend(&self) -> &dyn Backend {
        self.shared.backend.as_ref()
    }

    pub(crate) fn searched(&self) -> Arc<Searched> {
        self.shared.latest.of(|| self.backend().catalog())
    }

    pub(crate) fn kept(&self) -> &Kept {
        &self.shared.kept
    }

    /// Whether the conversation that a request belongs to lasts: as long as the process, where there is one caller, or in a
    /// session.
    fn lasts(&self, context: &RequestContext<RoleServer>) -> bool {
        let in_session = || {
            let parts = context.extensions.get::<http::request::Parts>();
            parts.is_some_and(|parts| parts.headers.contains_key(http_edge::SESSION))
        };
        self.shared.caller.is_some() || self.shared.sessions == Sessions::InMemory && in_session()
    }

    fn caller(&self, context: &RequestContext<RoleServer>) -> Caller {
        match &self.shared.caller {
            Some(caller) => caller.clone(),
            None => context.extensions.get::<http::request::Parts>().map(http_edge::caller).unwrap_or_default(),
        }
    }
}

fn implementation() -> Implementation {
    Implementation::new("penumbra-metatool", env!("CARGO_PKG_VERSION")).with_title("Penumbra")
}

/// Newer clients are told with each result who made it; older ones know from their handshake.
fn signature(context: &RequestContext<RoleServer>) -> Option<MetaObject> {
    let version = context.protocol_version()?;
    if version.as_str() < ProtocolVersion::V_2026_07_28.as_str() {
        return None;
    }
    let info = serde_json::to_value(implementation()).ok()?;
    Some(MetaObject([("io.modelcontextprotocol/serverInfo".to_owned(), info)].into_iter().collect()))
}

impl ServerHandler for Metatool {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(implementation())
            .with_instructions(menu::INSTRUCTIONS)
    }

    async fn discover(&self, _context: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.get_info())
            .with_ttl_ms(menu::TTL_MS)
            .with_cache_scope(CacheScope::Public))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        if request.is_some_and(|r| r.cursor.is_some()) {
            return Err(ErrorData::invalid_params("the list of tools has one page; ask without `cursor`", None));
        }
        let mut list = ListToolsResult::with_all_items(menu::menu().to_vec())
            .with_ttl_ms(menu::TTL_MS)
            .with_cache_scope(CacheScope::Public);
        list.meta = signature(&context);
        Ok(list)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        menu::menu().iter().find(|tool| tool.name == name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let caller = self.caller(&context);
        let what = tools::subject(&request.name, request.arguments.as_ref());
        let era = Era::of(&context, self.lasts(&context));
        let client = Client::new(&context, era, request.request_state, request.input_responses);
        let call = tools::call(self, &request.name, request.arguments, &caller, &client);
        let call = progress::told(&context, &what, call);
        let ended = tokio::select! {
            biased;
            ended = call => ended,
            // Dropping the call reaches the provider; nobody reads what is answered now.
            () = context.ct.cancelled() => return Err(ErrorData::internal_error("the call was cancelled", None)),
        };
        let Some(ended) = ended else {
            let names: Vec<_> = menu::menu().iter().map(|tool| tool.name.as_ref()).collect();
            let message = format!("there is no tool `{}`; the tools are {}", request.name, names.join(", "));
            return Err(ErrorData::invalid_params(message, None));
        };
        let signature = signature(&context);
        Ok(match (ended, signature) {
            (Ended::Told(outcome), signature) => call_result(outcome).with_meta(signature).into(),
            (Ended::Asks(question), Some(signature)) => (*question).with_meta(signature).into(),
            (Ended::Asks(question), None) => (*question).into(),
        })
    }
}
