//! The ledger on SQLite. All of its SQL is in this folder.
//!
//! There is one [writer]: a task with the only connection that writes, which commits the writes that wait together. A
//! caller who goes away never leaves one half done. Operations get the connection and never commit; that is the writer's.
//! Readers have a pool of their own and see the last commit.

mod account;
mod audit;
mod backup;
mod chain;
mod credential;
mod credit;
mod fee;
mod journal;
mod limits;
mod lock;
mod open;
mod place;
mod purchase;
mod quote;
mod recover;
mod row;
mod topup;
mod transaction;
mod writer;

pub(crate) use backup::restore;

use crate::LedgerError;
use sqlx::{SqliteConnection, SqlitePool};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use writer::Writer;

/// An operation under way on a connection.
type Work<'c, T> = Pin<Box<dyn Future<Output = Result<T, LedgerError>> + Send + 'c>>;

/// One SQLite database.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    writer: Writer,
    /// The writer's one connection, to close it.
    connection: SqlitePool,
    readers: SqlitePool,
    /// Tells other processes that this one is alive. Absent in memory.
    _lock: Option<Arc<lock::ProcessLock>>,
}

impl Store {
    /// Runs `work` as one durable transaction: committed if it succeeds, rolled back if it does not.
    async fn write<T, F>(&self, work: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> Work<'c, T> + Send + 'static,
    {
        self.writer.write(work).await
    }

    /// Waits for both kinds of connection.
    pub(crate) async fn probe(&self) -> Result<(), LedgerError> {
        sqlx::query("SELECT 1 FROM account LIMIT 1").execute(&self.readers).await?;
        self.write(|conn| {
            Box::pin(async move {
                sqlx::query("SELECT 1 FROM account LIMIT 1").execute(conn).await?;
                Ok(())
            })
        })
        .await
    }

    pub(crate) async fn close(&self) {
        self.writer.settle().await;
        self.readers.close().await;
        self.connection.close().await;
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
