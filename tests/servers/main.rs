//! Several gateways on one PostgreSQL and one Redis: real processes, real servers.
//!
//! `PENUMBRA_TEST_POSTGRES_URL` names a database in which each test makes a schema of its own, and beside which one of them
//! makes another for a moment; `PENUMBRA_TEST_REDIS_URL` names a Redis. `PENUMBRA_ROUNDS=100` is the full form.

#![allow(clippy::unwrap_used, reason = "a test that finds nothing where something is due has failed")]

mod copy;
mod crowd;
mod database;
mod death;
mod limits;
mod proxy;
mod start;
mod world;

/// The value of a variable without which these tests can't run.
fn needed(variable: &str, such_as: &str) -> String {
    let value = std::env::var(variable).ok().filter(|value| !value.trim().is_empty());
    value.unwrap_or_else(|| panic!("{variable} is not set; these tests need it, such as {such_as}"))
}

/// The Redis under test.
fn redis_url() -> String {
    needed("PENUMBRA_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
}
