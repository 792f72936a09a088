//! `cargo xtask bench`: how quick our tools are, against what they stand on.

mod clients;
mod process;

use crate::exit::Outcome;
use anyhow::Result;
use clap::Subcommand;

/// Measures, and prints the figures with what they were measured on
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Audits of a large journal, optimised; `cargo xtask bench audit --help` names the flags
    Audit(process::Args),
    Clients(clients::Args),
    /// Purchases and audits of a ledger, optimised; `cargo xtask bench ledger --help` names the flags
    Ledger(process::Args),
    /// Calls through a gateway that cost a fee, against the same calls free of charge, optimised
    Calls(process::Args),
    /// What an assistant pays for: tokens of the menu and of the way to a result, the start, and calls through the protocol
    Mcp(process::Args),
    /// How well services are found and how quickly, optimised; `cargo xtask bench search --help` names the flags
    Search(process::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    match &args.what {
        What::Audit(args) => process::run("audit", &[], args),
        What::Clients(args) => clients::run(args),
        What::Ledger(args) => process::run("ledger", &[], args),
        What::Calls(args) => process::run("calls", &[], args),
        What::Mcp(args) => process::run("mcp", &["--package", "metatool", "--bin", "penumbra-metatool"], args),
        What::Search(args) => process::run("search", &[], args),
    }
}
