//! The five tools an assistant sees, however many services stand behind them, and the search that finds the right one.
//!
//! The library is mounted by the gateway ([`http_service`]) and by the binary `penumbra-metatool` ([`serve_stdio`] over
//! [`RemoteBackend`]). It knows the catalogue and the Model Context Protocol; it knows no provider, no credential and
//! no ledger: those are behind [`Backend`].
//!
//! ```text
//! menu      what tools/list answers: constant, whatever the catalogue holds
//! server    the protocol: discover, list, call, and who is calling
//! tools/    one file a tool: arguments in, a value that conforms to the menu's output schema out
//! ask/      questions to the person at the client, before an assistant buys or destroys
//! fit/      answers cut to what was asked for and to what a context bears, and the rest kept for a while
//! search/   services and tools by words and by meaning, built on first use
//! remote/   the backend that is a gateway somewhere else, and its catalogue kept current
//! ```

mod arguments;
mod ask;
mod backend;
mod fit;
mod http_edge;
mod menu;
mod outcome;
mod progress;
mod published;
mod remote;
pub mod search;
mod server;
mod stdio;
mod tools;

pub use backend::{
    Account, AccountBalance, Backend, Caller, Confirmation, Cost, CostKind, HealthStatus, PurchaseRef, ServiceHealth,
    ToolCall, ToolResult, Verdict,
};
pub use http_edge::{HttpSettings, Sessions, http_service, http_service_of};
pub use published::{MAX_PUBLISHED, MAX_SERVICES, Published, digest};
pub use remote::{Refresh, RemoteBackend, RemoteError};
pub use server::Metatool;
pub use stdio::{StdioError, serve_stdio};
