//! The database under test: SQLite.

use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

/// Random histories of a run. CI runs two thousand.
pub const HISTORIES: u64 = 100;

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
