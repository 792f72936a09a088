//! The database under test: SQLite.

use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

/// Random histories of a run. CI runs two thousand.
pub const HISTORIES: u64 = 100;

/// How the database says 32 bytes of nothing, and an id of chance.
pub const ZEROES: &str = "zeroblob(32)";
pub const RANDOM_ID: &str = "lower(hex(randomblob(16)))";

/// A database that is gone when the ledger is.
pub async fn fleeting() -> String {
    "sqlite::memory:".to_owned()
}

/// A database that stays for as long as the guard, and can be opened more than once.
pub async fn lasting() -> (TempDir, String) {
    // In memory where there is such a folder: what is tested here is not the disk.
    let memory = std::path::Path::new("/dev/shm");
    let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let url = format!("sqlite://{}", dir.path().join("ledger.db").display());
    (dir, url)
}

/// A connection to a database that knows nothing of the ledger's rules but those in the database itself.
pub async fn outsider(url: &str) -> SqliteConnection {
    url.parse::<SqliteConnectOptions>().unwrap().connect().await.unwrap()
}

/// Takes away what the database does to protect itself.
pub async fn disarm(db: &mut SqliteConnection) {
    let triggers: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetch_all(&mut *db).await.unwrap();
    for trigger in triggers {
        sqlx::query(AssertSqlSafe(format!("DROP TRIGGER {trigger}"))).execute(&mut *db).await.unwrap();
    }
    let off = "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON";
    sqlx::raw_sql(off).execute(&mut *db).await.unwrap();
}
