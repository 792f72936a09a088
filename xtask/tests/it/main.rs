//! The command line as its users meet it: the real binary, in folders of its own.

#![allow(clippy::unwrap_used, reason = "a test that can not go on fails")]

mod corpus;
mod diff;
mod generate;
mod meanings;
mod project;
mod sarif;
mod scaffold_bundle;
mod scaffold_provider;
mod server;
mod usage;
mod validate;
