//! Typed clients, by the generator as a process: what it links is heavy, and most commands need none of it.

mod check;
mod manifest;
mod memory;
mod oracle;

pub(crate) use check::{Bench, Depth};
pub(crate) use oracle::{Finding, build as build_oracle, compare};

use crate::output::note;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use uaps_model::Service;

/// One provider to generate a client for.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Request {
    /// Its id.
    pub(crate) id: String,
    /// What the compiler made of it.
    pub(crate) service: Service,
    /// Its document after the overlay.
    pub(crate) document: Value,
}

/// A file of a client crate.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ClientFile {
    /// Below the crate's folder.
    pub(crate) path: String,
    /// Its content.
    pub(crate) text: String,
}

/// The files of each client, or why there is none, by the provider's id.
pub(crate) type Answers = BTreeMap<String, Result<Vec<ClientFile>, String>>;

#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    files: Option<Vec<ClientFile>>,
    error: Option<Value>,
}

/// Generates a client for each request; `answered` is told each id as it is done, and how long it took.
///
/// A provider that brings the process down costs only itself: the process is started again for the rest.
pub(crate) fn generate(
    workspace: &Workspace,
    requests: &[Request],
    mut answered: impl FnMut(&str, Duration),
) -> Result<Answers> {
    let mut answers = Answers::new();
    if requests.is_empty() {
        return Ok(answers);
    }
    note("building the generator of typed clients, where it is not built yet");
    let generator = workspace.build(&["--quiet", "--package", "uaps-gen", "--features", "clients"], "uaps-gen")?;
    let mut rest: Vec<&Request> = requests.iter().collect();
    while !rest.is_empty() {
        let mut last = Instant::now();
        let end = run(&generator, &rest, |line| {
            answered(&line.id, std::mem::replace(&mut last, Instant::now()).elapsed());
            let answer = match (line.files, line.error) {
                (Some(files), _) => Ok(files),
                (None, Some(error)) => Err(reason(&error)),
                (None, None) => Err("the generator gave neither files nor an error".to_owned()),
            };
            answers.insert(line.id, answer);
        })?;
        rest.retain(|request| !answers.contains_key(&request.id));
        // Answers come in order, so the first that is missing is where the process ended.
        if let Some(culprit) = rest.first() {
            answered(&culprit.id, last.elapsed());
            answers.insert(culprit.id.clone(), Err(format!("the generator ended without an answer ({end})")));
            rest.remove(0);
        }
    }
    Ok(answers)
}

fn run(generator: &Path, requests: &[&Request], mut answer: impl FnMut(Line)) -> Result<String> {
    let mut text = Vec::new();
    for request in requests {
        serde_json::to_writer(&mut text, request).context("the request can't be written")?;
        text.push(b'\n');
    }
    let mut child = Command::new(generator)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} can't be run", generator.display()))?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        bail!("the generator of typed clients has no standard input or output");
    };
    // Both ends talk at once: a thread writes while this one reads, or both would wait.
    let writer = std::thread::spawn(move || stdin.write_all(&text));
    for line in BufReader::new(stdout).lines() {
        let line = line.context("the generator's answer can't be read")?;
        let line = serde_json::from_str(&line).with_context(|| format!("the generator answered {line:.200?}"))?;
        answer(line);
    }
    // A generator that ended early does not read on; how it ended says more than the broken pipe.
    let _ = writer.join();
    Ok(child.wait().context("the generator of typed clients was lost")?.to_string())
}

fn reason(error: &Value) -> String {
    let message = error.get("message").or_else(|| error.get("reason")).and_then(Value::as_str);
    message.or(error.as_str()).map_or_else(|| error.to_string(), str::to_owned)
}
