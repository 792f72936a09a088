//! What the end-to-end tests share: a running gateway with its stand-in providers, and short ways to ask it things.
//!
//! A [`TestContext`] is a real server on a real socket with a ledger of its own; the providers behind it are the
//! sandbox, on another socket. Nothing is mocked in between.

mod answer;
mod binaries;
pub mod books;
mod context;
pub mod crowd;
mod processes;

pub use answer::Answer;
pub use binaries::{Process, binary, xtask};
pub use context::{ADMIN_TOKEN, TestContext, provider};
pub use processes::{free_port, is_up, serve_providers, start_gateway};

/// The folder of the workspace.
pub fn workspace_root() -> &'static std::path::Path {
    std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
