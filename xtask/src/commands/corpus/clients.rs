//! The typed clients of what compiled: generated, compiled, and held against the gateway's executor.

use super::examine::Examined;
use super::row::Row;
use super::{Args, Format};
use crate::clients::{self, Bench, ClientFile, Depth, Finding, Request};
use crate::output::{note, print};
use crate::progress::Progress;
use crate::workspace::Workspace;
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Adds what there is to say of the clients to each row, and writes the rows where they are written as they come.
pub(super) fn add(examined: &mut BTreeMap<usize, Examined>, args: &Args) -> Result<()> {
    let workspace = Workspace::find()?;
    let requests: Vec<Request> = examined.values_mut().filter_map(|e| e.request.take()).collect();
    let progress = Progress::new(requests.len() * 2);
    progress.on("generating");
    let mut seconds: BTreeMap<String, f64> = BTreeMap::new();
    let answers = clients::generate(&workspace, &requests, |id, took| {
        seconds.insert(id.to_owned(), took.as_secs_f64());
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
    let requests: BTreeMap<&str, &Request> = requests.iter().map(|request| (request.id.as_str(), request)).collect();
    let depth = if args.no_oracle { Depth::Check } else { Depth::Build };
    note("building what typed clients depend on, and the oracle, where they are not built yet");
    let oracle = (!args.no_oracle).then(|| clients::build_oracle(&workspace)).transpose()?;
    let bench = Bench::new(&workspace, &generated, depth)?;
    for Examined { id, tools, row, .. } in examined.values_mut() {
        row.seconds += seconds.get(id).copied().unwrap_or_default();
        row.client_generated = Some(generated.contains_key(id));
        row.client_checks = Some(false);
        row.client_operations = Some(0);
        if let Some(reason) = refused.get(id) {
            row.first_error.get_or_insert(reason.clone());
        }
        if let (Some(files), Some(request)) = (generated.get(id), requests.get(id.as_str())) {
            progress.on(&row.file);
            progress.above(|| {
                note(&format!("compiling the client of {}", row.file));
                Ok(())
            })?;
            let program = compile(&bench, id, files, tools, row, depth)?;
            if let (Some(oracle), Some(program)) = (&oracle, program) {
                compare(oracle, &program, request, row, args.seed)?;
            }
            bench.forget(id);
            progress.step();
        }
        if args.format == Format::Json {
            progress.above(|| print(&row.json()))?;
        }
    }
    Ok(())
}

/// Compiles a client; the program that calls it comes back.
fn compile(
    bench: &Bench<'_>,
    id: &str,
    files: &[ClientFile],
    tools: &[String],
    row: &mut Row,
    depth: Depth,
) -> Result<Option<PathBuf>> {
    let verdict = bench.compile(id, depth)?;
    let accepted = verdict.error.is_none();
    row.client_lines = Some(files.iter().map(|file| file.text.lines().count()).sum());
    row.client_checks = Some(accepted && verdict.warnings == 0);
    row.client_warnings = Some(verdict.warnings);
    row.client_operations = Some(if accepted { callable(files, tools) } else { 0 });
    row.check_seconds = accepted.then_some(verdict.seconds);
    row.check_memory_mib = verdict.memory_mib;
    let complaint = verdict.error.or(verdict.first_warning);
    row.first_error = row.first_error.take().or(complaint);
    Ok(verdict.program)
}

/// Compares the requests of one document's operations. One that can't be compared at all costs only itself.
fn compare(oracle: &Path, program: &Path, request: &Request, row: &mut Row, seed: usize) -> Result<()> {
    let compared = match clients::compare(oracle, program, &request.service, seed) {
        Ok(compared) => compared,
        Err(error) => {
            row.oracle_operations = Some(0);
            row.first_error.get_or_insert(format!("{error:#}"));
            return Ok(());
        }
    };
    row.oracle_operations = Some(compared.operations);
    row.oracle_agree = Some(compared.agree);
    row.oracle_requests = Some(compared.requests);
    row.answers_read = Some(compared.answers_read);
    let first = compared.findings.iter().find(|finding| finding.is_wrong());
    if let Some(Finding { tool, detail, .. }) = first {
        row.first_error.get_or_insert(format!("`{tool}` is not sent the same in both ways: {detail}"));
    }
    row.findings = compared.findings;
    Ok(())
}

/// How many of the tools the client's dispatcher knows.
fn callable(files: &[ClientFile], tools: &[String]) -> usize {
    let call = files.iter().find(|file| file.path == "src/call.rs").map_or("", |file| file.text.as_str());
    tools.iter().filter(|tool| call.contains(&format!("{tool:?} =>"))).count()
}
