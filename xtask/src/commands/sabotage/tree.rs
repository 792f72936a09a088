//! A copy of the project that may be broken.

use crate::workspace::Workspace;
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The copy. It has a target folder of its own, so that nothing broken is ever taken for the real thing.
#[derive(Debug)]
pub(super) struct Tree {
    root: PathBuf,
    target: PathBuf,
    cargo: PathBuf,
}

impl Tree {
    /// Brings the copy up to date. What has not changed keeps its time, and cargo what it built of it.
    pub(super) fn copy(workspace: &Workspace) -> Result<Tree> {
        let folder = workspace.target().join("sabotage");
        let root = folder.join("tree");
        let listed = git(workspace, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
        let files: BTreeSet<PathBuf> = listed.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect();
        let files: BTreeSet<_> = files.into_iter().filter(|file| workspace.path("").join(file).is_file()).collect();
        for file in &files {
            let (from, to) = (workspace.path("").join(file), root.join(file));
            let text = fs::read(&from).with_context(|| format!("{} can't be read", from.display()))?;
            put(&to, &text)?;
        }
        remove_others(&root, &root, &files)?;
        let cargo = std::env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from);
        Ok(Tree { root, target: folder.join("target"), cargo })
    }

    /// Puts `to` in the place of `from`, runs `work`, and takes it back.
    pub(super) fn broken<T>(&self, file: &str, from: &str, to: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let path = self.root.join(file);
        let text = fs::read_to_string(&path).with_context(|| format!("{file} can't be read"))?;
        let found = text.matches(from).count();
        ensure!(found == 1, "{file} has the piece {found} times instead of once: {from}");
        put(&path, text.replace(from, to).as_bytes())?;
        let done = work();
        put(&path, text.as_bytes())?;
        done
    }

    /// Runs `cargo test`, in silence.
    pub(super) fn test(&self, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new(&self.cargo);
        command.arg("test").args(arguments).current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        // A few thousand purchases tell a broken flow from a sound one.
        command.env("PENUMBRA_SIMULATION_PURCHASES", "4000").env("PENUMBRA_SIMULATION_SEED", "1");
        command.stdin(Stdio::null()).output().context("cargo can't be run")
    }
}

fn git(workspace: &Workspace, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git").current_dir(workspace.path("")).args(arguments).output();
    let output = output.context("git can't be run")?;
    if !output.status.success() {
        bail!("git: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Writes a file, unless it is so already.
fn put(path: &Path, text: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("{} can't be written", path.display()))
}

fn remove_others(root: &Path, folder: &Path, files: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(root, &path, files)?;
        } else if !path.strip_prefix(root).is_ok_and(|below| files.contains(below)) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
