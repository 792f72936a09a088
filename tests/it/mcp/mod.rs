//! An MCP client from the SDK against the real server: all five tools, over HTTP and over stdio.

mod confirmation;
mod http;
mod layers;
mod questions;
mod session;
mod stdio;
