//! The tools over streamable HTTP.

use crate::backend::{Backend, Caller};
use crate::server::Metatool;
use axum::Router;
use axum::extract::ConnectInfo;
use http::header::AUTHORIZATION;
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::SessionManager;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use std::net::SocketAddr;
use std::sync::Arc;

/// Whom the endpoint answers. The defaults are for one machine.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Values of `Host` that are accepted, with or without a port. Empty: this machine's names only. `*`: any, which is
    /// right only behind a proxy that checks it.
    pub allowed_hosts: Vec<String>,
    /// Values of `Origin` that are accepted, such as `https://app.example.com:443` or `http://localhost:*`. Empty: pages
    /// of this machine only. Requests without `Origin` (anything but a browser) always pass.
    pub allowed_origins: Vec<String>,
    /// What clients of the older eras get.
    pub sessions: Sessions,
}

const LOCAL_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
const LOCAL_ORIGINS: [&str; 3] = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];

impl Default for HttpSettings {
    fn default() -> Self {
        HttpSettings {
            allowed_hosts: LOCAL_HOSTS.map(str::to_owned).to_vec(),
            allowed_origins: LOCAL_ORIGINS.map(str::to_owned).to_vec(),
            sessions: Sessions::None,
        }
    }
}

/// What clients of the older eras get. Newer clients know no sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sessions {
    /// Nothing: each request stands by itself, so any gateway can answer it.
    None,
    /// A session in this process's memory, within which the server can ask the client something.
    InMemory,
}

/// The endpoint, to be nested at `/mcp`: both eras of the protocol, JSON answers.
///
/// The caller is read from the request, see [`Caller`]: `Authorization: Bearer` or `X-API-Key`, and the address of
/// [`ConnectInfo`]. A layer that knows better (behind a proxy, say) puts a [`Caller`] into the request's extensions.
pub fn http_service(backend: Arc<dyn Backend>, settings: HttpSettings) -> Router {
    http_service_of(Metatool::with(backend, settings.sessions), settings)
}

/// The same endpoint for another handler, such as one that offers more than the five tools.
pub fn http_service_of<H>(handler: H, settings: HttpSettings) -> Router
where
    H: ServerHandler + Clone,
{
    match settings.sessions {
        Sessions::None => route(handler, settings, NeverSessionManager::default(), false),
        Sessions::InMemory => route(handler, settings, LocalSessionManager::default(), true),
    }
}

fn route<H, M>(handler: H, settings: HttpSettings, sessions: M, in_use: bool) -> Router
where
    H: ServerHandler + Clone,
    M: SessionManager,
{
    let mut config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(in_use)
        .with_json_response(true)
        .enforce_origin_validation()
        .with_allowed_origins(or_else(settings.allowed_origins, LOCAL_ORIGINS));
    config = if settings.allowed_hosts.iter().any(|host| host == "*") {
        config.disable_allowed_hosts()
    } else {
        config.with_allowed_hosts(or_else(settings.allowed_hosts, LOCAL_HOSTS))
    };
    let service = StreamableHttpService::new(move || Ok(handler.clone()), Arc::new(sessions), config);
    Router::new().route_service("/", service)
}

/// The SDK takes an empty list of hosts for "any"; forgetting a setting must not open a server to the world.
fn or_else(given: Vec<String>, local: [&str; 3]) -> Vec<String> {
    if given.is_empty() { local.map(str::to_owned).to_vec() } else { given }
}

/// The name of the session that a request belongs to.
pub(crate) const SESSION: &str = "mcp-session-id";

/// Who sent a request.
pub(crate) fn caller(parts: &http::request::Parts) -> Caller {
    if let Some(caller) = parts.extensions.get::<Caller>() {
        return caller.clone();
    }
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let bearer = header(AUTHORIZATION.as_str())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim());
    let key = bearer.or_else(|| header("x-api-key")).filter(|key| !key.is_empty()).map(str::to_owned);
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    Caller { key, address }
}
