//! `penumbra-metatool`: the five tools on standard input and output, for a gateway somewhere else.

use anyhow::Context;
use clap::Parser;
use metatool::{Caller, Refresh, RemoteBackend};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// Where the key comes from. Never the command line, which other users of the machine can read.
const KEY: &str = "PENUMBRA_API_KEY";

/// Serves Penumbra's five tools to one MCP client over standard input and output.
#[derive(Parser)]
#[command(
    version,
    after_help = "\
The key is read from the environment variable PENUMBRA_API_KEY; without it, only anonymous tools can be called.
Logs go to standard error; PENUMBRA_LOG=debug shows more.
What the gateway has is kept in $XDG_CACHE_HOME/penumbra or ~/.cache/penumbra, so that a start without it knows its services.
The program ends when the client closes standard input. Exit codes: 0 well, 2 it could not start or broke off.

A client's settings:
  {\"mcpServers\": {\"penumbra\": {
    \"command\": \"penumbra-metatool\",
    \"args\": [\"--gateway\", \"http://127.0.0.1:8080\"],
    \"env\": {\"PENUMBRA_API_KEY\": \"unified-...\"}}}}"
)]
struct Options {
    /// Address of the gateway that runs the calls
    #[arg(long, env = "PENUMBRA_GATEWAY", value_name = "URL", default_value = "http://127.0.0.1:8080")]
    gateway: String,
    /// Seconds between two looks at the gateway's catalogue; 0 shows what is compiled in, and keeps nothing on disk
    #[arg(
        long,
        env = "PENUMBRA_METATOOL_REFRESH",
        value_name = "SECONDS",
        default_value_t = Refresh::default().every.as_secs(),
        value_parser = clap::value_parser!(u64).range(0..=86_400)
    )]
    refresh: u64,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let directives = std::env::var("PENUMBRA_LOG").ok().filter(|text| !text.trim().is_empty());
    let filter = match EnvFilter::try_new(directives.as_deref().unwrap_or("warn")) {
        Ok(filter) => filter,
        Err(error) => {
            eprintln!("error: PENUMBRA_LOG can't be used: {error}; try `debug` or `metatool=debug`");
            return ExitCode::from(2);
        }
    };
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Where catalogues are kept, as the XDG Base Directory Specification has it: a path that is not absolute counts for nothing.
fn cache() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let root = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    root.map(|root| root.join("penumbra"))
}

fn run(options: &Options) -> anyhow::Result<()> {
    let key = match std::env::var(KEY) {
        Ok(key) => Some(key.trim().to_owned()).filter(|key| !key.is_empty()),
        Err(std::env::VarError::NotPresent) => None,
        Err(error) => return Err(error).context(format!("{KEY} can't be read")),
    };
    // One client, and calls that mostly wait: threads would only make the start slower.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let mut backend = RemoteBackend::new(&options.gateway, generated::catalog())?;
        if options.refresh > 0 {
            backend = backend.refreshing(Refresh { every: Duration::from_secs(options.refresh), cache: cache() });
        }
        if key.is_some() && backend.is_exposed() {
            eprintln!("warning: the key travels unencrypted to {}; use an https:// address", backend.gateway());
        }
        tracing::info!(gateway = backend.gateway(), key = key.is_some(), "serving on standard input and output");
        metatool::serve_stdio(Arc::new(backend), Caller { key, address: None }).await?;
        anyhow::Ok(())
    });
    // A call that still runs is for nobody now, and a read of standard input can't be ended otherwise.
    runtime.shutdown_background();
    ended
}
