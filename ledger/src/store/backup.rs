//! Copies of the whole database, and back. Both are as private as the ledger itself.

use super::dialect::{Dialect, say};
use super::place::{self, Place};
use super::{Store, lock::ProcessLock};
use crate::{AuditReport, LedgerError, Settings};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const RESTORED: &str = "the ledger was restored from a copy, which does not know what happened since";

impl Store {
    /// Writes the database as of one moment into a new file, while others go on writing.
    pub(crate) async fn backup(&self, to: &Path) -> Result<(), LedgerError> {
        let shown = to.display().to_string();
        if self.dialect == Dialect::Postgres {
            return Err(copy_failed(&shown, "the ledger is in PostgreSQL; copy it with pg_dump"));
        }
        let failed = |error: io::Error| copy_failed(&shown, &error.to_string());
        if fs::symlink_metadata(to).is_ok() {
            return Err(copy_failed(&shown, "it is there already; name a new file"));
        }
        // Under another name first: what has this name is whole.
        let staged = Staged::new(beside(to, "-partial"));
        staged.create().map_err(failed)?;
        let name = staged.0.display().to_string();
        self.copy_into(name).await.map_err(|error| copy_failed(&shown, &error.to_string()))?;
        durable(&staged.0).and_then(|()| fs::hard_link(&staged.0, to)).and_then(|()| durable(to)).map_err(failed)
    }
}

impl Store {
    /// A reader may not write, which SQLite takes to mean the copy as well.
    async fn copy_into(&self, file: String) -> Result<(), sqlx::Error> {
        let mut connection = self.readers.acquire().await?;
        say(&mut connection, "PRAGMA query_only = OFF").await?;
        let done = sqlx::query("VACUUM INTO $1").bind(file).execute(&mut *connection).await;
        say(&mut connection, "PRAGMA query_only = ON").await?;
        done.map(drop)
    }
}

/// Puts the copy `from` where the database of `url` is to be, if its books are right. There must be none yet: what is there
/// is never overwritten. The copy is brought up to date, and what was under way in it is left to a person.
pub(crate) async fn restore(url: &str, from: &Path) -> Result<AuditReport, LedgerError> {
    let (options, path) = match Place::parse(url)? {
        Place::Memory => return Err(copy_failed(":memory:", "a database in memory can't be restored")),
        Place::Server(options, _) => {
            let name = options.get_database().unwrap_or("postgres");
            return Err(copy_failed(name, "it is in PostgreSQL; put it back with pg_restore"));
        }
        Place::File(options, path) => (*options, path),
    };
    let shown = path.display().to_string();
    place::usable(&path)?;
    // Nobody else makes a database here in the meantime.
    let (_lock, alone) = ProcessLock::of_file(&path).await?;
    if !alone {
        return Err(copy_failed(&shown, "a process has it open; stop the gateway"));
    }
    vacant(&path)?;
    if beside(from, "-wal").exists() {
        let reason =
            "it is a database in use and not a copy: part of it is in the `-wal` beside it; make one with `backup`";
        return Err(copy_failed(&from.display().to_string(), reason));
    }
    let failed = |error: io::Error| copy_failed(&from.display().to_string(), &error.to_string());
    let staged = Staged::new(beside(&path, "-restoring"));
    let mut source = File::open(from).map_err(failed)?;
    let mut copy = staged.create().map_err(failed)?;
    io::copy(&mut source, &mut copy).map_err(failed)?;
    drop(copy);
    is_whole(&staged.0).await.map_err(|reason| copy_failed(&from.display().to_string(), &reason))?;

    let place = Place::File(Box::new(options.filename(&staged.0)), staged.0.clone());
    let store = Store::open_place(place, false, Settings::default()).await?;
    // A provider may have forgotten an order by now, and would take its repetition for another.
    let report = match store.give_all_to_operator(RESTORED).await {
        Ok(_) => store.audit().await,
        Err(error) => Err(error),
    };
    store.close().await;
    let report = report?;
    if report.is_clean() {
        let placed = durable(&staged.0).and_then(|()| fs::rename(&staged.0, &path)).and_then(|()| durable(&path));
        placed.map_err(|error| copy_failed(&shown, &error.to_string()))?;
    }
    Ok(report)
}

/// Refuses a place where something is, or where a part of something is left.
fn vacant(path: &Path) -> Result<(), LedgerError> {
    let shown = path.display().to_string();
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        return Err(copy_failed(&shown, "it is a link; name the file that it leads to"));
    }
    if !place::is_absent(path) {
        let reason = "there is a database already; stop the gateway and move it away, with its -wal and -shm";
        return Err(copy_failed(&shown, reason));
    }
    if let Some(part) = ["-wal", "-shm"].map(|ending| beside(path, ending)).iter().find(|part| part.exists()) {
        let reason = format!("`{}` is part of another database; move it away", part.display());
        return Err(copy_failed(&shown, &reason));
    }
    Ok(())
}

/// Whether each page of a copy is as SQLite wrote it, and whether it is a ledger at all. An error says why not.
async fn is_whole(path: &Path) -> Result<(), String> {
    let words = |error: sqlx::Error| format!("it is damaged, or no ledger: {error}");
    let mut copy = SqliteConnectOptions::new().filename(path).read_only(true).connect().await.map_err(words)?;
    let found: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check(5)").fetch_all(&mut copy).await.map_err(words)?;
    if found != ["ok"] {
        return Err(format!("it is damaged: {}", found.join("; ")));
    }
    let broken = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut copy).await.map_err(words)?.len();
    if broken > 0 {
        return Err(format!("it is damaged: {broken} rows refer to rows that are not there"));
    }
    let keys: Result<i64, _> = sqlx::query_scalar("SELECT count(*) FROM credential").fetch_one(&mut copy).await;
    match keys {
        Ok(0) => Err("it is a ledger without a single key, which no copy of yours is".to_owned()),
        Ok(_) => Ok(()),
        Err(_) => Err("it is no ledger".to_owned()),
    }
}

/// A file in the making, and what SQLite and we put beside it. All of it goes, before and after, whatever happens.
struct Staged(PathBuf);

impl Staged {
    fn new(path: PathBuf) -> Staged {
        let staged = Staged(path);
        staged.remove();
        staged
    }

    /// An empty file that nobody else may read.
    fn create(&self) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.0)
    }

    fn remove(&self) {
        for ending in ["", "-wal", "-shm", "-journal", "-lock"] {
            // What is not there need not go.
            let _ = fs::remove_file(beside(&self.0, ending));
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        self.remove();
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
