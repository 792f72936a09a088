//! The ledger on SQLite. All of its SQL is in this folder.
//!
//! There is one writer: each write is one `BEGIN IMMEDIATE` transaction on the only connection of its pool, in a task of
//! its own, so that a caller who goes away never leaves one half done. Operations get the connection and never commit;
//! that is the writer's, so it may one day commit several at once. Readers have a pool of their own and see the last
//! commit.

mod account;
mod audit;
mod credential;
mod credit;
mod fee;
mod journal;
mod lock;
mod open;
mod place;
mod purchase;
mod quote;
mod recover;
mod row;
mod transaction;

use crate::LedgerError;
use sqlx::{SqliteConnection, SqlitePool};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// An operation under way on a connection.
type Work<'c, T> = Pin<Box<dyn Future<Output = Result<T, LedgerError>> + Send + 'c>>;

/// One SQLite database.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    writer: SqlitePool,
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
        let store = self.clone();
        let task = tokio::spawn(async move {
            let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
            // On an error the transaction is dropped, which rolls it back before the connection is used again.
            let value = work(&mut tx).await?;
            tx.commit().await?;
            Ok(value)
        });
        task.await.map_err(|_| LedgerError::Interrupted)?
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
