//! `cargo xtask simulate`: purchases under everything that can go wrong, as many as one likes. A program of its own does it,
//! because nothing here links the gateway.

use crate::exit::Outcome;
use crate::output::note;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::process::Command;

/// Tells stories of purchases with crashes, timeouts and repetitions, and checks the books after each
///
/// Each story is told by its seed and is the same whenever it is told. The books are in SQLite, and then in PostgreSQL where
/// PENUMBRA_TEST_POSTGRES_URL names a server. The exit status is 1 where a cent was lost or doubled.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
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

/// Builds the program optimised and hands over to it.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let workspace = Workspace::find()?;
    note("building the simulation, optimised, where it is not built yet");
    let program = workspace.build(&["--quiet", "--release", "--package", "simulation"], "simulate")?;
    let mut command = Command::new(program);
    command.arg("--purchases").arg(args.purchases.to_string());
    command.args(args.seed.map(|seed| format!("--seed={seed}"))).args(args.moves.then_some("--moves"));
    let status = command.status().context("the simulation can't be run")?;
    match status.code() {
        Some(code @ (0 | 1)) => Ok(Outcome::of(code == 1)),
        Some(code) => bail!("the simulation failed ({code}); its own words are above"),
        None => bail!("the simulation was ended by a signal"),
    }
}
