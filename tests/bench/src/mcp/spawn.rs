//! From the start of `penumbra-metatool` to its first list of tools.

use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const NAME: &str = "penumbra-metatool";

pub(super) fn starts(program: Option<&Path>, count: usize) -> anyhow::Result<Vec<Duration>> {
    let beside = || -> anyhow::Result<PathBuf> { Ok(std::env::current_exe()?.with_file_name(NAME)) };
    let program = program.map_or_else(beside, |program| Ok(program.to_owned()))?;
    if !program.exists() {
        bail!("{} is not there; build it with `cargo build --release --package metatool`", program.display());
    }
    (0..count.max(1)).map(|_| start(&program)).collect()
}

fn start(program: &Path) -> anyhow::Result<Duration> {
    let begin = Instant::now();
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("{} can't be started", program.display()))?;
    let mut input = child.stdin.take().context("no standard input")?;
    let mut output = BufReader::new(child.stdout.take().context("no standard output")?);
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
    });
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}});
    writeln!(input, "{list}")?;
    input.flush()?;
    let mut line = String::new();
    output.read_line(&mut line)?;
    let took = begin.elapsed();
    let answer: Value = serde_json::from_str(&line).with_context(|| format!("no list was answered: {line}"))?;
    if answer["result"]["tools"].as_array().map_or(0, Vec::len) != 5 {
        bail!("no list of five tools was answered: {line}");
    }
    drop(input);
    child.wait()?;
    Ok(took)
}
