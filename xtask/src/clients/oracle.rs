//! The oracle as a process: it links the gateway, which this command must not.

use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use uaps_gen::samples::Samples;
use uaps_model::Service;

const SAME: &str = "same";
const UNREAD: &str = "unread";
const REFUSED: &str = "refused";
const DIFFER: &str = "differ";
const EXCEPTION: &str = "exception";

/// How the oracle's words begin where the executor sends and the typed client doesn't.
const ONLY_THE_CLIENT: &str = "only the typed client refuses";

/// What came of comparing a service's requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Compared {
    /// Operations with at least one request that was compared.
    pub(crate) operations: usize,
    /// Those of them whose requests were all the same.
    pub(crate) agree: usize,
    /// Requests that were compared.
    pub(crate) requests: usize,
    /// Operations whose example's answer the typed client read.
    pub(crate) answers_read: usize,
    /// What was not the same, and what was not read, in words, by operation.
    pub(crate) findings: Vec<Finding>,
}

/// Something that isn't as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// The operation's tool.
    pub(crate) tool: String,
    /// Which of its arguments.
    pub(crate) sample: String,
    /// `differ`; `exception`, where the document's own example passes what the document doesn't declare, which the typed
    /// client refuses; `refused`, where neither side would send it; `unread`, of an answer.
    pub(crate) verdict: String,
    /// What was seen.
    pub(crate) detail: String,
}

impl Finding {
    /// Whether the operation isn't sent the same in both ways.
    pub(crate) fn is_wrong(&self) -> bool {
        self.verdict == DIFFER || self.verdict == REFUSED
    }
}

#[derive(Debug, Serialize)]
struct Case<'a> {
    tool: &'a str,
    sample: &'a str,
    arguments: &'a serde_json::Value,
}

#[derive(Debug, Deserialize)]
struct Line {
    tool: String,
    sample: String,
    verdict: String,
    detail: Option<String>,
}

/// Builds the oracle.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    workspace.build(&["--quiet", "--package", "oracle"], "oracle")
}

/// Compares the requests of every operation of `service`. `program` calls its client.
pub(crate) fn compare(oracle: &Path, program: &Path, service: &Service, seed: usize) -> Result<Compared> {
    let mut samples = Samples::new(service, seed);
    let made: Vec<_> = service.operations.iter().map(|op| (op.tool.as_str(), samples.of(op))).collect();
    let cases: Vec<_> = made
        .iter()
        .flat_map(|(tool, samples)| samples.iter().map(|s| Case { tool, sample: &s.name, arguments: &s.arguments }))
        .collect();
    let job = serde_json::to_vec(&serde_json::json!({"service": service, "cases": cases}))?;
    let mut child = Command::new(oracle)
        .arg(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} can't be run", oracle.display()))?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        bail!("the oracle has no standard input or output");
    };
    // Both ends talk at once: a thread writes while this one reads, or both would wait.
    let writer = std::thread::spawn(move || stdin.write_all(&job));
    let mut lines: Vec<Line> = Vec::with_capacity(cases.len());
    for line in BufReader::new(stdout).lines() {
        let line = line.context("the oracle's answer can't be read")?;
        lines.push(serde_json::from_str(&line).with_context(|| format!("the oracle answered {line:.200?}"))?);
    }
    let _ = writer.join();
    let status = child.wait().context("the oracle was lost")?;
    if !status.success() || lines.len() != cases.len() {
        bail!("the oracle ended early ({status}) after {} of {} calls", lines.len(), cases.len());
    }
    let declared = made.iter().flat_map(|(_, samples)| samples).map(|sample| sample.declared);
    for (line, declared) in lines.iter_mut().zip(declared) {
        if !declared && line.verdict == DIFFER && line.detail.as_deref().is_some_and(|d| d.starts_with(ONLY_THE_CLIENT))
        {
            line.verdict = EXCEPTION.to_owned();
        }
    }
    Ok(sum(service, lines))
}

fn sum(service: &Service, lines: Vec<Line>) -> Compared {
    let mut compared = Compared::default();
    for operation in &service.operations {
        let of: Vec<&Line> = lines.iter().filter(|line| line.tool == operation.tool.as_str()).collect();
        let count = |verdict: &str| of.iter().filter(|line| line.verdict == verdict).count();
        // Arguments fit the tool's own schema, so that what is refused is as wrong as what differs.
        let (wrong, exceptions) = (count(DIFFER) + count(REFUSED), count(EXCEPTION));
        compared.requests += of.len() - exceptions;
        compared.operations += usize::from(of.len() > exceptions);
        compared.agree += usize::from(of.len() > exceptions && wrong == 0);
        compared.answers_read += usize::from(of.iter().any(|line| line.sample == "example" && line.verdict == SAME));
    }
    // An answer that can't be read is the same one for each of an operation's arguments.
    let told = |line: &Line| line.verdict != UNREAD || line.sample == "example";
    let findings = lines.into_iter().filter(|line| line.verdict != SAME && told(line));
    compared.findings = findings
        .map(|line| Finding {
            tool: line.tool,
            sample: line.sample,
            verdict: line.verdict,
            detail: line.detail.unwrap_or_default(),
        })
        .collect();
    compared
}
