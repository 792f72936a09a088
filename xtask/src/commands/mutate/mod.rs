//! `cargo xtask mutate`: broken variants of every document of a folder, and what the compiler must never do with them.

mod replay;
mod supervise;
mod tally;

use crate::commands::corpus::{Selection, documents};
use crate::exit::Outcome;
use crate::output::{note, print};
use crate::progress::Progress;
use crate::workspace::{Workspace, shown};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use std::time::Instant;
use supervise::Run;
use tally::Tally;
use uaps_mutate::job::Job;

/// Changes documents at random, and sees that the compiler takes or refuses each without a panic or a hang
///
/// Every mutant is one to three operations of a document of DIR with what they reach, or the whole document, with parts
/// deleted, duplicated, swapped, retyped or pointed elsewhere. It is scaffolded, linted, compiled and verified, and some
/// get a typed client. The same seed gives the same mutants. The exit status is 1 where something was found.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// How many mutants are tried, spread evenly over the documents
    #[arg(long, default_value_t = 20_000)]
    count: u64,
    /// What chance depends on
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Generate the typed client of every Nth mutant of a document; 0 for none
    #[arg(long, value_name = "N", default_value_t = 4)]
    clients_every: u64,
    /// Seconds after which a mutant has hung
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    timeout: u64,
    /// Write one mutant to standard output and say what comes of it: petstore.yaml:17
    #[arg(long, value_name = "FILE:NUMBER")]
    replay: Option<String>,
    /// With --replay: write the smallest document that fails in the same way instead
    #[arg(long, requires = "replay")]
    shrink: bool,
    /// How the result is written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Counts, and a line for each class of findings
    Table,
    /// One JSON object
    Json,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let documents = read(args)?;
    let workspace = Workspace::find()?;
    note("building the mutation worker, where it is not built yet");
    let worker = workspace
        .build(&["--quiet", "--release", "--package", "uaps-mutate", "--features", "clients"], "uaps-mutate")?;
    if let Some(place) = &args.replay {
        return replay::run(args, &worker, documents, place);
    }
    let names: Vec<String> = documents.iter().map(|(name, _)| name.clone()).collect();
    let job = Job {
        documents,
        seed: args.seed,
        first: 0,
        step: 1,
        end: args.count,
        clients_every: args.clients_every,
        shrink: false,
    };
    let start = Instant::now();
    let progress = Progress::new(usize::try_from(args.count).unwrap_or(usize::MAX));
    let mut tally = Tally::new(names);
    let mut tried_in_all = 0;
    Run { worker: &worker, timeout: args.timeout, job: &job }.on_every_core(|number, tried| {
        progress.step();
        tried_in_all += 1;
        tally.add(number, &tried);
    })?;
    drop(progress);
    if tried_in_all != args.count {
        bail!("{tried_in_all} of {} mutants were tried; a worker ended before its work was done", args.count);
    }
    let seconds = start.elapsed().as_secs_f64();
    print(&match args.format {
        Format::Table => tally.table(seconds),
        Format::Json => tally.json(seconds),
    })?;
    if let Some(place) = tally.first() {
        let seed = args.seed;
        note(&format!(
            "see one: cargo xtask mutate {} --seed {seed} --replay {place} --shrink",
            shown(&args.selection.dir)
        ));
    }
    Ok(Outcome::of(tally.first().is_some()))
}

fn read(args: &Args) -> Result<Vec<(String, String)>> {
    let files = documents(&args.selection)?;
    let mut documents = Vec::new();
    for file in files {
        let bytes = std::fs::read(&file).with_context(|| format!("{} can't be read", shown(&file)))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        documents.push((name, String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok(documents)
}
