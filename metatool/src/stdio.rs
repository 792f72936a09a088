//! The tools over standard input and output.

use crate::backend::{Backend, Caller};
use crate::server::Metatool;
use rmcp::service::{QuitReason, ServerInitializeError};
use std::sync::Arc;

/// Why the conversation ended otherwise than by its end.
#[derive(Debug, thiserror::Error)]
pub enum StdioError {
    /// The client did not open the conversation as the protocol asks.
    #[error("the client did not open the conversation as the Model Context Protocol asks: {0}")]
    Opening(Box<ServerInitializeError>),
    /// Our own failure.
    #[error("the conversation broke off: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

/// Serves one client on standard input and output, for `caller`, until the client closes standard input.
///
/// Standard output carries the protocol and nothing else: log to standard error.
pub async fn serve_stdio(backend: Arc<dyn Backend>, caller: Caller) -> Result<(), StdioError> {
    let metatool = Metatool::for_caller(backend, caller);
    let running = match rmcp::serve_server(metatool, rmcp::transport::stdio()).await {
        Ok(running) => running,
        // A client that only looked whether the program starts.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(StdioError::Opening(Box::new(error))),
    };
    match running.waiting().await? {
        QuitReason::JoinError(error) => Err(error.into()),
        _ => Ok(()),
    }
}
