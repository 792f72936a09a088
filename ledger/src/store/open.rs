//! Opening: connections, settings, schema.

use super::dialect::{Dialect, say};
use super::lock::{ProcessLock, WRITERS_LOCK};
use super::place::{self, Place};
use super::writer::Writer;
use super::{Store, chain};
use crate::{LedgerError, Settings};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{AnyPool, ConnectOptions, Connection, PgConnection, SqliteConnection};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a connection waits for another process to finish writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections that only read.
const READERS: u32 = 4;

/// How SQLite writes: nothing is acknowledged before it is on the disk, and what is erased (an order's arguments) is
/// overwritten, not only forgotten.
const SQLITE_WRITER: &str = "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;
                             PRAGMA secure_delete = ON;";
const SQLITE_READER: &str = "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON;";

/// How PostgreSQL writes. The writer only ever looks rows up by their keys; plans made while a table was empty must not
/// outlive that. Compiling such plans takes longer than running them.
const POSTGRES_WRITER: &str = "SET synchronous_commit = on; SET lock_timeout = '5s'; SET jit = off;
                               SET idle_in_transaction_session_timeout = '30s';
                               SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;";
const POSTGRES_READER: &str = "SET default_transaction_read_only = on; SET jit = off;";

impl Store {
    /// With `create`, a database that isn't there is made; without, it is [`LedgerError::Absent`].
    pub(crate) async fn open(url: &str, create: bool, settings: Settings) -> Result<Store, LedgerError> {
        Store::open_place(Place::parse(url)?, create, settings).await
    }

    pub(super) async fn open_place(place: Place, create: bool, how: Settings) -> Result<Store, LedgerError> {
        sqlx::any::install_default_drivers();
        match place {
            Place::Memory if !create => Err(LedgerError::Absent { path: ":memory:".to_owned() }),
            Place::Memory => Store::open_memory(how).await,
            Place::File(options, path) => Store::open_file(*options, &path, create, how).await,
            Place::Server(options, url) => Store::open_server(&options, &url, create, how).await,
        }
    }

    async fn open_memory(how: Settings) -> Result<Store, LedgerError> {
        // The database lives in its only connection.
        let one = pool("sqlite::memory:", 1, "PRAGMA foreign_keys = OFF").await?;
        let mut connection = one.acquire().await?;
        SQLITE.run(&mut *connection).await.map_err(|error| unmigrated(&SQLITE, error))?;
        sqlx::raw_sql(SQLITE_WRITER).execute(&mut *connection).await?;
        drop(connection);
        Ok(Store::on(Dialect::Sqlite, one.clone(), one, None, how))
    }

    async fn open_file(
        options: SqliteConnectOptions,
        path: &Path,
        create: bool,
        how: Settings,
    ) -> Result<Store, LedgerError> {
        // Before anything is written, the lock's file among it.
        if !create && place::is_absent(path) {
            return Err(LedgerError::Absent { path: path.display().to_string() });
        }
        place::usable(path)?;
        let (lock, alone) = ProcessLock::of_file(path).await?;
        let refuse = |error| match error {
            LedgerError::Database(error) => cannot_open(path, error),
            other => other,
        };
        let first = options.clone().create_if_missing(create).journal_mode(SqliteJournalMode::Wal);
        let first = first.foreign_keys(false).busy_timeout(BUSY_TIMEOUT);
        let mut connection = first.connect().await.map_err(|error| cannot_open(path, error))?;
        is_durable(&mut connection, path).await.map_err(refuse)?;
        is_ours(&mut connection, path).await.map_err(refuse)?;
        migrate_sqlite(&mut connection).await.map_err(refuse)?;
        connection.close().await?;

        let url = options.to_url_lossy();
        let writer = pool(url.as_str(), 1, SQLITE_WRITER).await.map_err(refuse)?;
        let readers = pool(url.as_str(), READERS, SQLITE_READER).await.map_err(refuse)?;
        Store::on(Dialect::Sqlite, writer, readers, Some(lock), how).ready(alone && create).await
    }

    async fn open_server(
        options: &PgConnectOptions,
        url: &str,
        create: bool,
        how: Settings,
    ) -> Result<Store, LedgerError> {
        let name = || format!("{} on {}", options.get_database().unwrap_or("postgres"), options.get_host());
        let (lock, alone) = ProcessLock::of_server(options).await.map_err(|error| match error {
            LedgerError::Database(error) => LedgerError::Open { path: name(), reason: error.to_string() },
            other => other,
        })?;
        let mut connection = options.connect().await?;
        let ours: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = '_sqlx_migrations')",
        )
        .fetch_one(&mut connection)
        .await?;
        if !ours && !create {
            return Err(LedgerError::Absent { path: name() });
        }
        if !ours && has_tables(&mut connection).await? {
            let reason = "it is the database of another program; name another one, or another schema".to_owned();
            return Err(LedgerError::Open { path: name(), reason });
        }
        POSTGRES.run(&mut connection).await.map_err(|error| unmigrated(&POSTGRES, error))?;
        connection.close().await?;
        let writer = pool(url, 1, POSTGRES_WRITER).await?;
        let readers = pool(url, READERS, POSTGRES_READER).await?;
        Store::on(Dialect::Postgres, writer, readers, Some(lock), how).ready(alone && create).await
    }

    fn on(dialect: Dialect, connection: AnyPool, readers: AnyPool, lock: Option<ProcessLock>, how: Settings) -> Store {
        let writer = Writer::start(connection.clone(), dialect, how.clock.clone(), how.writes_per_commit);
        Store { dialect, writer, connection, readers, clock: how.clock, lock: lock.map(Arc::new) }
    }

    /// Puts things in order, if nobody else is alive and this process has come to stay, and lets others in.
    async fn ready(self, recover: bool) -> Result<Store, LedgerError> {
        let dialect = self.dialect;
        self.writer.statements(move |conn| Box::pin(chain::adopt(conn, dialect))).await?;
        if recover {
            self.recover().await?;
        }
        if let Some(lock) = &self.lock {
            lock.share().await?;
        }
        if dialect == Dialect::Postgres {
            self.writer.statements(|conn| Box::pin(async move { Ok(say(conn, WRITERS_LOCK).await?) })).await?;
        }
        Ok(self)
    }
}

/// Connections that begin with `settings`. They are kept for ever: a database in memory lives in its only one.
async fn pool(url: &str, size: u32, settings: &'static str) -> Result<AnyPool, LedgerError> {
    let options = AnyConnectOptions::from_str(url)?;
    let pool = AnyPoolOptions::new().min_connections(1).max_connections(size).idle_timeout(None).max_lifetime(None);
    // A server may have gone away; a file has not, and asking it costs as much as a query.
    let pool = pool.test_before_acquire(!url.starts_with("sqlite"));
    let writes = settings == POSTGRES_WRITER;
    let pool = pool.after_connect(move |connection, _| {
        Box::pin(async move {
            say(connection, settings).await?;
            if writes { say(connection, WRITERS_LOCK).await } else { Ok(()) }
        })
    });
    Ok(pool.connect_with(options).await?)
}

/// Refuses a place where SQLite would quietly do without the write-ahead log, such as some network file systems.
async fn is_durable(connection: &mut SqliteConnection, path: &Path) -> Result<(), LedgerError> {
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(connection).await?;
    if mode.eq_ignore_ascii_case("wal") {
        return Ok(());
    }
    let reason = format!("its journal mode is `{mode}` and can't be `wal`; put it on a local disk");
    Err(LedgerError::Open { path: path.display().to_string(), reason })
}

/// Refuses to add tables to another program's database.
async fn is_ours(connection: &mut SqliteConnection, path: &Path) -> Result<(), LedgerError> {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(connection).await?;
    if tables.is_empty() || tables.iter().any(|table| table == "_sqlx_migrations") {
        return Ok(());
    }
    let reason = "it is the database of another program; name another file".to_owned();
    Err(LedgerError::Open { path: path.display().to_string(), reason })
}

async fn has_tables(connection: &mut PgConnection) -> Result<bool, LedgerError> {
    let any = "SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema())";
    Ok(sqlx::query_scalar(any).fetch_one(connection).await?)
}

/// Some migrations make tables anew, which foreign keys would not survive; so they are off, and checked afterwards.
async fn migrate_sqlite(connection: &mut SqliteConnection) -> Result<(), LedgerError> {
    SQLITE.run(&mut *connection).await.map_err(|error| unmigrated(&SQLITE, error))?;
    let broken = sqlx::query("PRAGMA foreign_key_check").fetch_all(connection).await?.len();
    match broken {
        0 => Ok(()),
        _ => Err(LedgerError::Corrupt(format!("{broken} rows refer to rows that are not there"))),
    }
}

fn unmigrated(migrator: &Migrator, error: MigrateError) -> LedgerError {
    match error {
        MigrateError::VersionMissing(found) => {
            let known = migrator.iter().map(|m| m.version).max().unwrap_or_default();
            LedgerError::NewerSchema { found, known }
        }
        MigrateError::Execute(error) => error.into(),
        other => LedgerError::Migrate(other),
    }
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
