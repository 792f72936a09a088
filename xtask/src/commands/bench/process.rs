//! `cargo xtask bench ledger`, `calls`, `mcp` and `search`: what runs in production is measured by a program of its own,
//! because nothing here links it.

use crate::exit::Outcome;
use crate::output::note;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::process::Command;

/// What a program measures; `--help` shows what can be set
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    /// What the program is given: `--clients 64 --seconds 5 --folder DIR --format json`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds the program optimised, and what it `starts` itself (as arguments of `cargo build`), and hands over to it.
pub(crate) fn run(what: &str, starts: &[&str], args: &Args) -> Result<Outcome> {
    let workspace = Workspace::find()?;
    note("building the benchmark, optimised, where it is not built yet");
    let build = [&["--quiet", "--release", "--package", "bench"], starts].concat();
    let program = workspace.build(&build, "bench")?;
    let status =
        Command::new(program).arg(what).args(&args.arguments).status().context("the benchmark can't be run")?;
    match status.code() {
        Some(0) => Ok(Outcome::of(false)),
        Some(code) => bail!("the benchmark failed ({code}); its own words are above"),
        None => bail!("the benchmark was ended by a signal"),
    }
}
