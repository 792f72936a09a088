//! `cargo xtask bench clients`: typed clients against what progenitor makes of the same documents on its own.

use crate::clients::{Bench, ClientFile, Depth, Request};
use crate::commands::corpus::{Selection, requests};
use crate::exit::Outcome;
use crate::output::{note, print};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use uaps_spec::Sources;

/// Generates typed clients in turns, by ours and by progenitor on its own, and has `cargo check` look at both
///
/// Progenitor takes few real documents as they are; those that it takes are measured. Times are medians of several
/// rounds of one run. The generator is an optimised build.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// How often each client is generated
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How often `cargo check` looks at each; 0 leaves it out
    #[arg(long, default_value_t = 3)]
    checks: usize,
}

#[derive(Debug, Serialize)]
struct Job<'a> {
    #[serde(flatten)]
    request: &'a Request,
    original: Value,
}

#[derive(Debug, Deserialize)]
struct Answer {
    id: String,
    refused: Option<String>,
    raw_seconds: Vec<f64>,
    seconds: Vec<f64>,
    raw_text: String,
    files: Vec<ClientFile>,
}

/// One document's figures; the raw one first in each pair.
struct Row {
    file: String,
    operations: usize,
    lines: (usize, usize),
    generate: (f64, f64),
    check: Option<(f64, f64)>,
    memory: Option<(u64, u64)>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let workspace = Workspace::find()?;
    let requests = requests(&args.selection)?;
    note("building the generator of typed clients, optimised, where it is not built yet");
    let generator =
        workspace.build(&["--quiet", "--release", "--package", "uaps-gen", "--features", "peer"], "uaps-gen")?;
    let answers = measure(&generator, &requests, args.rounds)?;
    let mut rows = Vec::new();
    let mut checked = BTreeMap::new();
    for ((file, request), answer) in requests.iter().zip(&answers) {
        if let Some(reason) = &answer.refused {
            let reason: String = reason.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect();
            note(&format!("{}: not measured, {reason}", file.file_name().unwrap_or_default().display()));
            continue;
        }
        let lines = |text: &str| text.lines().count();
        checked.insert(answer.id.clone(), answer.files.clone());
        checked.insert(format!("raw-{}", answer.id), raw_crate(answer));
        rows.push(Row {
            file: file.file_name().unwrap_or_default().display().to_string(),
            operations: request.service.operations.len(),
            lines: (lines(&answer.raw_text), answer.files.iter().map(|file| lines(&file.text)).sum()),
            generate: (median(&answer.raw_seconds), median(&answer.seconds)),
            check: None,
            memory: None,
        });
    }
    if args.checks > 0 && !rows.is_empty() {
        note("building what clients depend on, where it is not built yet");
        let bench = Bench::new(&workspace, &checked, Depth::Check)?;
        let measured = answers.iter().filter(|answer| answer.refused.is_none());
        for (row, answer) in rows.iter_mut().zip(measured) {
            note(&format!("checking the clients of {}", row.file));
            (row.check, row.memory) = check(&bench, &answer.id, args.checks)?;
        }
    }
    print(&table(&rows))?;
    print(&conditions(&workspace, args, requests.len(), rows.len()))?;
    Ok(Outcome::of(false))
}

/// Asks the generator for the times.
fn measure(generator: &Path, requests: &[(std::path::PathBuf, Request)], rounds: usize) -> Result<Vec<Answer>> {
    let mut jobs = Vec::with_capacity(requests.len());
    for (file, request) in requests {
        jobs.push(Job { request, original: original(file)? });
    }
    let text = serde_json::to_vec(&serde_json::json!({"rounds": rounds, "documents": jobs}))?;
    let mut child = Command::new(generator)
        .arg("bench")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} can't be run", generator.display()))?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        bail!("the generator has no standard input or output");
    };
    // Both ends talk at once: a thread writes while this one reads, or both would wait.
    let writer = std::thread::spawn(move || stdin.write_all(&text));
    let mut answers: Vec<Answer> = Vec::with_capacity(requests.len());
    for line in BufReader::new(stdout).lines() {
        answers.push(serde_json::from_str(&line?).context("the generator's answer can't be read")?);
    }
    let _ = writer.join();
    let status = child.wait()?;
    if answers.len() != requests.len() {
        bail!("the generator ended early ({status}), after {} of {} documents", answers.len(), requests.len());
    }
    Ok(answers)
}

/// The document as its vendor wrote it.
fn original(file: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(file)?;
    let mut sources = Sources::default();
    let file = sources.add("", &text);
    Ok(uaps_spec::parse(&sources, file).0.map(|root| root.to_json()).unwrap_or_default())
}

/// A crate around progenitor's text, with what the text may use.
fn raw_crate(answer: &Answer) -> Vec<ClientFile> {
    let manifest = format!(
        "[package]\nname = \"client-raw-{}\"\nversion.workspace = true\nedition.workspace = true\n\n[dependencies]\n\
         base64.workspace = true\nbytes.workspace = true\nchrono = {{ version = \"0.4\", features = [\"serde\"] }}\nfutures.workspace = true\n\
         progenitor-client.workspace = true\nrand = \"0.9\"\nregress = \"0.12\"\nreqwest.workspace = true\nserde.workspace = true\n\
         serde_json.workspace = true\nuuid.workspace = true\n",
        answer.id
    );
    let file = |path: &str, text: String| ClientFile { path: path.to_owned(), text };
    // Progenitor asks for this of its users: https://docs.rs/progenitor
    let text = format!("#![allow(warnings)]\n{}", answer.raw_text);
    vec![file("Cargo.toml", manifest), file("src/lib.rs", text)]
}

type Pair<T> = Option<(T, T)>;

/// Median seconds and highest memory of `cargo check`, in turns. Nothing where progenitor's own output isn't accepted.
fn check(bench: &Bench<'_>, id: &str, rounds: usize) -> Result<(Pair<f64>, Pair<u64>)> {
    let raw = format!("raw-{id}");
    let (mut seconds, mut memory) = ((Vec::new(), Vec::new()), (0, 0));
    // The first round is for what only one of the two depends on.
    for round in 0..=rounds {
        let theirs = bench.compile(&raw, Depth::Check)?;
        if let Some(error) = theirs.error {
            note(&format!("progenitor's own output is refused: {error}"));
            return Ok((None, None));
        }
        let ours = bench.compile(id, Depth::Check)?;
        if let Some(error) = ours.error {
            bail!("our client is refused: {error}");
        }
        if round > 0 {
            seconds.0.push(theirs.seconds);
            seconds.1.push(ours.seconds);
        }
        memory = (memory.0.max(theirs.memory_mib.unwrap_or(0)), memory.1.max(ours.memory_mib.unwrap_or(0)));
        bench.forget(&raw);
        bench.forget(id);
    }
    Ok((Some((median(&seconds.0), median(&seconds.1))), Some(memory)))
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let middle = times.len() / 2;
    let at = |at: usize| times.get(at).copied().unwrap_or_default();
    if times.len() % 2 == 1 { at(middle) } else { f64::midpoint(at(middle.saturating_sub(1)), at(middle)) }
}

fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<24}{:>11}{:>10}{:>10}{:>11}{:>11}{:>8}{:>10}{:>10}{:>8}{:>9}{:>9}\n",
        "file",
        "operations",
        "raw lines",
        "lines",
        "raw ms",
        "ms",
        "ratio",
        "raw check",
        "check",
        "ratio",
        "raw MiB",
        "MiB"
    );
    let mut line = |name: &str, operations: usize, row: &Row| {
        let (raw, ours) = row.generate;
        let check = match row.check {
            Some((raw, ours)) => format!("{raw:>10.2}{ours:>10.2}{:>8.2}", ours / raw),
            None => format!("{:>10}{:>10}{:>8}", "-", "-", "-"),
        };
        let memory = match row.memory {
            Some((raw, ours)) => format!("{raw:>9}{ours:>9}"),
            None => format!("{:>9}{:>9}", "-", "-"),
        };
        text.push_str(&format!(
            "{name:<24}{operations:>11}{:>10}{:>10}{:>11.1}{:>11.1}{:>8.2}{check}{memory}\n",
            row.lines.0,
            row.lines.1,
            raw * 1000.0,
            ours * 1000.0,
            ours / raw,
        ));
    };
    for row in rows {
        line(&row.file, row.operations, row);
    }
    let sum =
        |of: fn(&Row) -> (f64, f64)| rows.iter().map(of).fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let all = Row {
        file: String::new(),
        operations: 0,
        lines: rows.iter().fold((0, 0), |sum, row| (sum.0 + row.lines.0, sum.1 + row.lines.1)),
        generate: sum(|row| row.generate),
        check: rows.iter().any(|row| row.check.is_some()).then(|| sum(|row| row.check.unwrap_or_default())),
        memory: rows.iter().filter_map(|row| row.memory).reduce(|a, b| (a.0.max(b.0), a.1.max(b.1))),
    };
    line("all", rows.iter().map(|row| row.operations).sum(), &all);
    text
}

/// What the figures were measured on.
fn conditions(workspace: &Workspace, args: &Args, documents: usize, measured: usize) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = Command::new("rustc").arg("--version").output().ok();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    let lock = std::fs::read_to_string(workspace.path("Cargo.lock")).unwrap_or_default();
    let version = |name: &str| {
        let after = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).map(|(_, rest)| rest);
        after.and_then(|rest| rest.split('"').next()).unwrap_or("?").to_owned()
    };
    format!(
        "\n{measured} of {documents} documents are ones that progenitor takes as they are. Medians of {} rounds, {} of \
         `cargo check` (seconds, dependencies not counted).\n{cores} cores; {rustc}; generator in the release profile, \
         clients in the dev profile without debug information; progenitor {}, typify {}.\n",
        args.rounds,
        args.checks,
        version("progenitor-impl"),
        version("typify-impl"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median(&[]).abs() < f64::EPSILON);
    }
}
