//! `penumbra-dev`: gateway, metatool and stand-in providers in one process, on one port of this machine.
//!
//! Exit status: 0 stopped as asked, 1 something failed, 2 wrong use (a flag, a port that can't be had).

mod options;
mod ready;
mod serve;
mod tour;
mod welcome;

#[cfg(test)]
#[path = "../../../tests/stand_in/fixture.rs"]
mod fixture;

use clap::Parser;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let options = options::Options::parse();
    let filter = EnvFilter::try_from_env("PENUMBRA_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match serve::run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(if error.is::<serve::PortUnavailable>() { 2 } else { 1 })
        }
    }
}
