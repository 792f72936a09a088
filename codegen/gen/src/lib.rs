//! From a checked provider to everything that `cargo xtask gen` writes.
//!
//! [`compile`] turns a provider into the model that servers read; [`catalog_text`], [`facade`] and, with the feature
//! `clients`, [`clients::generate`] write it down; [`lock`] and [`plan`] know what is up to date. All of it is text in,
//! text out: the same input gives the same bytes on every machine, and nothing here touches disk, network or clock.

mod catalog;
#[cfg(feature = "clients")]
pub mod clients;
mod compile;
mod facade;
pub mod lock;
pub mod plan;
pub mod samples;
mod verify;

pub use catalog::catalog_text;
pub use compile::compile;
pub use facade::{Output, Summary, facade};
pub use verify::{Flaw, verify};

/// Version of what is written, as it stands in `gen.lock`. Raise it whenever the same input gives other output: every
/// provider is stale then.
pub const GENERATOR: &str = "uaps-gen-11";
