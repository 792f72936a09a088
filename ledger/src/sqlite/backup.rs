//! Copies of the whole database, and back.

use super::place::{self, Place};
use super::{Store, lock::ProcessLock};
use crate::{AuditReport, LedgerError, Settings};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

impl Store {
    /// Writes the database as of one moment into a new file, while others go on writing.
    pub(crate) async fn backup(&self, to: &Path) -> Result<(), LedgerError> {
        let shown = to.display().to_string();
        if to.exists() {
            return Err(copy_failed(&shown, "it is there already; name a new file"));
        }
        // SQLite writes beside it first and never over anything.
        let done = sqlx::query("VACUUM INTO $1").bind(&shown).execute(&self.readers).await;
        done.map_err(|error| copy_failed(&shown, &error.to_string()))?;
        durable(to).map_err(|error| copy_failed(&shown, &error.to_string()))
    }
}

/// Puts the copy `from` where the database of `url` is to be, if its books are right. There must be none yet: what is there
/// is never overwritten. The copy is brought up to date and put in order like any database that is opened.
pub(crate) async fn restore(url: &str, from: &Path) -> Result<AuditReport, LedgerError> {
    let (options, path) = match Place::parse(url)? {
        Place::Memory(_) => return Err(copy_failed(":memory:", "a database in memory can't be restored")),
        Place::File(options, path) => (options, path),
    };
    let shown = path.display().to_string();
    place::usable(&path)?;
    if !place::is_absent(&path) {
        let reason = "there is a database already; stop the gateway and move it away, with its -wal and -shm";
        return Err(copy_failed(&shown, reason));
    }
    if let Some(part) = ["-wal", "-shm"].map(|ending| beside(&path, ending)).iter().find(|part| part.exists()) {
        let reason = format!("`{}` is part of another database; move it away", part.display());
        return Err(copy_failed(&shown, &reason));
    }
    // Nobody else makes a database here in the meantime.
    let (_lock, alone) = ProcessLock::take(&path).await?;
    if !alone {
        return Err(copy_failed(&shown, "a process has it open; stop the gateway"));
    }
    let staged = Staged(beside(&path, "-restoring"));
    fs::copy(from, &staged.0).map_err(|error| copy_failed(&from.display().to_string(), &error.to_string()))?;
    let store =
        Store::open_place(Place::File(options.filename(&staged.0), staged.0.clone()), false, Settings::default())
            .await?;
    let report = store.audit().await;
    store.close().await;
    let report = report?;
    if report.is_clean() {
        let placed = durable(&staged.0).and_then(|()| fs::rename(&staged.0, &path)).and_then(|()| durable(&path));
        placed.map_err(|error| copy_failed(&shown, &error.to_string()))?;
    }
    Ok(report)
}

/// A file in the making, and what SQLite and we put beside it. All of it goes, whatever happens.
struct Staged(PathBuf);

impl Drop for Staged {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm", "-lock"] {
            // What is not there need not go.
            let _ = fs::remove_file(beside(&self.0, ending));
        }
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// On the disk, and its name too.
fn durable(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()?;
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

fn copy_failed(path: &str, reason: &str) -> LedgerError {
    LedgerError::Copy { path: path.to_owned(), reason: reason.to_owned() }
}
