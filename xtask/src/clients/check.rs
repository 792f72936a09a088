//! Whether the compiler accepts a client.

use super::ClientFile;
use super::manifest::workspace_of_clients;
use crate::workspace::{Workspace, shown};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

/// What `cargo check` said of a client: nothing, or the first error.
type Checked = BTreeMap<String, Result<(), String>>;

#[derive(Debug, Deserialize)]
struct Message {
    reason: String,
    manifest_path: Option<String>,
    message: Option<CompilerMessage>,
}

#[derive(Debug, Deserialize)]
struct CompilerMessage {
    level: String,
    rendered: Option<String>,
    message: String,
}

/// Runs `cargo check` over clients in a workspace of their own, which shares the project's target folder, so that what
/// they depend on is built once. No network is used.
pub(crate) fn check(
    workspace: &Workspace,
    clients: &BTreeMap<String, Vec<ClientFile>>,
    mut checked: impl FnMut(&str),
) -> Result<Checked> {
    let mut verdicts = Checked::new();
    if clients.is_empty() {
        return Ok(verdicts);
    }
    let parent = workspace.target().join("xtask");
    fs::create_dir_all(&parent).with_context(|| format!("{} can't be written", shown(&parent)))?;
    let folder = tempfile::Builder::new().prefix("clients-").tempdir_in(&parent)?;
    lay_out(workspace, folder.path(), clients).context("the clients can't be written")?;

    let mut child = workspace
        .cargo()
        .current_dir(folder.path())
        .args(["check", "--workspace", "--lib", "--keep-going", "--offline", "--quiet", "--message-format=json"])
        .arg("--target-dir")
        .arg(workspace.target())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cargo can't be run")?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        bail!("cargo has no standard output");
    };
    let complaints = std::thread::spawn(move || std::io::read_to_string(stderr).unwrap_or_default());
    for line in BufReader::new(stdout).lines() {
        let line = line.context("cargo's answer can't be read")?;
        let Ok(message) = serde_json::from_str::<Message>(&line) else { continue };
        let Some(id) = message.manifest_path.as_deref().and_then(|path| id_of(folder.path(), path)) else { continue };
        match (message.reason.as_str(), message.message) {
            ("compiler-artifact", _) => {
                checked(&id);
                verdicts.entry(id).or_insert(Ok(()));
            }
            ("compiler-message", Some(said)) if said.level.starts_with("error") => {
                // The first line is the error, the second its place.
                let text = said.rendered.unwrap_or(said.message);
                let text = text.lines().take(2).map(str::trim).collect::<Vec<_>>().join(" ");
                verdicts.entry(id).or_insert(Err(text));
            }
            _ => {}
        }
    }
    child.wait().context("cargo was lost")?;
    let complaints = complaints.join().unwrap_or_default();
    if verdicts.is_empty() {
        bail!("cargo could not check any client: {}", complaints.trim());
    }
    for id in clients.keys() {
        verdicts.entry(id.clone()).or_insert_with(|| Err("cargo gave no verdict".to_owned()));
    }
    Ok(verdicts)
}

fn lay_out(workspace: &Workspace, folder: &Path, clients: &BTreeMap<String, Vec<ClientFile>>) -> std::io::Result<()> {
    let project = fs::read_to_string(workspace.path("Cargo.toml"))?;
    fs::write(folder.join("Cargo.toml"), workspace_of_clients(&project))?;
    fs::copy(workspace.path("Cargo.lock"), folder.join("Cargo.lock"))?;
    for (id, files) in clients {
        for file in files {
            let path = folder.join("clients").join(id).join(&file.path);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, &file.text)?;
        }
    }
    Ok(())
}

/// `<folder>/clients/<id>/Cargo.toml`.
fn id_of(folder: &Path, manifest: &str) -> Option<String> {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let manifest = Path::new(manifest);
    let manifest = manifest.canonicalize().unwrap_or_else(|_| manifest.to_owned());
    let below = manifest.strip_prefix(folder.join("clients")).ok()?;
    Some(below.parent()?.to_str()?.to_owned())
}
