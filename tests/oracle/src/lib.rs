//! Two ways to put a call on the wire, one request: the gateway's table-driven executor and the typed client.
//!
//! They share no code: the executor reads the catalogue, the client is Rust that the compiler wrote. Where they agree to
//! the byte, both did what the document says, or both are wrong in the same way, which is why the executor's own tests
//! are written from the specification.
//!
//! The library compares one call. The binary does it for a whole service with a client that is a process of its own, so
//! that neither this crate nor `xtask` links the clients of a hundred documents.

mod compare;
mod recorder;
mod typed;

pub use compare::{Verdict, compare};
pub use recorder::{Answer, Recorder, Sent};
pub use typed::TypedProcess;
