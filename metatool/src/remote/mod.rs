//! A backend that is a gateway somewhere else.
//!
//! Search and listing use the catalogue of this process, which is kept as the gateway's ([`Refresh`]); calls, health and
//! balance are the gateway's. What the gateway refuses arrives as the problem document it wrote; that it can't be reached is a problem of our own.

mod answer;
mod current;
mod disk;
mod fetch;
mod index;
mod known;
mod pace;
mod told;

pub use current::Refresh;

use self::current::Current;
use crate::backend::{Account, Backend, Caller, ServiceHealth, ToolCall, ToolResult};
use futures::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Method, Url, redirect};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use uaps_model::{Catalog, Problem, ProblemKind, ServiceId, ToolName};

/// Until a gateway takes the connection.
const CONNECT: Duration = Duration::from_secs(3);
/// Until a call is answered: longer than the gateway waits for its provider, twice (a quote and a purchase).
const CALL: Duration = Duration::from_secs(90);
/// Until a look at health or balance is answered.
const LOOK: Duration = Duration::from_millis(1900);

/// A gateway at an address.
#[derive(Debug)]
pub struct RemoteBackend {
    gateway: Url,
    client: Client,
    catalog: Arc<Catalog>,
    /// Absent where the catalogue stays as it is compiled in.
    current: Option<Arc<Current>>,
}

/// Why a gateway's address can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// Not an address of HTTP.
    #[error("`{0}` is not the address of a gateway; give one such as http://127.0.0.1:8080")]
    Address(String),
    /// A user or a password in the address, which is not shown.
    #[error("a gateway's address may hold no user and no password; give the key as PENUMBRA_API_KEY")]
    Credential,
    /// The HTTP client can't be made; this machine's settings are at fault.
    #[error("the HTTP client can't be set up: {0}")]
    Client(#[from] reqwest::Error),
}

impl RemoteBackend {
    /// A client of the gateway at `gateway`. Connects to nothing yet.
    pub fn new(gateway: &str, catalog: Catalog) -> Result<Self, RemoteError> {
        let url = Url::parse(gateway).map_err(|_| match gateway.contains('@') {
            true => RemoteError::Credential,
            false => RemoteError::Address(gateway.to_owned()),
        })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(RemoteError::Credential);
        }
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(RemoteError::Address(gateway.to_owned()));
        }
        // An error means that the process has chosen a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder()
            .connect_timeout(CONNECT)
            // A redirect would carry the key to whoever it names.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("penumbra-metatool/", env!("CARGO_PKG_VERSION")));
        if is_local(&url) {
            client = client.no_proxy();
        }
        Ok(RemoteBackend { gateway: url, client: client.build()?, catalog: Arc::new(catalog), current: None })
    }

    /// The same, with the gateway's own catalogue from the first call on.
    #[must_use]
    pub fn refreshing(mut self, refresh: Refresh) -> Self {
        let client = self.client.clone();
        self.current = Some(Current::new(self.url(&[""]), client, self.catalog.clone(), refresh));
        self
    }

    /// The gateway's address, for messages.
    pub fn gateway(&self) -> &str {
        self.gateway.as_str().trim_end_matches('/')
    }

    /// Whether what is sent there, a key among it, can be read on the way: plain HTTP to another machine.
    pub fn is_exposed(&self) -> bool {
        self.gateway.scheme() == "http" && !is_local(&self.gateway)
    }

    fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.gateway.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    async fn send(&self, caller: &Caller, request: Request<'_>) -> Result<Value, Problem> {
        let mut builder = self.client.request(request.method, self.url(request.path)).timeout(request.patience);
        if let Some(key) = &caller.key {
            let mut value = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| {
                Problem::new(
                    ProblemKind::Unauthorized,
                    "The key holds characters that no key has; check how it was set",
                )
            })?;
            value.set_sensitive(true);
            builder = builder.header(AUTHORIZATION, value);
        }
        if let Some(body) = &request.body {
            builder = builder.json(body);
        }
        let response = builder.send().await.map_err(|e| answer::unsent(self.gateway(), &e, request.matters))?;
        answer::read(self.gateway(), response, request.matters).await
    }
}

struct Request<'r> {
    method: Method,
    path: &'r [&'r str],
    body: Option<Value>,
    patience: Duration,
    /// It may change something, so that a lost answer leaves a doubt.
    matters: bool,
}

impl<'r> Request<'r> {
    fn look(path: &'r [&'r str]) -> Self {
        Request { method: Method::GET, path, body: None, patience: LOOK, matters: false }
    }
}

/// Whether the address is this machine's, which no proxy reaches.
fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[derive(Deserialize)]
struct HealthAnswer {
    services: Vec<ServiceHealth>,
}

impl Backend for RemoteBackend {
    fn catalog(&self) -> Arc<Catalog> {
        self.current.as_ref().map_or_else(|| self.catalog.clone(), |current| current.catalog())
    }

    fn ready(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if let Some(current) = &self.current {
                current.ready().await;
            }
        })
    }

    fn catalog_state(&self) -> Option<String> {
        self.current.as_ref().map(|current| current.state())
    }

    fn execute<'a>(&'a self, caller: &'a Caller, call: ToolCall) -> BoxFuture<'a, Result<ToolResult, Problem>> {
        Box::pin(async move {
            // The names become a path: what can't be a name must not reach it.
            let service = ServiceId::new(call.service.as_str()).map_err(|e| {
                Problem::new(ProblemKind::UnknownService, format!("`{}` is no service: an id {e}", call.service))
            })?;
            let tool = ToolName::new(call.tool.as_str()).map_err(|e| {
                Problem::new(ProblemKind::UnknownOperation, format!("`{}` is no tool: a name {e}", call.tool))
            })?;
            let path = ["services", service.as_str(), "tools", tool.as_str()];
            let mut body = json!({"parameters": call.parameters});
            if let Some(confirmation) = call.confirmation {
                body["confirmation"] = json!(confirmation);
            }
            let body = Some(body);
            let request = Request { method: Method::POST, path: &path, body, patience: CALL, matters: true };
            let value = self.send(caller, request).await?;
            answer::typed(self.gateway(), value)
        })
    }

    fn health<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<Vec<ServiceHealth>, Problem>> {
        Box::pin(async move {
            let value = self.send(caller, Request::look(&["health", "services"])).await?;
            answer::typed(self.gateway(), value).map(|answer: HealthAnswer| answer.services)
        })
    }

    fn account<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<Option<Account>, Problem>> {
        Box::pin(async move {
            if caller.key.is_none() {
                return Ok(None);
            }
            let value = self.send(caller, Request::look(&["v1", "me"])).await?;
            answer::typed(self.gateway(), value).map(Some)
        })
    }
}
