//! The ledger through its public door, and its database through a second one.

// The configuration allows it in tests only, and knows no helpers of tests.
#![allow(clippy::unwrap_used)]

mod approvals;
mod audit;
mod backup;
mod children;
mod concurrency;
mod context;
mod credit;
mod fees;
mod file;
mod keys;
mod limits;
mod model;
mod open;
mod purchases;
mod quotes;
mod random;
mod reconcile;
mod refunds;
mod statement;
mod store;
mod tamper;
mod topups;
