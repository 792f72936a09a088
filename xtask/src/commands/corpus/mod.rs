//! `cargo xtask corpus`: every document of a folder through the whole compiler.

mod examine;
mod row;
mod table;

use crate::clients::{self, ClientFile};
use crate::exit::Outcome;
use crate::output::{note, print};
use crate::progress::Progress;
use crate::workspace::{Workspace, shown};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use examine::{Examined, examine};
use row::Row;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

/// Compiles every OpenAPI document of a folder, and tells how far each one came
///
/// Each document becomes a provider in memory, with the overlay that `scaffold-provider` would write; nothing in the
/// project changes. The exit status is 1 where a document did not come through.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of .yaml, .yml and .json documents
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Generate the typed clients too, and have `cargo check` look at each
    #[arg(long)]
    clients: bool,
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
    let files = documents(args)?;
    if files.is_empty() {
        bail!("{} holds no .yaml, .yml or .json document", shown(&args.dir));
    }
    let mut examined = examine_all(&files, args)?;
    if args.clients {
        add_clients(&mut examined)?;
    }
    let rows: Vec<Row> = examined.into_values().map(|examined| examined.row).collect();
    match args.format {
        // Without clients each row was written as it came.
        Format::Json if !args.clients => {}
        Format::Json => rows.iter().try_for_each(|row| print(&row.json()))?,
        Format::Table => print(&table::table(&rows, args.clients))?,
    }
    let failed = rows.iter().filter(|row| !row.came_through()).count();
    note(&format!("{} of {} documents came through", rows.len() - failed, rows.len()));
    Ok(Outcome::of(failed > 0))
}

/// The documents of the folder, by name.
fn documents(args: &Args) -> Result<Vec<PathBuf>> {
    let unreadable = || format!("{} can't be read", shown(&args.dir));
    let mut files = Vec::new();
    for entry in fs::read_dir(&args.dir).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        let is_document = path.extension().is_some_and(|end| ["yaml", "yml", "json"].iter().any(|known| end == *known));
        if is_document && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Examines the documents on every core, and keeps their order.
fn examine_all(files: &[PathBuf], args: &Args) -> Result<BTreeMap<usize, Examined>> {
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
            while let Some(ready) = all.get(&written).filter(|_| args.format == Format::Json && !args.clients) {
                progress.above(|| print(&ready.row.json()))?;
                written += 1;
            }
        }
        Ok(())
    })?;
    Ok(all)
}

/// Generates the clients of what compiled, and checks them.
fn add_clients(examined: &mut BTreeMap<usize, Examined>) -> Result<()> {
    let workspace = Workspace::find()?;
    let requests: Vec<_> = examined.values_mut().filter_map(|e| e.request.take()).collect();
    let progress = Progress::new(requests.len() * 2);
    progress.on("generating");
    let mut seconds: BTreeMap<String, f64> = BTreeMap::new();
    let mut last = Instant::now();
    let answers = clients::generate(&workspace, &requests, |id| {
        seconds.insert(id.to_owned(), last.elapsed().as_secs_f64());
        last = Instant::now();
        progress.step();
    })?;
    let mut generated: BTreeMap<String, Vec<ClientFile>> = BTreeMap::new();
    let mut refused: BTreeMap<String, String> = BTreeMap::new();
    for (id, answer) in answers {
        match answer {
            Ok(files) => drop(generated.insert(id, files)),
            Err(reason) => drop(refused.insert(id, reason)),
        }
    }
    progress.on("cargo check");
    let verdicts = clients::check(&workspace, &generated, |_| progress.step())?;
    for Examined { id, tools, row, .. } in examined.values_mut() {
        row.seconds += seconds.get(id).copied().unwrap_or_default();
        let files = generated.get(id);
        row.client_generated = Some(files.is_some());
        row.client_checks = Some(matches!(verdicts.get(id), Some(Ok(()))));
        row.client_operations = Some(match (files, row.client_checks) {
            (Some(files), Some(true)) => callable(files, tools),
            _ => 0,
        });
        let complaint = refused.get(id).or_else(|| verdicts.get(id)?.as_ref().err());
        row.first_error = row.first_error.take().or(complaint.cloned());
    }
    Ok(())
}

/// How many of the tools the client's dispatcher knows.
fn callable(files: &[ClientFile], tools: &[String]) -> usize {
    let call = files.iter().find(|file| file.path == "src/call.rs").map_or("", |file| file.text.as_str());
    tools.iter().filter(|tool| call.contains(&format!("{tool:?} =>"))).count()
}
