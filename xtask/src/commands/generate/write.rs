//! From output in memory to files on disk, through the one door.

use super::Args;
use super::compile::Compiled;
use crate::disk::{Door, State};
use crate::providers::Folder;
use crate::tree::{Tree, TreeFile, summary};
use crate::workspace::shown;
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use uaps_gen::lock::{self, Line, Lock};
use uaps_gen::{GENERATOR, Summary};

/// Makes the tree what it should be. Returns what differed.
pub(super) fn write(
    args: &Args,
    tree: &Tree,
    folders: &[Folder],
    compiled: &[Compiled],
    outputs: BTreeMap<String, Vec<TreeFile>>,
    specs: &Path,
) -> Result<Vec<(PathBuf, State)>> {
    let mut door = Door::new(args.mode(), tree.root());
    let old = tree.lock()?;
    let known: BTreeSet<&str> = folders.iter().map(|folder| folder.id.as_str()).collect();
    let mut lock = Lock::default();
    let mut summaries: Vec<Summary> = Vec::new();

    for folder in folders {
        let id = folder.id.as_str();
        let disk = tree.files(id)?;
        match (compiled.iter().find(|c| c.id == id), outputs.get(id)) {
            (Some(c), Some(files)) => {
                for (path, text) in files {
                    door.ensure_file_contents(&inside(tree, path)?, text)?;
                }
                let wanted: BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
                for (path, _) in disk.iter().filter(|(path, _)| !wanted.contains(path.as_str())) {
                    door.ensure_absent(&inside(tree, path)?)?;
                }
                lock.set(Line {
                    id: c.service.id.clone(),
                    input: c.input.clone(),
                    generator: GENERATOR.to_owned(),
                    output: lock::output_hash(files.iter().map(|(path, text)| (path, text))),
                });
                summaries.push(summary_of(id, files)?.with_context(|| format!("`{id}` has no catalogue"))?);
            }
            // Fresh, or not asked for: it stays as it is, if it is there at all.
            _ => {
                if let Some(line) = old.get(id) {
                    lock.set(line.clone());
                }
                summaries.extend(summary_of(id, &disk)?);
            }
        }
    }
    for id in tree.ids().into_iter().filter(|id| !known.contains(id.as_str())) {
        for (path, _) in tree.files(&id)? {
            door.ensure_absent(&inside(tree, &path)?)?;
        }
    }
    for output in uaps_gen::facade(&summaries) {
        door.ensure_file_contents(&inside(tree, &output.path)?, &output.text)?;
    }
    if args.is_the_project() {
        let schema = format!("{:#}\n", sorted(uaps_spec::manifest_schema()));
        door.ensure_file_contents(&specs.join("provider.schema.json"), &schema)?;
        let docs = specs.with_file_name("docs");
        door.ensure_file_contents(&docs.join("uaps-1.md"), &uaps_lint::manual())?;
    }
    // Last: a run that is killed in between leaves the old lock, and the next run sees that the output differs.
    door.ensure_file_contents(&tree.root().join("gen.lock"), &lock.format())?;
    door.commit()
}

fn inside(tree: &Tree, path: &str) -> Result<PathBuf> {
    match tree.path(path) {
        Some(path) => Ok(path),
        None => bail!("{path} would lead out of {}", shown(tree.root())),
    }
}

fn summary_of(id: &str, files: &[TreeFile]) -> Result<Option<Summary>> {
    let catalog = files.iter().find(|(path, _)| path.starts_with("catalog/"));
    let Some((path, text)) = catalog else { return Ok(None) };
    let broken = || format!("{path} is no catalogue; run `cargo xtask gen --force {id}`");
    Ok(Some(summary(text).with_context(broken)?))
}

fn sorted(mut value: serde_json::Value) -> serde_json::Value {
    value.sort_all_objects();
    value
}
