//! The five tools as their clients see them.
#![allow(missing_docs, clippy::unwrap_used)]

mod catalog;
mod execute;
mod fake;
mod http;
mod list_tools;
mod long_answers;
#[cfg(feature = "encoder")]
mod meaning;
mod protocol;
mod refresh;
mod remote;
mod search;
mod search_services;
mod session;
mod stand;
mod start_and_health;
mod stdio;
