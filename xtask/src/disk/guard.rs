//! One `gen` at a time in one tree.

use super::stage::PREFIX;
use crate::output::note;
use crate::workspace::shown;
use anyhow::{Context, Result};
use std::fs::{self, File, TryLockError};
use std::path::Path;

/// Held while a tree is compared and changed; the system lets go of it however the process ends.
#[derive(Debug)]
pub(crate) struct Guard {
    // A folder can't be opened on every system; where it can't, runs are not kept apart.
    _folder: Option<File>,
}

impl Guard {
    /// Waits until no other run works in `root`, and clears away what a killed one left there.
    pub(crate) fn take(root: &Path) -> Result<Self> {
        let Ok(folder) = File::open(root) else { return Ok(Guard { _folder: None }) };
        match folder.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                note(&format!("waiting for another `cargo xtask gen` in {}", shown(root)));
                folder.lock().with_context(|| format!("{} can't be locked", shown(root)))?;
            }
            Err(TryLockError::Error(_)) => return Ok(Guard { _folder: None }),
        }
        for entry in fs::read_dir(root).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        Ok(Guard { _folder: Some(folder) })
    }
}
