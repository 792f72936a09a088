//! Whether another process has the database open.
//!
//! Every process holds a shared lock on a file beside the database for as long as it lives; the operating system drops
//! the lock when the process dies, however it dies. Whoever can have the lock alone knows that nobody else is alive, so
//! what is under way in the database belongs to the dead. The database file itself is not locked this way, because
//! closing a second handle on it would drop SQLite's own locks.

use crate::LedgerError;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// A lock held while it lives.
#[derive(Debug)]
pub(super) struct ProcessLock {
    file: File,
    path: PathBuf,
}

impl ProcessLock {
    /// Takes the lock of the database at `database`, and tells whether nobody else has it. Then it is exclusive until
    /// [`ProcessLock::share`]. Waits while another process is putting the database in order.
    pub(super) async fn take(database: &Path) -> Result<(ProcessLock, bool), LedgerError> {
        let mut name = database.as_os_str().to_owned();
        name.push("-lock");
        let path = PathBuf::from(name);
        let task = tokio::task::spawn_blocking(move || take(path));
        task.await.map_err(|_| LedgerError::Interrupted)?
    }

    /// Lets other processes in.
    pub(super) fn share(&self) -> Result<(), LedgerError> {
        let shared = self.file.unlock().and_then(|()| self.file.lock_shared());
        shared.map_err(|error| failed(&self.path, &error))
    }
}

fn take(path: PathBuf) -> Result<(ProcessLock, bool), LedgerError> {
    let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path);
    let file = file.map_err(|error| failed(&path, &error))?;
    let alone = match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => {
            file.lock_shared().map_err(|error| failed(&path, &error))?;
            false
        }
        Err(TryLockError::Error(error)) => return Err(failed(&path, &error)),
    };
    Ok((ProcessLock { file, path }, alone))
}

fn failed(path: &Path, error: &std::io::Error) -> LedgerError {
    let reason = format!("{error}; the file and its directory must be writable");
    LedgerError::Open { path: path.display().to_string(), reason }
}
