//! Measures what runs in production. `cargo xtask bench` builds it optimised and starts it.

mod disk;
mod ledger;

use clap::Parser;

/// How quick the servers' parts are, with what they were measured on
#[derive(Debug, Parser)]
#[command(name = "bench")]
enum Bench {
    /// Purchases and audits of a ledger
    Ledger(ledger::Args),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Bench::parse() {
        Bench::Ledger(args) => ledger::run(args).await,
    }
}
