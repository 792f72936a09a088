//! The ledger through its public door, on PostgreSQL: the same tests as on SQLite, but for those that look into a file.

// The configuration allows it in tests only, and knows no helpers of tests.
#![allow(clippy::unwrap_used)]

#[path = "../it/approvals.rs"]
mod approvals;
#[path = "../it/audit.rs"]
mod audit;
#[path = "../it/children.rs"]
mod children;
#[path = "../it/concurrency.rs"]
mod concurrency;
#[path = "../it/context.rs"]
mod context;
#[path = "../it/credit.rs"]
mod credit;
#[path = "../it/fees.rs"]
mod fees;
#[path = "../it/keys.rs"]
mod keys;
#[path = "../it/limits.rs"]
mod limits;
#[path = "../it/model.rs"]
mod model;
mod order;
mod plans;
#[path = "../it/purchases.rs"]
mod purchases;
#[path = "../it/quotes.rs"]
mod quotes;
#[path = "../it/random.rs"]
mod random;
#[path = "../it/reconcile.rs"]
mod reconcile;
#[path = "../it/refunds.rs"]
mod refunds;
mod several;
#[path = "../it/statement.rs"]
mod statement;
mod store;
mod tamper;
#[path = "../it/topups.rs"]
mod topups;
