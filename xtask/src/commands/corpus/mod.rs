//! `cargo xtask corpus`: every document of a folder through the whole compiler.

mod clients;
mod examine;
mod row;
mod select;
mod table;
mod totals;

use crate::clients::Request;
use crate::exit::Outcome;
use crate::output::{note, print};
use crate::progress::Progress;
use anyhow::{Context, Result};
use clap::ValueEnum;
use examine::{Examined, examine};
use row::Row;
pub(crate) use select::{Selection, documents};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

/// Compiles every OpenAPI document of a folder, and tells how far each one came
///
/// Each document becomes a provider in memory, with the overlay that `scaffold-provider` would write; nothing in the
/// project changes. The exit status is 1 where a document did not come through.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// Generate the typed clients too, compile each, and compare the requests that it and the gateway's executor send
    #[arg(long)]
    clients: bool,
    /// With --clients: let `cargo check` look at each client, and compare no requests
    #[arg(long, requires = "clients")]
    no_oracle: bool,
    /// With --clients: another number gives other arguments to compare with
    #[arg(long, value_name = "NUMBER", default_value_t = 0, requires = "clients")]
    seed: usize,
    /// How the result is written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A row each, and their sums
    Table,
    /// A JSON object each, one a line
    Json,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let files = documents(&args.selection)?;
    let start = Instant::now();
    let mut examined = examine_all(&files, args.format == Format::Json && !args.clients)?;
    let wall = start.elapsed();
    if args.clients {
        clients::add(&mut examined, args)?;
    }
    let rows: Vec<Row> = examined.into_values().map(|examined| examined.row).collect();
    let totals = totals::totals(&rows, wall);
    match args.format {
        // Each row was written as it came.
        Format::Json => note(&totals),
        Format::Table => {
            print(&format!("{}\n{}{totals}\n", table::table(&rows, args.clients), table::findings(&rows)))?
        }
    }
    let failed = rows.iter().filter(|row| !row.came_through()).count();
    note(&format!("{} of {} documents came through", rows.len() - failed, rows.len()));
    Ok(Outcome::of(failed > 0))
}

/// What the generator of clients needs of each document that compiles, with its file.
pub(crate) fn requests(selection: &Selection) -> Result<Vec<(PathBuf, Request)>> {
    let files = documents(selection)?;
    let examined = examine_all(&files, false)?;
    Ok(files
        .into_iter()
        .zip(examined.into_values())
        .filter_map(|(file, examined)| Some((file, examined.request?)))
        .collect())
}

/// Examines the documents on every core, and keeps their order.
fn examine_all(files: &[PathBuf], print_rows: bool) -> Result<BTreeMap<usize, Examined>> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(files.len());
    let next = std::sync::atomic::AtomicUsize::new(0);
    let progress = Progress::new(files.len());
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut all = BTreeMap::new();
    std::thread::scope(|scope| -> Result<()> {
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            // Deep documents want a deep stack; the reader bounds how deep they may be.
            let worker = std::thread::Builder::new().stack_size(64 << 20);
            worker
                .spawn_scoped(scope, move || {
                    loop {
                        let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        let Some(file) = files.get(at) else { break };
                        if sender.send((at, examine(at, file))).is_err() {
                            break;
                        }
                    }
                })
                .context("no thread can be started")?;
        }
        drop(sender);
        let mut written = 0;
        for (at, examined) in receiver {
            progress.on(&examined.row.file);
            progress.step();
            all.insert(at, examined);
            while let Some(ready) = all.get(&written).filter(|_| print_rows) {
                progress.above(|| print(&ready.row.json()))?;
                written += 1;
            }
        }
        Ok(())
    })?;
    Ok(all)
}
