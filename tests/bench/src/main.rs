//! Measures what runs in production. `cargo xtask bench` builds it optimised and starts it.

mod calls;
mod disk;
mod ledger;
mod mcp;
mod search;

use clap::Parser;

/// How quick the servers' parts are, with what they were measured on
#[derive(Debug, Parser)]
#[command(name = "bench")]
enum Bench {
    /// Audits of a large journal
    Audit(ledger::audit::Args),
    /// Calls that cost a fee, against the same calls free of charge
    Calls(calls::Args),
    /// Purchases and audits of a ledger
    Ledger(ledger::Args),
    /// What an assistant pays for: tokens, the start, and calls through the protocol
    Mcp(mcp::Args),
    /// How well services are found, and how quickly
    Search(search::Args),
}

/// How figures are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    gateway::install_crypto();
    match Bench::parse() {
        Bench::Audit(args) => ledger::audit::run(args).await,
        Bench::Calls(args) => calls::run(args).await,
        Bench::Ledger(args) => ledger::run(args).await,
        Bench::Mcp(args) => mcp::run(args).await,
        Bench::Search(args) => search::run(&args),
    }
}
