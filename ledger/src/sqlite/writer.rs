//! The one writer: takes the writes that wait and commits them together.
//!
//! A commit waits for the disk; statements hardly take any time. So whatever arrives while the disk is busy shares the next
//! commit (group commit), each write in a savepoint of its own, so that one that fails takes none of the others with it.
//! Nobody is answered before the commit that carries his write is on the disk.

use super::Work;
use crate::LedgerError;
use futures::FutureExt as _;
use sqlx::{Connection, Sqlite, SqliteConnection, SqlitePool, Transaction};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use tokio::sync::{mpsc, oneshot};

/// Writes that wait. Beyond that, callers wait to be let in.
const QUEUE: usize = 1024;

/// The way to the writer. It ends when the last clone is gone.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
}

/// A write, without the type of what it results in.
trait Job: Send {
    /// Runs the statements.
    fn run(self: Box<Self>, connection: &mut SqliteConnection) -> Pin<Box<dyn Future<Output = Done> + Send + '_>>;

    /// Tells the caller that they won't be run.
    fn refuse(self: Box<Self>, error: LedgerError);
}

/// A write whose statements have run.
struct Done {
    /// Whether what it wrote is to stay.
    kept: bool,
    /// Tells the caller, once the commit's outcome is known.
    answer: Box<dyn FnOnce(Result<(), LedgerError>) + Send>,
}

struct Write<T, F> {
    work: F,
    caller: oneshot::Sender<Result<T, LedgerError>>,
}

impl<T, F> Job for Write<T, F>
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> Work<'c, T> + Send,
{
    fn run(self: Box<Self>, connection: &mut SqliteConnection) -> Pin<Box<dyn Future<Output = Done> + Send + '_>> {
        let Write { work, caller } = *self;
        let running = AssertUnwindSafe(work(connection)).catch_unwind();
        Box::pin(async move {
            let result = running.await.unwrap_or(Err(LedgerError::Interrupted));
            let kept = result.is_ok();
            // A caller who has gone away can look it up.
            let answer = Box::new(move |committed: Result<(), LedgerError>| drop(caller.send(committed.and(result))));
            Done { kept, answer }
        })
    }

    fn refuse(self: Box<Self>, error: LedgerError) {
        drop(self.caller.send(Err(error)));
    }
}

impl Writer {
    /// Starts the writer on the only connection of `pool`; `group` writes share a commit at most.
    pub(super) fn start(pool: SqlitePool, group: usize) -> Writer {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(run(pool, waiting, group.max(1)));
        Writer { queue }
    }

    /// Runs `work` as one durable transaction: committed if it succeeds, rolled back if it does not. It completes even if
    /// the caller stops waiting, once it has been let in.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> Work<'c, T> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        self.queue.send(Box::new(Write { work, caller })).await.map_err(|_| LedgerError::Interrupted)?;
        answer.await.map_err(|_| LedgerError::Interrupted)?
    }

    /// Waits until every write that was let in before is done.
    pub(super) async fn settle(&self) {
        let _ = self.write(|_| Box::pin(async { Ok(()) })).await;
    }
}

async fn run(pool: SqlitePool, mut waiting: mpsc::Receiver<Box<dyn Job>>, group: usize) {
    while let Some(first) = waiting.recv().await {
        let transaction = match pool.begin_with("BEGIN IMMEDIATE").await {
            Ok(transaction) => transaction,
            Err(error) => {
                // Somebody else has the database. Those behind would only wait as long again.
                let error = LedgerError::from(error);
                while let Ok(job) = waiting.try_recv() {
                    job.refuse(error.share());
                }
                first.refuse(error);
                continue;
            }
        };
        let mut done = Vec::new();
        let committed = commit(transaction, first, &mut waiting, group, &mut done).await;
        for write in done {
            (write.answer)(match &committed {
                Err(error) if write.kept => Err(error.share()),
                _ => Ok(()),
            });
        }
    }
}

/// Runs the first write and those behind it, and commits what they wrote. `done` are those that ran.
async fn commit(
    mut transaction: Transaction<'static, Sqlite>,
    first: Box<dyn Job>,
    waiting: &mut mpsc::Receiver<Box<dyn Job>>,
    group: usize,
    done: &mut Vec<Done>,
) -> Result<(), LedgerError> {
    let mut next = Some(first);
    while let Some(job) = next {
        let mut savepoint = match transaction.begin().await {
            Ok(savepoint) => savepoint,
            Err(error) => {
                let error = LedgerError::from(error);
                job.refuse(error.share());
                return Err(error);
            }
        };
        let write = job.run(&mut savepoint).await;
        let kept = write.kept;
        done.push(write);
        if kept {
            savepoint.commit().await?
        } else {
            savepoint.rollback().await?
        }
        next = if done.len() < group { waiting.try_recv().ok() } else { None };
    }
    if done.iter().any(|write| write.kept) {
        transaction.commit().await?
    } else {
        transaction.rollback().await?
    }
    Ok(())
}
