//! How well and how quickly services are found, by the product's own search over services from a file.
//!
//! The services are described here, as `cargo xtask gen` does it, and handed to a process of its own, which searches:
//! its memory and its first search are those of a server that has its catalogue compiled in.

mod confused;
mod figures;
mod slips;
mod subject;

use crate::Format;
use anyhow::{Context, bail};
use figures::Ranks;
use metatool::search::Index;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use subject::{Prepared, Subject};

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Services: a JSON array of objects with `id` and `description`
    #[arg(long, value_name = "FILE")]
    services: PathBuf,
    /// Queries: a line each, with the id of the service that is right behind a tab
    #[arg(long, value_name = "FILE")]
    queries: PathBuf,
    /// How to print; `json` is the figures of the search as it is, without those that they are compared with
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Chooses where the slips are
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print so many pairs of services that are taken for each other, most often first
    #[arg(long, value_name = "PAIRS", default_value_t = 0)]
    confused: usize,
    /// The services as the first process described them
    #[arg(long, hide = true)]
    prepared: Option<PathBuf>,
}

/// A request, and the service that answers it.
#[derive(Debug)]
struct Query {
    text: String,
    service: String,
}

/// Hits that are asked for: as many as the figures look at.
const HITS: usize = 10;
/// Services and tools each of the catalogue that only times are measured with.
const LARGE: (usize, usize) = (1000, 20);
/// Queries that are timed there.
const TIMED: usize = 1000;

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.prepared {
        None => prepare(args),
        Some(prepared) => search(args, prepared),
    }
}

/// Describes the services and starts the process that searches them.
fn prepare(args: &Args) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&args.services).with_context(|| args.services.display().to_string())?;
    let subject = Subject::describe(&text).with_context(|| args.services.display().to_string())?;
    let file = tempfile::NamedTempFile::new()?;
    serde_json::to_writer(&file, &Prepared { small: &subject, large: &subject.grown(LARGE.0, LARGE.1) })?;
    let mut again: Vec<_> = std::env::args_os().skip(1).collect();
    again.extend(["--prepared".into(), file.path().into()]);
    let status = std::process::Command::new(std::env::current_exe()?).args(again).status()?;
    if !status.success() {
        bail!("the process that searches failed ({status})");
    }
    Ok(())
}

/// A way to search, on queries of a kind.
#[derive(Debug, Serialize)]
struct Figures {
    recall_at_1: f64,
    recall_at_5: f64,
    recall_at_10: f64,
    mrr: f64,
    ndcg_at_5: f64,
    p50_us: u64,
    p99_us: u64,
    queries: usize,
}

fn search(args: &Args, prepared: &Path) -> anyhow::Result<()> {
    let queries = queries(&args.queries)?;
    #[derive(Deserialize)]
    struct Both {
        small: Subject,
        large: Subject,
    }
    let Both { small, large } = serde_json::from_reader(std::io::BufReader::new(std::fs::File::open(prepared)?))?;
    let catalog = small.catalog()?;
    let first_query = queries.first().context("there are no queries")?;
    let before = resident_kib();
    let start = Instant::now();
    let index = Index::build(&catalog);
    let built = start.elapsed();
    index.services(&first_query.text, None, HITS);
    let first = start.elapsed();
    let whole = measure(&index, &small, &queries);
    let after = resident_kib();
    if args.format == Format::Json {
        println!("{:#}", json!(whole));
        return Ok(());
    }
    let slipped: Vec<Query> = slips::slipped(&queries, args.seed);
    let whole_slipped = measure(&index, &small, &slipped);
    let words = Index::build(&catalog).by_words_only();
    println!(
        "{:<36}{:>8}{:>8}{:>8}{:>8}{:>8}{:>10}{:>10}",
        "", "R@1", "R@5", "R@10", "MRR", "nDCG@5", "p50 us", "p99 us"
    );
    row("meaning and words", &whole);
    row("  with a slip in each query", &whole_slipped);
    row("words alone", &measure(&words, &small, &queries));
    row("  with a slip in each query", &measure(&words, &small, &slipped));
    let (large, timed) = (large, spread(&queries, TIMED));
    let catalog = large.catalog()?;
    let index = Index::build(&catalog);
    let [services, tools] = [LARGE.0.to_string(), (LARGE.0 * LARGE.1).to_string()];
    times(&format!("{services} services, {tools} tools"), &index, &timed);
    times("  words alone", &index.by_words_only(), &timed);
    println!(
        "\n{} queries over {} services. First search: {:.1} ms, of which {:.1} ms build the index. Resident: {:.1} MiB \
         before it, {:.1} MiB after all.\nSlips: one random edit in one word of four letters or more, seed {}. {} cores; \
         queries one after the other.",
        whole.queries,
        small.len(),
        first.as_secs_f64() * 1000.0,
        built.as_secs_f64() * 1000.0,
        before as f64 / 1024.0,
        after as f64 / 1024.0,
        args.seed,
        std::thread::available_parallelism().map_or(1, usize::from),
    );
    if args.confused > 0 {
        let index = Index::build(&small.catalog()?);
        confused::print(&index, &small, &queries, args.confused);
    }
    Ok(())
}

/// A line each: the query, a tab, the service.
fn queries(path: &Path) -> anyhow::Result<Vec<Query>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            let (query, service) = line
                .rsplit_once('\t')
                .with_context(|| format!("{}, line {}: no tab between query and service", path.display(), at + 1))?;
            Ok(Query { text: query.to_owned(), service: service.trim().to_owned() })
        })
        .collect()
}

fn measure(index: &Index, subject: &Subject, queries: &[Query]) -> Figures {
    let mut ranks = Ranks::default();
    let mut times = Vec::with_capacity(queries.len());
    for query in queries {
        let start = Instant::now();
        let found = index.services(&query.text, None, HITS);
        times.push(start.elapsed());
        ranks.push(found.hits.iter().position(|hit| subject.is_at(&query.service, hit.entry)));
    }
    Figures {
        recall_at_1: ranks.recall(1),
        recall_at_5: ranks.recall(5),
        recall_at_10: ranks.recall(10),
        mrr: ranks.reciprocal(),
        ndcg_at_5: ranks.gain(5),
        p50_us: micros(&mut times, 50),
        p99_us: micros(&mut times, 99),
        queries: queries.len(),
    }
}

fn micros(times: &mut [Duration], percent: usize) -> u64 {
    u64::try_from(crate::disk::percentile(times, percent).as_micros()).unwrap_or(u64::MAX)
}

fn row(name: &str, figures: &Figures) {
    let Figures { recall_at_1, recall_at_5, recall_at_10, mrr, ndcg_at_5, p50_us, p99_us, .. } = figures;
    println!(
        "{name:<36}{recall_at_1:>8.4}{recall_at_5:>8.4}{recall_at_10:>8.4}{mrr:>8.4}{ndcg_at_5:>8.4}{p50_us:>10}{p99_us:>10}"
    );
}

/// Every so-manieth query, `most` of them.
fn spread(queries: &[Query], most: usize) -> Vec<&str> {
    let step = queries.len().div_ceil(most).max(1);
    queries.iter().step_by(step).map(|query| query.text.as_str()).collect()
}

fn times(name: &str, index: &Index, queries: &[&str]) {
    let mut times: Vec<Duration> = queries
        .iter()
        .map(|query| {
            let start = Instant::now();
            std::hint::black_box(index.services(query, None, HITS));
            start.elapsed()
        })
        .collect();
    println!("{name:<76}{:>10}{:>10}", micros(&mut times, 50), micros(&mut times, 99));
}

/// Memory of this process that is in use, in KiB; 0 where the system doesn't tell.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
