//! Purchases a second, and what an audit takes.

pub(crate) mod audit;
mod shop;

use crate::Format;
use crate::disk::{fdatasync, percentile};
use anyhow::bail;
use ledger::{Ledger, Settings};
use serde_json::json;
use shop::{Place, Schema};
use std::time::{Duration, Instant};

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Clients that buy at the same time, each one thing after the other
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// How long each way is measured, in seconds
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Ways are measured in turns, so often each
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    #[command(flatten)]
    place: Place,
}

/// A way to write.
#[derive(Debug, Clone, Copy)]
struct Way {
    name: &'static str,
    server: bool,
    writes_per_commit: usize,
}

const WAYS: [Way; 3] = [
    Way { name: "SQLite, a commit for each write", server: false, writes_per_commit: 1 },
    Way { name: "SQLite, writes share commits", server: false, writes_per_commit: SHARED },
    Way { name: "PostgreSQL, writes share commits", server: true, writes_per_commit: SHARED },
];

const SHARED: usize = Settings::DEFAULT_WRITES_PER_COMMIT;

/// What a way came to.
#[derive(Debug, Default, Clone)]
struct Measured {
    purchases: usize,
    took: Duration,
    latencies: Vec<Duration>,
    audit: Duration,
    entries: u64,
}

impl Measured {
    fn rate(&self) -> f64 {
        self.purchases as f64 / self.took.as_secs_f64()
    }
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let folder = args.place.folder()?;
    let mut syncs = vec![fdatasync(folder.path(), 200)?];
    let mut measured = vec![Measured::default(); WAYS.len()];
    for round in 0..args.rounds.max(1) {
        for (way, total) in WAYS.iter().zip(&mut measured) {
            let one = match (&args.place.postgres, way.server) {
                (None, true) => continue,
                (Some(server), true) => {
                    let schema = Schema::make(server).await?;
                    let one = measure(&schema.url(), *way, &args).await?;
                    schema.remove().await?;
                    one
                }
                (_, false) => {
                    let path = folder.path().join(format!("{round}-{}.db", way.writes_per_commit));
                    measure(&format!("sqlite://{}", path.display()), *way, &args).await?
                }
            };
            total.purchases += one.purchases;
            total.took += one.took;
            total.latencies.extend(one.latencies);
            total.audit += one.audit;
            total.entries += one.entries;
        }
        syncs.push(fdatasync(folder.path(), 200)?);
    }
    let mut medians: Vec<Duration> = syncs.iter().map(|(median, _)| *median).collect();
    let worst = syncs.iter().map(|(_, p99)| *p99).max().unwrap_or_default();
    report(&args, &mut measured, percentile(&mut medians, 50), worst)
}

async fn measure(url: &str, way: Way, args: &Args) -> anyhow::Result<Measured> {
    let settings = Settings { writes_per_commit: way.writes_per_commit, ..Settings::default() };
    let ledger = Ledger::open_with(url, settings).await?;
    let keys = shop::clients(&ledger, args.clients).await?;
    let start = Instant::now();
    let end = start + Duration::from_secs(args.seconds);
    let latencies = shop::trade(&ledger, keys, move || Instant::now() < end).await?;
    let took = start.elapsed();
    let start = Instant::now();
    let report = ledger.audit().await?;
    let audit = start.elapsed();
    if !report.is_clean() {
        bail!("the books are wrong:\n{report}");
    }
    let entries = report.checks.iter().find(|check| check.name.starts_with("I2")).map_or(0, |check| check.checked);
    ledger.close().await;
    Ok(Measured { purchases: latencies.len(), took, latencies, audit, entries })
}

fn report(args: &Args, measured: &mut [Measured], sync: Duration, worst: Duration) -> anyhow::Result<()> {
    let base = measured.first().map_or(1.0, Measured::rate);
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let mut rows = Vec::new();
    let mut text = format!(
        "{:<36}{:>12}{:>8}{:>10}{:>10}{:>12}{:>14}\n",
        "way", "purchases/s", "ratio", "p50 ms", "p99 ms", "entries", "audit s/1M"
    );
    for (way, one) in WAYS.iter().zip(measured).filter(|(_, one)| one.purchases > 0) {
        let rate = one.rate();
        let (p50, p99) = (percentile(&mut one.latencies, 50), percentile(&mut one.latencies, 99));
        let million = one.audit.as_secs_f64() / (one.entries.max(1) as f64) * 1e6;
        text.push_str(&format!(
            "{:<36}{rate:>12.0}{:>8.2}{:>10.1}{:>10.1}{:>12}{million:>14.2}\n",
            way.name,
            rate / base,
            milliseconds(p50),
            milliseconds(p99),
            one.entries
        ));
        rows.push(json!({
            "way": way.name, "writes_per_commit": way.writes_per_commit, "purchases_per_second": rate,
            "ratio": rate / base, "p50_ms": milliseconds(p50), "p99_ms": milliseconds(p99),
            "audit_seconds_per_million_entries": million,
        }));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let conditions = json!({
        "clients": args.clients, "seconds": args.seconds, "rounds": args.rounds, "cores": cores, "synchronous": "FULL",
        "fdatasync_p50_ms": milliseconds(sync), "fdatasync_p99_ms": milliseconds(worst),
    });
    match args.place.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&json!({"ways": rows, "conditions": conditions}))?),
        Format::Text => println!(
            "{text}\nA purchase is two durable transactions, a hold and a capture. {} clients, {} rounds of {} s in turns, \
             {cores} cores, synchronous=FULL, synchronous_commit=on.\nfdatasync of a page: p50 {:.2} ms, p99 {:.2} ms.",
            args.clients,
            args.rounds,
            args.seconds,
            milliseconds(sync),
            milliseconds(worst)
        ),
    }
    Ok(())
}
