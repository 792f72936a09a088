//! The command line.

use std::path::PathBuf;

/// Runs the gateway with its MCP endpoint, and a stand-in for every provider, on one port of this machine.
#[derive(Debug, clap::Parser)]
#[command(name = "penumbra-dev", version)]
pub struct Options {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// File of the embedded database; made if it is not there, kept when the process ends
    /// [default: penumbra-dev.db in $CARGO_TARGET_DIR or target]
    #[arg(long, value_name = "PATH", env = "PENUMBRA_DEV_DATABASE", hide_env_values = true)]
    pub database: Option<PathBuf>,
}

impl Options {
    /// Where the database is.
    pub fn database(&self) -> PathBuf {
        let target = || std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
        self.database.clone().unwrap_or_else(|| target().join("penumbra-dev.db"))
    }
}
