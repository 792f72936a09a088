//! Where the project is.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The project's root folder.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace that cargo runs this command from, else the one around the current folder.
    pub(crate) fn find() -> Result<Self> {
        let started_by_cargo = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let from_cargo = started_by_cargo.as_deref().and_then(Path::parent).filter(|root| is_root(root));
        if let Some(root) = from_cargo {
            return Ok(Workspace { root: root.to_owned() });
        }
        let here = std::env::current_dir().context("the current folder can't be read")?;
        match here.ancestors().find(|folder| is_root(folder)) {
            Some(root) => Ok(Workspace { root: root.to_owned() }),
            None => bail!(
                "{} is not inside the project; change into it, or name the folders with --specs and --out",
                here.display()
            ),
        }
    }

    /// A path below the root.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// The target folder that cargo uses here.
    pub(crate) fn target(&self) -> PathBuf {
        match std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
            Some(dir) => self.root.join(dir),
            None => self.root.join("target"),
        }
    }

    /// A cargo command at the root: the cargo that runs us, where one does.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        // Cargo set these for us alone; what it builds next must not take them for its own.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_BIN_NAME" {
                command.env_remove(&name);
            }
        }
        command
    }

    /// Builds a binary of the project and tells where it is. Cargo's own words go to standard error.
    pub(crate) fn build(&self, arguments: &[&str], name: &str) -> Result<PathBuf> {
        let output = self
            .cargo()
            .args(["build", "--bin", name, "--message-format=json-render-diagnostics"])
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .context("cargo can't be run")?;
        if !output.status.success() {
            bail!("`{name}` could not be built; cargo's own words are above");
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let artifacts = text.lines().filter_map(|line| serde_json::from_str::<Artifact>(line).ok());
        let mut built = artifacts.filter(|artifact| artifact.target.as_ref().is_some_and(|target| target.name == name));
        built.find_map(|artifact| artifact.executable).with_context(|| format!("cargo built no `{name}`"))
    }
}

/// A line of cargo's, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Artifact {
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
}

fn is_root(folder: &Path) -> bool {
    folder.join("Cargo.toml").is_file() && folder.join("xtask/Cargo.toml").is_file()
}

/// A path as a person would write it: below the current folder without that folder's name.
pub(crate) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let short = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    match short {
        Some(short) if short.as_os_str().is_empty() => ".".to_owned(),
        Some(short) => short.display().to_string(),
        None => path.display().to_string(),
    }
}
