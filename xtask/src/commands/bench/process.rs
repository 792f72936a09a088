//! `cargo xtask bench ledger`, `calls` and `search`: what runs in production is measured by a program of its own, because nothing here links it.

use crate::exit::Outcome;
use crate::output::note;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::process::Command;

/// Purchases a second on a real disk, with shared commits and without; `--help` behind `--` shows what can be set
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What the program is given: `-- --clients 64 --seconds 5 --folder DIR --format json`
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

/// The same without the two hyphens before what the program is given
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Direct {
    /// What the program is given: `--services FILE --queries FILE --format json`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl From<&Direct> for Args {
    fn from(direct: &Direct) -> Self {
        Args { arguments: direct.arguments.clone() }
    }
}

/// Builds the program optimised and hands over to it.
pub(crate) fn run(what: &str, args: &Args) -> Result<Outcome> {
    let workspace = Workspace::find()?;
    note("building the benchmark, optimised, where it is not built yet");
    let program = workspace.build(&["--quiet", "--release", "--package", "bench"], "bench")?;
    let status =
        Command::new(program).arg(what).args(&args.arguments).status().context("the benchmark can't be run")?;
    match status.code() {
        Some(0) => Ok(Outcome::of(false)),
        Some(code) => bail!("the benchmark failed ({code}); its own words are above"),
        None => bail!("the benchmark was ended by a signal"),
    }
}
