//! The ledger in a database. All SQL is in this folder.
//!
//! SQLite and PostgreSQL have the same tables and hear the same statements, but for a few [words](dialect). What may happen to
//! money is decided in [`crate::books`]; here it is loaded, written and read.
//!
//! There is one [writer]: a task with the only connection of this process that writes, which commits the commands that wait
//! together. A caller who goes away never leaves one half done. Readers have a pool of their own and see the last commit.

mod audit;
mod backup;
mod cells;
mod chain;
mod dialect;
mod keys;
mod load;
mod lock;
mod open;
mod place;
mod purchases;
mod queue;
mod recover;
mod row;
mod save;
mod schema;
mod statement;
mod stored;
mod topups;
mod writer;

pub(crate) use backup::restore;

use crate::books::Command;
use crate::{Clock, LedgerError};
use dialect::Dialect;
use sqlx::AnyPool;
use std::sync::Arc;
use writer::Writer;

/// One database.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    dialect: Dialect,
    writer: Writer,
    /// The writer's one connection, to close it.
    connection: AnyPool,
    readers: AnyPool,
    clock: Clock,
    /// Tells other processes that this one is alive. Absent in memory.
    lock: Option<Arc<lock::ProcessLock>>,
}

impl Store {
    /// Does a command as one durable transaction, or not at all.
    pub(crate) async fn run<C: Command + Sync>(&self, command: C) -> Result<C::Out, LedgerError> {
        self.writer.run(command).await
    }

    /// Waits for both kinds of connection.
    pub(crate) async fn probe(&self) -> Result<(), LedgerError> {
        const ANY: &str = "SELECT id FROM account LIMIT 1";
        sqlx::query(ANY).execute(&self.readers).await?;
        let write = self.writer.statements(|conn| {
            Box::pin(async move {
                sqlx::query(ANY).execute(conn).await?;
                Ok(())
            })
        });
        write.await
    }

    pub(crate) async fn close(&self) {
        self.writer.settle().await;
        self.readers.close().await;
        self.connection.close().await;
        if let Some(lock) = &self.lock {
            lock.release().await;
        }
    }

    /// Milliseconds since 1970.
    fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}
