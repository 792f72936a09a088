//! The gateway as its users meet it: over real sockets, with a real ledger, in front of stateful stand-in providers.

#![allow(clippy::unwrap_used, reason = "a test that finds nothing where something is due has failed")]

mod approvals;
mod architecture;
mod binary;
mod crowd;
mod discovery;
mod fees;
mod generated_tree;
mod health;
mod keys;
mod kill;
mod lookup;
mod mcp;
mod oracle;
mod parameters;
mod purchase;
mod refusals;
mod topup;
