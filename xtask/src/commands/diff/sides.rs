//! The two sides: folders of providers, compiled as far as they compile.

use crate::providers;
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use uaps_model::{Service, ServiceId};
use uaps_spec::Sources;

/// A folder of providers. One that was laid out for this run goes when this is dropped.
pub(super) struct Folder {
    path: PathBuf,
    _laid: Option<TempDir>,
}

impl Folder {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// The folder that `against` names: itself one, or a revision that has the folder `specs`.
pub(super) fn before(against: &str, specs: &Path) -> Result<Folder> {
    if Path::new(against).is_dir() {
        return Ok(Folder { path: PathBuf::from(against), _laid: None });
    }
    let help = "name a folder, or a revision; `git log --oneline` and `git branch --all` list them";
    if against.starts_with('-') || against.is_empty() {
        bail!("`{against}` is no revision; {help}");
    }
    let verified = git(specs, &["rev-parse", "--verify", "--quiet", &format!("{against}^{{commit}}")])?;
    if !verified.status.success() {
        bail!("`{against}` is neither a folder nor a revision that git knows; {help}");
    }
    let commit = text(&verified);
    let prefix = text(&git(specs, &["rev-parse", "--show-prefix"])?);
    let root = PathBuf::from(text(&git(specs, &["rev-parse", "--show-toplevel"])?));
    let laid = tempfile::tempdir().context("no temporary folder can be made")?;
    // An index of its own, so that nothing of the user's is touched.
    let tree = laid.path().join("tree");
    std::fs::create_dir(&tree).context("no temporary folder can be made")?;
    let output = Command::new("git")
        .arg("-C")
        .arg(&root)
        .arg("--work-tree")
        .arg(&tree)
        .args(["checkout", "--quiet", &commit, "--", if prefix.is_empty() { "." } else { &prefix }])
        .env("GIT_INDEX_FILE", laid.path().join("index"))
        .output()
        .context("git can't be run")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("revision `{against}` has no folder `{}`: {}", prefix.trim_end_matches('/'), said.trim());
    }
    Ok(Folder { path: tree.join(prefix), _laid: Some(laid) })
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Output> {
    Command::new("git").arg("-C").arg(folder).args(arguments).output().context("git can't be run")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A folder's providers.
#[derive(Debug, Default)]
pub(super) struct Side {
    /// Those that compile.
    pub(super) services: Vec<Service>,
    /// Those that don't.
    pub(super) broken: BTreeMap<ServiceId, Broken>,
}

/// Why a provider doesn't compile.
#[derive(Debug, Default)]
pub(super) struct Broken {
    /// The codes of its errors, each once, in order.
    pub(super) codes: String,
    /// The first error, with its place.
    pub(super) reason: String,
}

impl Side {
    /// Compiles the providers of a folder; of all where `ids` is empty.
    pub(super) fn compile(specs: &Path, ids: &[String]) -> Result<Self> {
        let mut side = Side::default();
        for folder in providers::all(specs)?.iter().filter(|folder| ids.is_empty() || ids.contains(&folder.id)) {
            let mut sources = Sources::default();
            let compiled = providers::load(&mut sources, folder).and_then(|input| {
                let (provider, found) = uaps_lint::check(&mut sources, input);
                match provider.filter(|_| !found.iter().any(uaps_spec::Diagnostic::is_error)) {
                    Some(provider) => uaps_gen::compile(&provider),
                    None => Err(found),
                }
            });
            match compiled {
                Ok(service) => side.services.push(service),
                Err(found) => {
                    let mut errors = found.iter().filter(|finding| finding.is_error());
                    let codes: BTreeSet<&str> = errors.clone().map(|finding| finding.code.id).collect();
                    let codes = codes.into_iter().collect::<Vec<_>>().join(" ");
                    let reason = errors.next().map(|f| format!("{} {}", sources.locate(f.primary.span), f.message));
                    let reason = reason.unwrap_or_default();
                    // A folder whose name is no id is no provider.
                    if let Ok(id) = ServiceId::new(folder.id.clone()) {
                        side.broken.insert(id, Broken { codes, reason });
                    }
                }
            }
        }
        Ok(side)
    }

    fn has(&self, id: &str) -> bool {
        self.services.iter().any(|service| service.id.as_str() == id)
            || self.broken.keys().any(|known| known.as_str() == id)
    }
}

/// An id that neither side has is a mistake of the caller's.
pub(super) fn check_ids(ids: &[String], before: &Side, after: &Side) -> Result<()> {
    match ids.iter().find(|id| !before.has(id) && !after.has(id)) {
        Some(id) => bail!("there is no provider `{id}` on either side"),
        None => Ok(()),
    }
}
