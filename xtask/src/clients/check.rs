//! Whether the compiler accepts clients, and what it takes.

use super::ClientFile;
use super::manifest::{caller, workspace_of_clients};
use super::memory::MemoryWatch;
use crate::output::note;
use crate::workspace::{Workspace, shown};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;
use tempfile::TempDir;

/// The program that calls a client.
const CALLER: &str = include_str!("caller.rs.txt");

/// The crate that only has the dependencies built.
const NOTHING: &str = "call-nothing";

/// How far the compiler goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// `cargo check`
    Check,
    /// `cargo build`, to a program that calls the client.
    Build,
}

/// What the compiler said of a client.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verdict {
    /// The first error. `None` for a client that it accepts.
    pub(crate) error: Option<String>,
    /// Warnings.
    pub(crate) warnings: usize,
    /// The first of them.
    pub(crate) first_warning: Option<String>,
    /// Wall time of the crate's compilation, dependencies not counted.
    pub(crate) seconds: f64,
    /// The compiler's memory at its highest, where that can be known.
    pub(crate) memory_mib: Option<u64>,
    /// The program that calls the client, where one was built.
    pub(crate) program: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct Message {
    reason: String,
    manifest_path: Option<String>,
    message: Option<CompilerMessage>,
    executable: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct CompilerMessage {
    level: String,
    rendered: Option<String>,
    message: String,
}

/// Clients in a workspace of their own, which shares the project's target folder, so that what they depend on is built
/// once. One client is compiled at a time, because the largest take gigabytes; so another run waits, whose clients may have
/// the same names in that folder. The network is used for what they depend on, where cargo has not got it yet, and not after
/// that.
pub(crate) struct Bench<'w> {
    workspace: &'w Workspace,
    folder: TempDir,
    /// No other run has clients in the target folder while this is there.
    _alone: File,
}

impl<'w> Bench<'w> {
    /// Lays the clients out and has their dependencies built.
    pub(crate) fn new(
        workspace: &'w Workspace,
        clients: &BTreeMap<String, Vec<ClientFile>>,
        depth: Depth,
    ) -> Result<Self> {
        let parent = workspace.target().join("xtask");
        fs::create_dir_all(&parent).with_context(|| format!("{} can't be written", shown(&parent)))?;
        let alone = alone(&parent.join("clients.lock"))?;
        let folder = tempfile::Builder::new().prefix("clients-").tempdir_in(&parent)?;
        lay_out(workspace, folder.path(), clients).context("the clients can't be written")?;
        let bench = Bench { workspace, folder, _alone: alone };
        let (verdict, complaints) = bench.cargo(&[NOTHING], None, depth)?;
        if let Some(error) = verdict.error {
            bail!("what typed clients depend on can't be built: {error} {}", complaints.trim());
        }
        Ok(bench)
    }

    /// Compiles one client.
    pub(crate) fn compile(&self, id: &str, depth: Depth) -> Result<Verdict> {
        // Beside the crate that names every dependency, so that all of them have the same features whatever is compiled.
        let package = match depth {
            Depth::Check => format!("client-{id}"),
            Depth::Build => format!("call-{id}"),
        };
        Ok(self.cargo(&[NOTHING, &package], Some(id), depth)?.0)
    }

    /// Removes what was built of a client.
    pub(crate) fn forget(&self, id: &str) {
        let mut clean = self.command("clean");
        clean.args(["--package", &format!("client-{id}"), "--package", &format!("call-{id}")]);
        // Disk space is all that a failure costs.
        let _ = clean.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }

    fn command(&self, subcommand: &str) -> std::process::Command {
        let mut cargo = self.workspace.cargo();
        cargo.current_dir(self.folder.path()).arg(subcommand).args(["--quiet", "--target-dir"]);
        // What is compiled once gains nothing from being remembered in pieces.
        cargo.arg(self.workspace.target()).env("CARGO_INCREMENTAL", "0");
        cargo
    }

    fn cargo(&self, packages: &[&str], id: Option<&str>, depth: Depth) -> Result<(Verdict, String)> {
        let watch = id.map(|id| MemoryWatch::start(&format!("client_{}", id.replace('-', "_"))));
        let start = Instant::now();
        let mut child = self
            .command(if depth == Depth::Check { "check" } else { "build" })
            // Dependencies come first, without a client, and may have to be downloaded.
            .args(id.map(|_| "--offline"))
            .arg("--message-format=json")
            .args(packages.iter().flat_map(|package| ["--package", package]))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cargo can't be run")?;
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            bail!("cargo has no standard output");
        };
        let complaints = std::thread::spawn(move || std::io::read_to_string(stderr).unwrap_or_default());
        let mut verdict = Verdict::default();
        for line in BufReader::new(stdout).lines() {
            let line = line.context("cargo's answer can't be read")?;
            let Ok(message) = serde_json::from_str::<Message>(&line) else { continue };
            let mine = message.manifest_path.as_deref().and_then(|path| name_of(self.folder.path(), path));
            let Some(name) = mine else { continue };
            match (message.reason.as_str(), message.message) {
                ("compiler-artifact", _) if id == Some(&name) => verdict.seconds = start.elapsed().as_secs_f64(),
                ("compiler-artifact", _) => verdict.program = message.executable.or(verdict.program),
                ("compiler-message", Some(said)) => verdict.note(said),
                _ => {}
            }
        }
        let status = child.wait().context("cargo was lost")?;
        let complaints = complaints.join().unwrap_or_default();
        if !status.success() && verdict.error.is_none() {
            verdict.error =
                Some(format!("cargo failed: {}", complaints.trim().lines().next_back().unwrap_or_default()));
        }
        verdict.memory_mib = watch.and_then(MemoryWatch::mib);
        Ok((verdict, complaints))
    }
}

impl Verdict {
    fn note(&mut self, said: CompilerMessage) {
        // The first line is the complaint, the second its place.
        let text = said.rendered.unwrap_or(said.message);
        let text = text.lines().take(2).map(str::trim).collect::<Vec<_>>().join(" ");
        if said.level.starts_with("error") {
            self.error.get_or_insert(text);
        } else if said.level == "warning" && !text.contains("generated ") {
            self.warnings += 1;
            self.first_warning.get_or_insert(text);
        }
    }
}

/// Waits until no other run compiles clients. The system lets go of the lock however a process ends.
fn alone(path: &Path) -> Result<File> {
    let lock = File::create(path).with_context(|| format!("{} can't be written", shown(path)))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            note("waiting for another run that compiles clients");
            lock.lock().with_context(|| format!("{} can't be locked", shown(path)))?;
        }
        // Some file systems have no locks; there, runs are not kept apart.
        Err(TryLockError::Error(_)) => {}
    }
    Ok(lock)
}

fn lay_out(workspace: &Workspace, folder: &Path, clients: &BTreeMap<String, Vec<ClientFile>>) -> std::io::Result<()> {
    let project = fs::read_to_string(workspace.path("Cargo.toml"))?;
    let packages: Vec<String> = clients.keys().flat_map(|id| [format!("client-{id}"), format!("call-{id}")]).collect();
    write(&folder.join("Cargo.toml"), &workspace_of_clients(&project, &packages))?;
    fs::copy(workspace.path("Cargo.lock"), folder.join("Cargo.lock"))?;
    write(&folder.join("callers/nothing/Cargo.toml"), &caller(NOTHING, None))?;
    write(&folder.join("callers/nothing/src/main.rs"), "fn main() {}\n")?;
    for (id, files) in clients {
        for file in files {
            write(&folder.join("clients").join(id).join(&file.path), &file.text)?;
        }
        let caller_folder = folder.join("callers").join(id);
        write(&caller_folder.join("Cargo.toml"), &caller(&format!("call-{id}"), Some(id)))?;
        write(&caller_folder.join("src/main.rs"), CALLER)?;
    }
    // Cargo wants every pattern of its members to match something.
    fs::create_dir_all(folder.join("clients"))
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

/// Which crate of the folder a manifest is: the id of a client, or the caller's `caller`.
fn name_of(folder: &Path, manifest: &str) -> Option<String> {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let manifest = Path::new(manifest);
    let manifest = manifest.canonicalize().unwrap_or_else(|_| manifest.to_owned());
    let below = manifest.strip_prefix(folder).ok()?.parent()?;
    match below.strip_prefix("clients") {
        Ok(id) => id.to_str().map(str::to_owned),
        Err(_) => Some("caller".to_owned()),
    }
}
