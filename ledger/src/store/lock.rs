//! Whether another process has the database open.
//!
//! Every process holds a shared lock for as long as it lives, which goes when the process dies, however it dies. Whoever can
//! have the lock alone knows that nobody else is alive, so what is under way in the database belongs to the dead.
//!
//! Beside a SQLite file the lock is on a file of its own, because closing a second handle on the database would drop SQLite's
//! own locks. In PostgreSQL it is an advisory lock of a connection that is there for nothing else.

use crate::LedgerError;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use tokio::sync::Mutex;

/// A lock held while it lives.
#[derive(Debug)]
pub(super) enum ProcessLock {
    File { file: File, path: PathBuf },
    Server(Mutex<Option<PgConnection>>),
}

/// The name of the lock in PostgreSQL: one for each schema.
macro_rules! name {
    () => {
        "hashtext(current_schema() || ' penumbra process')"
    };
}

/// Has a connection that writes hold it too, so that whoever can write is known to be alive, also after the connection was lost
/// and made anew. Does not wait: while somebody is alone, he is putting the database in order.
pub(super) const WRITERS_LOCK: &str = concat!("SELECT pg_try_advisory_lock_shared(", name!(), ")");

impl ProcessLock {
    /// Takes the lock of the database at `database`, and tells whether nobody else has it. Then it is exclusive until
    /// [`ProcessLock::share`]. Waits while another process is putting the database in order.
    pub(super) async fn of_file(database: &Path) -> Result<(ProcessLock, bool), LedgerError> {
        let mut name = database.as_os_str().to_owned();
        name.push("-lock");
        let path = PathBuf::from(name);
        let task = tokio::task::spawn_blocking(move || take(path));
        task.await.map_err(|_| LedgerError::Interrupted)?
    }

    /// Likewise in PostgreSQL.
    pub(super) async fn of_server(options: &PgConnectOptions) -> Result<(ProcessLock, bool), LedgerError> {
        let mut connection = options.connect().await?;
        let alone: bool = sqlx::query_scalar(concat!("SELECT pg_try_advisory_lock(", name!(), ")"))
            .fetch_one(&mut connection)
            .await?;
        if !alone {
            sqlx::query(concat!("SELECT pg_advisory_lock_shared(", name!(), ")")).execute(&mut connection).await?;
        }
        Ok((ProcessLock::Server(Mutex::new(Some(connection))), alone))
    }

    /// Lets other processes in.
    pub(super) async fn share(&self) -> Result<(), LedgerError> {
        match self {
            ProcessLock::File { file, path } => {
                let shared = file.unlock().and_then(|()| file.lock_shared());
                shared.map_err(|error| failed(path, &error))
            }
            ProcessLock::Server(connection) => {
                if let Some(connection) = connection.lock().await.as_mut() {
                    // Shared before it is no longer exclusive: never without.
                    for sql in [
                        concat!("SELECT pg_advisory_lock_shared(", name!(), ")"),
                        concat!("SELECT pg_advisory_unlock(", name!(), ")"),
                    ] {
                        sqlx::query(sql).execute(&mut *connection).await?;
                    }
                }
                Ok(())
            }
        }
    }

    /// Gives it up before its time.
    pub(super) async fn release(&self) {
        match self {
            ProcessLock::File { file, .. } => drop(file.unlock()),
            ProcessLock::Server(connection) => {
                if let Some(connection) = connection.lock().await.take() {
                    let _ = connection.close().await;
                }
            }
        }
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
    Ok((ProcessLock::File { file, path }, alone))
}

fn failed(path: &Path, error: &std::io::Error) -> LedgerError {
    let reason = format!("{error}; the file and its directory must be writable");
    LedgerError::Open { path: path.display().to_string(), reason }
}
