//! Stories of purchases, as many as one likes. `cargo xtask simulate` builds it optimised and starts it.

use clap::Parser;
use simulation::{Plan, Store};
use std::process::ExitCode;

/// Purchases under crashes, timeouts, repetitions and refusals, as a seed has it
#[derive(Debug, Parser)]
#[command(name = "simulate")]
struct Args {
    /// How many purchases clients ask for
    #[arg(long, default_value_t = 50_000)]
    purchases: usize,
    /// The seed of the first story [default: another one each time]
    #[arg(long)]
    seed: Option<u64>,
    /// Print each move
    #[arg(long)]
    moves: bool,
}

fn main() -> ExitCode {
    let Args { purchases, seed, moves: told } = Args::parse();
    let seed = seed.unwrap_or_else(simulation::any_seed);
    let mut well = true;
    for store in Store::all() {
        let report = Plan { store, seed, purchases, told }.run();
        well &= report.violations.is_empty();
        println!("{report}\n");
    }
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
