//! What a fee costs: calls through a gateway that cost a cent, and the same calls free of charge, in turns.

use crate::disk::{fdatasync, percentile};
use anyhow::{Context, bail};
use futures::future::BoxFuture;
use gateway::executor::OutboundRequest;
use gateway::{Channel, Config, Gateway, SendError, Transport, Upstream, Watcher};
use ledger::{Ledger, NewKey};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::watch;
use uaps_model::{AccessLevel, Catalog};

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Clients that call at the same time, each one call after the other
    #[arg(long, default_value_t = 16)]
    clients: usize,
    /// How long each kind of call is measured in a round, in seconds
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Kinds are measured in turns, so often each
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Where the ledger is made, on the disk that is to be measured
    #[arg(long, default_value = ".")]
    folder: PathBuf,
}

/// A provider in this process: what is measured is the gateway.
#[derive(Debug)]
struct Canned;

impl Transport for Canned {
    fn send(&self, _: OutboundRequest, _: Channel) -> BoxFuture<'_, Result<reqwest::Response, SendError>> {
        Box::pin(async {
            let answer =
                http::Response::builder().header("content-type", "application/json").body(r#"{"sky": "clear"}"#);
            answer.map(reqwest::Response::from).map_err(|error| SendError::Broken(error.to_string()))
        })
    }
}

/// Two operations that differ in their fee alone.
fn catalog() -> anyhow::Result<Catalog> {
    let operation = |tool: &str, cents: i64| {
        json!({
            "tool": tool, "operation_id": tool, "method": "GET", "path": format!("/{tool}"), "title": tool,
            "access": "authenticated", "fee_cents": cents,
            "hints": {"read_only": true, "destructive": false, "idempotent": true},
            "responses": [{"status": "200", "content_type": "application/json"}],
            "input": {"type": "object", "properties": {}, "additionalProperties": false},
            "example": {"arguments": {}, "status": 200},
        })
    };
    let service = json!({
        "format": uaps_model::FORMAT, "id": "weather", "name": "Weather", "description": "The sky", "category": "weather",
        "version": "1", "upstream": "http://127.0.0.1:1", "auth": {"scheme": "none"},
        "rate_limits": {"default_per_minute": 1_000_000_000, "burst": 1_000_000_000}, "access": {},
        "facts": {"description": "The sky", "flow": "", "pricing_model": "", "typical_response_time": ""},
        "schemas": {}, "operations": [operation("free", 0), operation("metered", 1)],
    });
    Ok(Catalog::from_json([service.to_string()])?)
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(&args.folder)
        .with_context(|| format!("{} can't be written; name another --folder", args.folder.display()))?;
    let ledger = Ledger::open(&format!("sqlite://{}", folder.path().join("ledger.db").display())).await?;
    let mut keys = Vec::with_capacity(args.clients);
    for n in 0..args.clients {
        let new = NewKey {
            credit_cents: 1_000_000_000,
            ..NewKey::new(format!("client-{n}@example.com"), AccessLevel::Authenticated)
        };
        keys.push(ledger.create_key(new).await?.secret.reveal().to_owned());
    }
    let config = Config::default();
    let upstream = Upstream::over(Arc::new(Canned), Duration::from_secs(5));
    let gateway = Gateway::over(config, Arc::new(catalog()?), ledger.clone(), upstream, Watcher::default())?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let mut stopping = stopped.clone();
    let server = tokio::spawn(async move {
        gateway.serve(listener, async move { drop(stopping.wait_for(|stop| *stop).await) }).await
    });
    let kinds = ["free", "metered"];
    let mut syncs = vec![fdatasync(folder.path(), 200)?.0];
    let mut rates = [Vec::new(), Vec::new()];
    let mut latencies = [Vec::new(), Vec::new()];
    for _ in 0..args.rounds.max(1) {
        for (kind, name) in kinds.iter().enumerate() {
            let url = format!("http://{address}/weather/{name}");
            let start = Instant::now();
            let end = start + Duration::from_secs(args.seconds);
            let clients: Vec<_> = keys.iter().map(|key| tokio::spawn(call(url.clone(), key.clone(), end))).collect();
            let mut times = Vec::new();
            for client in clients {
                times.extend(client.await??);
            }
            rates[kind].push(times.len() as f64 / start.elapsed().as_secs_f64());
            latencies[kind].extend(times);
        }
        syncs.push(fdatasync(folder.path(), 200)?.0);
    }
    stop.send_replace(true);
    server.await??;
    let report = ledger.audit().await?;
    if !report.is_clean() {
        bail!("the books are wrong:\n{report}");
    }
    let median = |values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let free = median(&mut rates[0]);
    println!("{:<10}{:>10}{:>8}{:>10}{:>10}", "call", "calls/s", "ratio", "p50 ms", "p99 ms");
    for (kind, name) in kinds.iter().enumerate() {
        let rate = median(&mut rates[kind]);
        let (p50, p99) = (percentile(&mut latencies[kind], 50), percentile(&mut latencies[kind], 99));
        println!("{name:<10}{rate:>10.0}{:>8.2}{:>10.2}{:>10.2}", rate / free, milliseconds(p50), milliseconds(p99));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "\nOver real sockets, clients and gateway in one process, the provider in memory. {} clients, medians of {} rounds of {} s \
         in turns, {cores} cores, SQLite FULL.\nfdatasync of a page: p50 {:.2} ms.",
        args.clients,
        args.rounds,
        args.seconds,
        milliseconds(percentile(&mut syncs, 50))
    );
    Ok(())
}

/// Calls until the time is over; how long each call took.
async fn call(url: String, key: String, end: Instant) -> anyhow::Result<Vec<Duration>> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let mut times = Vec::new();
    while Instant::now() < end {
        let start = Instant::now();
        let answer = client.get(&url).header("x-api-key", &key).send().await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        if !status.is_success() {
            bail!("{url} answered {status}: {}", String::from_utf8_lossy(&body));
        }
        times.push(start.elapsed());
    }
    Ok(times)
}
