//! The folder of generated files as it is on disk.

mod summary;

pub(crate) use summary::summary;

use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use uaps_gen::lock::Lock;

use crate::workspace::shown;

/// `generated/`, or what `--out` names.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    root: PathBuf,
}

/// A generated file: its path below the tree, with `/`, and its text.
pub(crate) type TreeFile = (String, String);

impl Tree {
    /// The tree at a folder, which need not exist.
    pub(crate) fn new(root: PathBuf) -> Self {
        Tree { root }
    }

    /// Its folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A file of the tree. `None` for a path that would lead out of it.
    pub(crate) fn path(&self, below: &str) -> Option<PathBuf> {
        let plain = !below.is_empty() && Path::new(below).components().all(|part| matches!(part, Component::Normal(_)));
        plain.then(|| self.root.join(below))
    }

    /// The lock as it was last written; empty before the first time.
    pub(crate) fn lock(&self) -> Result<Lock> {
        let path = self.root.join("gen.lock");
        match fs::read_to_string(&path) {
            Ok(text) => Lock::parse(&text).with_context(|| format!("{} can't be used", shown(&path))),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Lock::default()),
            Err(error) => Err(error).with_context(|| format!("{} can't be read", shown(&path))),
        }
    }

    /// Every provider that has a file here.
    pub(crate) fn ids(&self) -> BTreeSet<String> {
        let names = |folder: &str| -> Vec<String> {
            let entries = fs::read_dir(self.root.join(folder)).into_iter().flatten().flatten();
            entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
        };
        let data = names("catalog").into_iter().chain(names("search"));
        let data = data.filter_map(|name| Some(name.strip_suffix(".json")?.to_owned()));
        data.chain(names("clients")).collect()
    }

    /// The files of a provider, by path.
    pub(crate) fn files(&self, id: &str) -> Result<Vec<TreeFile>> {
        let mut found = Vec::new();
        let data = |folder: &str| self.root.join(folder).join(format!("{id}.json"));
        let mut todo = vec![data("catalog"), data("search"), self.root.join("clients").join(id)];
        while let Some(path) = todo.pop() {
            let unreadable = || format!("{} can't be read", shown(&path));
            if path.is_dir() {
                for entry in fs::read_dir(&path).with_context(unreadable)? {
                    todo.push(entry.with_context(unreadable)?.path());
                }
            } else if path.exists() {
                let text = String::from_utf8_lossy(&fs::read(&path).with_context(unreadable)?).into_owned();
                let below = path.strip_prefix(&self.root).unwrap_or(&path);
                let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
                found.push((parts.join("/"), text));
            }
        }
        found.sort();
        Ok(found)
    }
}
