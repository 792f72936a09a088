//! Opening: connections, settings, schema.

use super::lock::ProcessLock;
use super::place::{self, Place};
use super::writer::Writer;
use super::{Store, chain, recover};
use crate::{LedgerError, Settings};
use sqlx::SqlitePool;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

static MIGRATOR: Migrator = sqlx::migrate!();

/// How long a connection waits for another process to finish writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections that only read.
const READERS: u32 = 4;

impl Store {
    /// With `create`, a database that isn't there is made; without, it is [`LedgerError::Absent`].
    pub(crate) async fn open(url: &str, create: bool, settings: Settings) -> Result<Store, LedgerError> {
        Store::open_place(Place::parse(url)?, create, settings).await
    }

    pub(super) async fn open_place(place: Place, create: bool, how: Settings) -> Result<Store, LedgerError> {
        let (options, path) = match place {
            Place::Memory(_) if !create => return Err(LedgerError::Absent { path: ":memory:".to_owned() }),
            Place::Memory(options) => (options, None),
            Place::File(options, path) => (options, Some(path)),
        };
        let Some(path) = path else {
            let writer = pool(1).connect_with(settings(options)).await?;
            migrate(&writer).await?;
            return Ok(Store::on(writer.clone(), writer, None, how));
        };

        // Before anything is written, the lock's file among it.
        if !create && place::is_absent(&path) {
            return Err(LedgerError::Absent { path: path.display().to_string() });
        }
        place::usable(&path)?;
        let (lock, alone) = ProcessLock::take(&path).await?;
        let create = settings(options.clone()).create_if_missing(create).journal_mode(SqliteJournalMode::Wal);
        let writer = pool(1).connect_with(create).await.map_err(|error| cannot_open(&path, error))?;
        let refuse = |error| match error {
            LedgerError::Database(error) => cannot_open(&path, error),
            other => other,
        };
        is_durable(&writer, &path).await.map_err(refuse)?;
        is_ours(&writer, &path).await.map_err(refuse)?;
        migrate(&writer).await.map_err(refuse)?;
        let readers = pool(READERS).connect_with(settings(options).read_only(true)).await;
        let readers = readers.map_err(|error| cannot_open(&path, error))?;

        let lock = Arc::new(lock);
        let store = Store::on(writer, readers, Some(lock.clone()), how);
        store.write(|conn| Box::pin(chain::adopt(conn))).await?;
        if alone {
            store.write(|conn| Box::pin(recover::after_death(conn))).await?;
            lock.share()?;
        }
        Ok(store)
    }
}

impl Store {
    fn on(connection: SqlitePool, readers: SqlitePool, lock: Option<Arc<ProcessLock>>, how: Settings) -> Store {
        Store { writer: Writer::start(connection.clone(), how.writes_per_commit), connection, readers, _lock: lock }
    }
}

fn settings(options: SqliteConnectOptions) -> SqliteConnectOptions {
    let options = options.synchronous(SqliteSynchronous::Full).busy_timeout(BUSY_TIMEOUT).foreign_keys(true);
    // What is erased (an order's arguments) is overwritten, not only forgotten.
    options.pragma("secure_delete", "ON")
}

/// Connections are kept for ever: a database in memory lives in its only one.
fn pool(size: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().min_connections(1).max_connections(size).idle_timeout(None).max_lifetime(None)
}

/// Refuses a place where SQLite would quietly do without the write-ahead log, such as some network file systems.
async fn is_durable(writer: &SqlitePool, path: &Path) -> Result<(), LedgerError> {
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(writer).await?;
    if mode.eq_ignore_ascii_case("wal") {
        return Ok(());
    }
    let reason = format!("its journal mode is `{mode}` and can't be `wal`; put it on a local disk");
    Err(LedgerError::Open { path: path.display().to_string(), reason })
}

/// Refuses to add tables to another program's database.
async fn is_ours(writer: &SqlitePool, path: &Path) -> Result<(), LedgerError> {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(writer).await?;
    if tables.is_empty() || tables.iter().any(|table| table == "_sqlx_migrations") {
        return Ok(());
    }
    let reason = "it is the database of another program; name another file".to_owned();
    Err(LedgerError::Open { path: path.display().to_string(), reason })
}

async fn migrate(writer: &SqlitePool) -> Result<(), LedgerError> {
    MIGRATOR.run(writer).await.map_err(|error| match error {
        MigrateError::VersionMissing(found) => {
            let known = MIGRATOR.iter().map(|m| m.version).max().unwrap_or_default();
            LedgerError::NewerSchema { found, known }
        }
        MigrateError::Execute(error) => error.into(),
        other => LedgerError::Migrate(other),
    })
}

fn cannot_open(path: &Path, error: sqlx::Error) -> LedgerError {
    // SQLite's primary result codes.
    let code = error.as_database_error().and_then(|e| e.code()).and_then(|c| c.parse::<i64>().ok());
    let reason = match (code.map(|c| c & 0xff), error.as_database_error()) {
        (Some(3 | 8 | 14), Some(said)) => {
            format!("{}; the file and its directory must be readable and writable", said.message())
        }
        (Some(26), _) => "it is not a SQLite database; name another file".to_owned(),
        _ => return error.into(),
    };
    LedgerError::Open { path: path.display().to_string(), reason }
}
