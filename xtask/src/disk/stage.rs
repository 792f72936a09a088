//! A change of many files that happens wholly or not at all.
//!
//! New texts are written to a hidden folder inside the tree, so on the same file system; a full disk or a folder that
//! can't be written shows before anything has changed. Then each file is renamed into place, and what it replaces into
//! the hidden folder; if one step fails, the steps before it are undone.

use crate::workspace::shown;
use anyhow::{Context, Result, anyhow};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Name of the hidden folder; what a killed run left behind is found by it.
pub(super) const PREFIX: &str = ".staged-";

/// Changes that have not happened yet.
#[derive(Debug)]
pub(super) struct Stage {
    folder: TempDir,
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    /// What comes to `path`; nothing for a removal.
    staged: Option<PathBuf>,
    path: PathBuf,
}

/// What was done, to be undone.
struct Done {
    path: PathBuf,
    backup: Option<PathBuf>,
    placed: bool,
    created: Vec<PathBuf>,
}

impl Stage {
    /// Starts with nothing staged. `root` is created where it does not exist.
    pub(super) fn new(root: &Path) -> Result<Self> {
        let refused = || format!("{} can't be written; nothing was changed", shown(root));
        fs::create_dir_all(root).with_context(refused)?;
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(root).with_context(refused)?;
        Ok(Stage { folder, steps: Vec::new() })
    }

    /// Stages a file.
    pub(super) fn write(&mut self, path: &Path, text: &str) -> Result<()> {
        let staged = self.folder.path().join(format!("new-{}", self.steps.len()));
        fs::write(&staged, text).with_context(|| format!("{} can't be written; nothing was changed", shown(path)))?;
        self.steps.push(Step { staged: Some(staged), path: path.to_owned() });
        Ok(())
    }

    /// Stages a removal.
    pub(super) fn remove(&mut self, path: &Path) {
        self.steps.push(Step { staged: None, path: path.to_owned() });
    }

    /// Does every step in order, or none. Folders that a removal leaves empty go too.
    pub(super) fn commit(self) -> Result<()> {
        let mut done: Vec<Done> = Vec::new();
        for (number, step) in self.steps.iter().enumerate() {
            let backup = self.folder.path().join(format!("old-{number}"));
            if let Err(error) = step.apply(backup, &mut done) {
                let undone = undo(done);
                let what = format!("{} can't be changed", shown(&step.path));
                return match undone {
                    Ok(()) => Err(error).with_context(|| format!("{what}; everything is as it was")),
                    Err(lost) => {
                        // The old files are all that is left, so the folder that holds them stays.
                        let kept = self.folder.keep();
                        Err(anyhow!("{lost}")).with_context(|| {
                            format!("{what}, and not all could be undone; the old files are in {}", shown(&kept))
                        })
                    }
                };
            }
        }
        for step in self.steps.iter().filter(|step| step.staged.is_none()) {
            prune(&step.path);
        }
        Ok(())
    }
}

impl Step {
    fn apply(&self, backup: PathBuf, done: &mut Vec<Done>) -> std::io::Result<()> {
        let mut record = Done { path: self.path.clone(), backup: None, placed: false, created: Vec::new() };
        if fs::symlink_metadata(&self.path).is_ok() {
            rename(&self.path, &backup)?;
            record.backup = Some(backup);
        }
        let Some(staged) = &self.staged else {
            done.push(record);
            return Ok(());
        };
        let parent = self.path.parent().unwrap_or(Path::new("."));
        record.created = parent.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
        done.push(record);
        fs::create_dir_all(parent)?;
        rename(staged, &self.path)?;
        if let Some(record) = done.last_mut() {
            record.placed = true;
        }
        Ok(())
    }
}

/// Undoes from the last step to the first. The first failure is told, after all has been tried.
fn undo(done: Vec<Done>) -> std::io::Result<()> {
    let mut result = Ok(());
    for record in done.into_iter().rev() {
        let back = match &record.backup {
            Some(backup) => rename(backup, &record.path),
            None if record.placed => fs::remove_file(&record.path),
            None => Ok(()),
        };
        result = result.and(back);
        for folder in record.created {
            let _ = fs::remove_dir(folder);
        }
    }
    result
}

/// Renames; across file systems it copies beside the goal first, so that the goal is never half there.
fn rename(from: &Path, to: &Path) -> std::io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => {
            let name = to.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let beside = to.with_file_name(format!("{PREFIX}{name}"));
            fs::copy(from, &beside).and_then(|_| fs::rename(&beside, to)).inspect_err(|_| {
                let _ = fs::remove_file(&beside);
            })?;
            fs::remove_file(from)
        }
        other => other,
    }
}

/// Removes the folders above `path` that hold nothing any more.
fn prune(path: &Path) {
    for folder in path.ancestors().skip(1) {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(root: &Path) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut todo = vec![root.to_owned()];
        while let Some(folder) = todo.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(root).unwrap().display().to_string();
                if path.is_dir() {
                    found.push((name + "/", String::new()));
                    todo.push(path);
                } else {
                    found.push((name, fs::read_to_string(path).unwrap()));
                }
            }
        }
        found.sort();
        found
    }

    #[test]
    fn all_steps_happen() {
        let root = TempDir::new().unwrap();
        fs::create_dir(root.path().join("gone")).unwrap();
        for name in ["a", "gone/b"] {
            fs::write(root.path().join(name), "old").unwrap();
        }
        let mut stage = Stage::new(root.path()).unwrap();
        stage.write(&root.path().join("a"), "new").unwrap();
        stage.write(&root.path().join("x/y/z"), "new").unwrap();
        stage.remove(&root.path().join("gone/b"));
        stage.commit().unwrap();
        let names: Vec<_> = tree(root.path()).into_iter().map(|(name, text)| name + "=" + &text).collect();
        assert_eq!(names, ["a=new", "x/=", "x/y/=", "x/y/z=new"]);
    }

    #[test]
    fn a_step_that_fails_undoes_those_before_it() {
        let root = TempDir::new().unwrap();
        for name in ["a", "b", "file"] {
            fs::write(root.path().join(name), "old").unwrap();
        }
        let before = tree(root.path());
        let mut stage = Stage::new(root.path()).unwrap();
        stage.write(&root.path().join("a"), "new").unwrap();
        stage.remove(&root.path().join("b"));
        stage.write(&root.path().join("new/c"), "new").unwrap();
        stage.write(&root.path().join("file/below"), "a file is no folder").unwrap();
        let error = stage.commit().unwrap_err();
        assert!(error.to_string().contains("everything is as it was"), "{error:#}");
        assert_eq!(tree(root.path()), before);
    }
}
