//! The gateway: one HTTP server in front of every provider of the catalogue.
//!
//! ```text
//! router.rs      every route, in one list
//! routes/        what each of them does, a file a group
//! backend.rs     the same services for the five MCP tools
//! pipeline/      the one way every call takes: key, level, limit, validation, billing, upstream, settlement
//! executor/      arguments <-> HTTP requests, table-driven, pure
//! validate/      arguments against the operation's schema
//! external.rs    services from a folder, beside those that are compiled in
//! openapi/       the catalogue as OpenAPI documents
//! credentials.rs the gateway's credentials with providers; upstream.rs the way to them
//! stripe/        money coming in: top-ups and their webhooks
//! confirmation/  what a person at the client has to say yes to: tokens of the question, good once
//! config.rs      what the operator decides; cli/ the command line
//! ```
//!
//! Nothing here knows a provider by name: what differs between them is in the catalogue.

#![allow(
    clippy::result_large_err,
    reason = "`Problem` is what every refusal is, at every layer; it is made once a request and a box would only hide it"
)]

mod backend;
mod caller;
pub mod cli;
mod config;
mod confirmation;
mod credentials;
mod error;
pub mod executor;
mod external;
mod gateway;
mod health;
mod links;
mod openapi;
mod payment;
mod pipeline;
mod resolve;
mod router;
mod routes;
mod schema;
mod secret;
mod server;
mod stripe;
#[cfg(test)]
mod testing;
mod trail;
mod upstream;
mod validate;

pub use config::{Config, ConfigError};
pub use credentials::{CredentialMissing, ProviderSetting, ProviderSettings};
pub use error::{GatewayError, Rejection};
pub use external::{ExternalError, extend};
pub use gateway::Gateway;
pub use pipeline::{Limits, Pass, Reconcile, RedisAddress, Stage, Watch, Watcher, Who};
pub use secret::Secret;
pub use stripe::StripeSettings;
pub use upstream::{Channel, SendError, Transport, Upstream};

/// Chooses the process's TLS implementation (rustls with ring). Once is enough; more does no harm.
pub fn install_crypto() {
    // An error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
