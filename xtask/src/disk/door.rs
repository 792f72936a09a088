//! The one door for generated files.

use super::stage::Stage;
use crate::workspace::shown;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// What is to happen to a file that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is written.
    Write,
    /// It is a finding.
    Check,
    /// It is told.
    DryRun,
}

/// How a file on disk compares to what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It is as it should be.
    Fresh,
    /// It is not there.
    Missing,
    /// It holds something else.
    Stale,
    /// It should not be there.
    Surplus,
}

/// Collects what differs and, in [`Mode::Write`], changes all of it at once.
#[derive(Debug)]
pub(crate) struct Door {
    mode: Mode,
    root: PathBuf,
    stage: Option<Stage>,
    changes: Vec<(PathBuf, State)>,
}

impl Door {
    /// A door to the tree below `root`, which need not exist.
    pub(crate) fn new(mode: Mode, root: &Path) -> Self {
        Door { mode, root: root.to_owned(), stage: None, changes: Vec::new() }
    }

    /// Sees to it that the file holds `text`: compares and, in [`Mode::Write`], stages what differs.
    pub(crate) fn ensure_file_contents(&mut self, path: &Path, text: &str) -> Result<State> {
        let state = compare(path, text).with_context(|| format!("{} can't be read", shown(path)))?;
        if state == State::Fresh {
            return Ok(state);
        }
        if self.mode == Mode::Write {
            self.stage()?.write(path, text)?;
        }
        self.changes.push((path.to_owned(), state));
        Ok(state)
    }

    /// Sees to it that there is no such file.
    pub(crate) fn ensure_absent(&mut self, path: &Path) -> Result<State> {
        if fs::symlink_metadata(path).is_err() {
            return Ok(State::Fresh);
        }
        if self.mode == Mode::Write {
            self.stage()?.remove(path);
        }
        self.changes.push((path.to_owned(), State::Surplus));
        Ok(State::Surplus)
    }

    /// Moves what is staged into place, all or nothing, and tells what differed.
    pub(crate) fn commit(self) -> Result<Vec<(PathBuf, State)>> {
        if let Some(stage) = self.stage {
            stage.commit()?;
        }
        Ok(self.changes)
    }

    fn stage(&mut self) -> Result<&mut Stage> {
        let stage = match self.stage.take() {
            Some(stage) => stage,
            None => Stage::new(&self.root)?,
        };
        Ok(self.stage.insert(stage))
    }
}

fn compare(path: &Path, text: &str) -> std::io::Result<State> {
    use std::io::ErrorKind;
    match fs::read(path) {
        Ok(bytes) if bytes == text.as_bytes() => Ok(State::Fresh),
        Ok(_) => Ok(State::Stale),
        // Below a file there is nothing either; writing there will say so.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(State::Missing),
        Err(error) => Err(error),
    }
}
