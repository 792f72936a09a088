//! What each route does, a file a group. The list of routes is in `router.rs`.

pub mod account;
pub mod admin;
pub mod approvals;
pub mod approve;
pub mod catalog;
pub mod docs;
pub mod envelope;
pub mod fallback;
pub mod health;
pub mod input;
pub mod keys;
pub mod mcp;
pub mod openapi;
pub mod proxy;
pub mod published;
pub mod settlement;
pub mod tools;
pub mod topups;

pub use published::PublishedIndex;

#[cfg(test)]
mod tests;
