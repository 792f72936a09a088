//! The gateway's binary. Logs go to standard error; `PENUMBRA_LOG` filters them.

use clap::Parser;
use gateway::cli::Cli;
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let directives = std::env::var("PENUMBRA_LOG").ok().filter(|text| !text.trim().is_empty());
    let filter = match EnvFilter::try_new(directives.as_deref().unwrap_or("info,rmcp=warn")) {
        Ok(filter) => filter,
        Err(error) => {
            eprintln!("error: PENUMBRA_LOG can't be used: {error}; try `info` or `gateway=debug,penumbra=info`");
            return ExitCode::from(2);
        }
    };
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    gateway::install_crypto();
    cli.run(generated::catalog()).await
}
