//! `conformance-fixtures`: the gateway, with the tools, prompts and resources that the conformance suite of the Model
//! Context Protocol wants to find in a server.
//!
//! The suite calls tools by name (`test_simple_text` and so on), so a server of five tools shows it little of what its
//! protocol stack can do. This program is that stack: the gateway's router with its layers, the metatool's endpoint with
//! its checks of `Host` and `Origin`, its cache hints and its errors. Only the handler behind it knows more tools. It is a
//! program of its own, and not a feature of the gateway, so that no build of the gateway can have them.
//!
//! ```text
//! handler     the metatool, and the fixtures beside it
//! tools/      a file a kind: plain contents, notices under way, questions of older eras, rounds of the newest
//! prompts     prompts and the completion of their arguments
//! resources   resources, one of them a template
//! ```
//!
//! `.ci/conformance` runs the suite against it.

mod handler;
mod json;
mod prompts;
mod resources;
mod tools;

use anyhow::Context;
use axum::Router;
use clap::Parser;
use gateway::{Config, Gateway};
use handler::Fixtures;
use ledger::Ledger;
use metatool::{HttpSettings, Metatool, Sessions, http_service_of};
use rmcp::model::RequestStateCodec;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Serves the gateway with the fixtures of the conformance suite at /mcp, until SIGINT or SIGTERM.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:0")]
    listen: String,
    /// Keep sessions for clients of older eras, which the gateway does only if it is told to
    #[arg(long)]
    sessions: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let folder = tempfile::tempdir().context("no temporary folder for the ledger")?;
    let database_url = format!("sqlite://{}", folder.path().join("ledger.db").display());
    let ledger = Ledger::open(&database_url).await?;
    let config = Config { database_url, ..Config::default() };
    let gateway = Gateway::new(config, Arc::new(generated::catalog()), ledger)?;

    let listener =
        TcpListener::bind(&options.listen).await.with_context(|| format!("can't listen on {}", options.listen))?;
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    println!("Fixtures listen on http://{}", listener.local_addr()?);
    let sessions = if options.sessions { Sessions::InMemory } else { Sessions::None };
    let app = router(&gateway, sessions)?.into_make_service_with_connect_info::<SocketAddr>();
    // Nothing here is worth waiting for; a subscription would never end.
    tokio::select! {
        served = async { axum::serve(listener, app).await } => served?,
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

fn router(gateway: &Gateway, sessions: Sessions) -> anyhow::Result<Router> {
    let mut key = [0u8; 32];
    getrandom::fill(&mut key).context("no random numbers")?;
    let codec = RequestStateCodec::try_new(key)?;
    Ok(gateway.router_with(move |backend, settings| {
        http_service_of(Fixtures::new(Metatool::new(backend), codec), HttpSettings { sessions, ..settings })
    }))
}
