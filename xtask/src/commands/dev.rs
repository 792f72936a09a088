//! `cargo xtask dev`: from the files as they are to everything running.

use crate::commands::{generate, validate};
use crate::exit::Outcome;
use crate::output::note;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::process::Command;

/// Validates, generates, builds and runs the gateway, the MCP server and the sandbox on one port
///
/// Ctrl-C stops it. The exit status is that of what ran.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Port on this machine
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

/// Runs the command. On Unix it does not return where all goes well: the process becomes what it runs.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let workspace = Workspace::find()?;
    note("1/4 validate");
    if validate::run(&validate::Args::default())? == Outcome::Findings {
        return Ok(Outcome::Findings);
    }
    note("2/4 generate");
    if generate::run(&generate::Args::default())? == Outcome::Findings {
        return Ok(Outcome::Findings);
    }
    note("3/4 build");
    let binary = workspace.build(&["--package", "sandbox"], "penumbra-dev")?;
    note("4/4 run; Ctrl-C stops it");
    let mut command = Command::new(&binary);
    command.arg("--port").arg(args.port.to_string()).arg("--database").arg(workspace.target().join("penumbra-dev.db"));
    become_process(command).with_context(|| format!("{} can't be run", binary.display()))
}

/// Signals and the exit status then need no forwarding: there is only one process.
#[cfg(unix)]
fn become_process(mut command: Command) -> Result<Outcome> {
    Err(std::os::unix::process::CommandExt::exec(&mut command).into())
}

/// A console's Ctrl-C reaches both processes; the child decides when to end.
#[cfg(not(unix))]
fn become_process(mut command: Command) -> Result<Outcome> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(2))
}
