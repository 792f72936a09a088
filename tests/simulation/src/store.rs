//! Where the books are kept: each store that is under test, and a database of one's own in it.
//!
//! SQLite is always there. PostgreSQL is where `PENUMBRA_TEST_POSTGRES_URL` names a server on which databases may be made.

use anyhow::{Context, Result, bail};
use sqlx::{Connection, Executor, PgConnection};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The variable that names the PostgreSQL server of the tests.
pub const POSTGRES_URL: &str = "PENUMBRA_TEST_POSTGRES_URL";

/// A kind of database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Store {
    /// A file, in memory where the machine has a file system there.
    Sqlite,
    /// A database on the server of this URL.
    Postgres(String),
}

impl Store {
    /// All that are under test here.
    pub fn all() -> Vec<Store> {
        let server = std::env::var(POSTGRES_URL).ok().filter(|url| !url.is_empty());
        [Store::Sqlite].into_iter().chain(server.map(Store::Postgres)).collect()
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Store::Sqlite => "SQLite",
            Store::Postgres(_) => "PostgreSQL",
        }
    }

    /// A new, empty database, which goes with the value.
    pub fn database(&self) -> Result<Database> {
        match self {
            Store::Sqlite => {
                let memory = Path::new("/dev/shm");
                let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }?;
                let url = format!("sqlite://{}", folder.path().join("ledger.db").display());
                Ok(Database { url, place: Place::Folder(folder) })
            }
            Store::Postgres(server) => {
                let name = format!("penumbra_{}", uuid::Uuid::new_v4().simple());
                say(server, &format!("CREATE DATABASE {name}"))?;
                let mut url: reqwest::Url = server.parse().with_context(|| format!("{POSTGRES_URL} is no URL"))?;
                url.set_path(&name);
                Ok(Database { url: url.into(), place: Place::Server { server: server.clone(), name } })
            }
        }
    }
}

/// A database that lasts as long as the value.
#[derive(Debug)]
pub struct Database {
    /// What the ledger opens.
    pub url: String,
    place: Place,
}

impl Database {
    /// Waits until the machine has closed what a dead process had open. Of a file that is at once; a server hears of it a
    /// little later.
    pub fn wait_for_death(&self) -> Result<()> {
        let Place::Server { server, name } = &self.place else { return Ok(()) };
        runtime()?.block_on(async {
            let mut connection = PgConnection::connect(server).await?;
            for _ in 0..1000 {
                let open: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE datname = $1")
                    .bind(name)
                    .fetch_one(&mut connection)
                    .await?;
                if open == 0 {
                    return Ok(connection.close().await?);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            bail!("connections to {name} stay open after the death of their process")
        })
    }
}

#[derive(Debug)]
enum Place {
    Folder(#[expect(dead_code, reason = "kept for its end, which deletes the folder")] TempDir),
    Server { server: String, name: String },
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Place::Server { server, name } = &self.place
            && let Err(error) = say(server, &format!("DROP DATABASE {name} WITH (FORCE)"))
        {
            eprintln!("the database {name} is left behind: {error:#}");
        }
    }
}

/// Says one thing to a server, from outside of any runtime.
fn say(server: &str, what: &str) -> Result<()> {
    runtime()?.block_on(async {
        let mut connection = PgConnection::connect(server).await.with_context(|| format!("{POSTGRES_URL} is set"))?;
        connection.execute(sqlx::AssertSqlSafe(what.to_owned())).await?;
        Ok(connection.close().await?)
    })
}

fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
