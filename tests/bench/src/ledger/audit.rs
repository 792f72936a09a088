//! What an audit of a large journal takes.

use super::shop::{self, Place, Schema};
use crate::Format;
use crate::disk::percentile;
use anyhow::bail;
use ledger::{Ledger, Settings};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Entries that the journal has at least; two a purchase
    #[arg(long, default_value_t = 1_000_000)]
    entries: u64,
    /// Clients that buy while the journal is filled, each with an account of its own
    #[arg(long, default_value_t = 256)]
    clients: usize,
    /// How often each journal is audited
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    #[command(flatten)]
    place: Place,
}

/// What the audits of a journal came to.
struct Audited {
    store: &'static str,
    entries: u64,
    filled: Duration,
    audits: Vec<Duration>,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let folder = args.place.folder()?;
    let url = format!("sqlite://{}", folder.path().join("audit.db").display());
    let mut audited = vec![audit("SQLite", &url, &args).await?];
    if let Some(server) = &args.place.postgres {
        let schema = Schema::make(server).await?;
        audited.push(audit("PostgreSQL", &schema.url(), &args).await?);
        schema.remove().await?;
    }
    report(&args, audited)
}

async fn audit(store: &'static str, url: &str, args: &Args) -> anyhow::Result<Audited> {
    let settings = Settings { writes_per_commit: args.clients.max(1), ..Settings::default() };
    let ledger = Ledger::open_with(url, settings).await?;
    let keys = shop::clients(&ledger, args.clients.max(1)).await?;
    let start = Instant::now();
    let begun = Arc::new(AtomicU64::new(0));
    let entries = args.entries;
    shop::trade(&ledger, keys, move || begun.fetch_add(2, Ordering::Relaxed) < entries).await?;
    let mut audited = Audited { store, entries: 0, filled: start.elapsed(), audits: Vec::new() };
    for _ in 0..args.rounds.max(1) {
        let start = Instant::now();
        let report = ledger.audit().await?;
        audited.audits.push(start.elapsed());
        if !report.is_clean() {
            bail!("the books are wrong:\n{report}");
        }
        audited.entries = report.checks.iter().find(|check| check.name.starts_with("I2")).map_or(0, |c| c.checked);
    }
    ledger.close().await;
    Ok(audited)
}

fn report(args: &Args, audited: Vec<Audited>) -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut text =
        format!("{:<12}{:>12}{:>12}{:>12}{:>12}\n", "store", "entries", "median s", "worst s", "filled in s");
    let mut rows = Vec::new();
    for mut one in audited {
        let median = percentile(&mut one.audits, 50).as_secs_f64();
        let worst = one.audits.last().map_or(0.0, Duration::as_secs_f64);
        let filled = one.filled.as_secs_f64();
        text.push_str(&format!("{:<12}{:>12}{median:>12.2}{worst:>12.2}{filled:>12.0}\n", one.store, one.entries));
        rows.push(json!({
            "store": one.store, "entries": one.entries, "median_seconds": median, "worst_seconds": worst,
            "audits": one.audits.len(), "filled_in_seconds": filled,
        }));
    }
    match args.place.format {
        Format::Json => println!(
            "{}",
            serde_json::to_string_pretty(
                &json!({"journals": rows, "conditions": {"cores": cores, "clients": args.clients}})
            )?
        ),
        Format::Text => print!(
            "{text}\nAll invariants and the hash chain, {} audits of each journal, {} accounts of customers, {cores} cores.\n",
            args.rounds.max(1),
            args.clients
        ),
    }
    Ok(())
}
