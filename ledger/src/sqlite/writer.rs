//! The one writer: takes the writes that wait and commits them together.
//!
//! A commit waits for the disk; statements hardly take any time. So whatever arrives while the disk is busy shares the next
//! commit (group commit), each write in a savepoint of its own, so that one that fails takes none of the others with it.
//! Nobody is answered before the commit that carries his write is on the disk.

use super::Work;
use crate::LedgerError;
use futures::FutureExt as _;
use sqlx::{SqliteConnection, SqlitePool};
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
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> Work<'c, T> + Send + 'static,
{
    fn run(self: Box<Self>, connection: &mut SqliteConnection) -> Pin<Box<dyn Future<Output = Done> + Send + '_>> {
        let Write { work, caller } = *self;
        let running = AssertUnwindSafe(async move { work(connection).await }).catch_unwind();
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
        let begun = match pool.acquire().await {
            Ok(mut connection) => begin(&mut connection).await.map(|()| connection),
            Err(error) => Err(error),
        };
        let mut connection = match begun {
            Ok(connection) => connection,
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
        let committed = commit(&mut connection, first, &mut waiting, group, &mut done).await;
        if committed.is_err() {
            // Where SQLite has rolled back by itself there is nothing to roll back, and that is fine.
            let _ = say(&mut connection, "ROLLBACK").await;
        }
        drop(connection);
        for write in done {
            (write.answer)(match &committed {
                Err(error) if write.kept => Err(error.share()),
                _ => Ok(()),
            });
        }
    }
}

/// Says when a transaction begins and ends in plain SQL: SQLite ends one by itself when the disk fails, and whoever counts
/// them would be wrong from then on.
async fn say(connection: &mut SqliteConnection, what: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(what).execute(connection).await.map(drop)
}

async fn begin(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    say(connection, "BEGIN IMMEDIATE").await
}

/// Runs the first write and those behind it, and commits what they wrote. `done` are those that ran.
async fn commit(
    connection: &mut SqliteConnection,
    first: Box<dyn Job>,
    waiting: &mut mpsc::Receiver<Box<dyn Job>>,
    group: usize,
    done: &mut Vec<Done>,
) -> Result<(), LedgerError> {
    let mut next = Some(first);
    while let Some(job) = next {
        if let Err(error) = say(connection, "SAVEPOINT one_write").await {
            let error = LedgerError::from(error);
            job.refuse(error.share());
            return Err(error);
        }
        let write = job.run(connection).await;
        let kept = write.kept;
        done.push(write);
        if !kept {
            say(connection, "ROLLBACK TO one_write").await?;
        }
        say(connection, "RELEASE one_write").await?;
        next = if done.len() < group { waiting.try_recv().ok() } else { None };
    }
    let end = if done.iter().any(|write| write.kept) { "COMMIT" } else { "ROLLBACK" };
    Ok(say(connection, end).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::sqlite::SqlitePoolOptions;

    async fn writer() -> (SqlitePool, Writer) {
        let pool =
            SqlitePoolOptions::new().max_connections(1).min_connections(1).connect("sqlite::memory:").await.unwrap();
        sqlx::raw_sql("CREATE TABLE t (n INTEGER PRIMARY KEY CHECK (n < 100))").execute(&pool).await.unwrap();
        (pool.clone(), Writer::start(pool, 64))
    }

    async fn insert(writer: &Writer, n: i64) -> Result<(), LedgerError> {
        let insert = async move |connection: &mut SqliteConnection| {
            sqlx::query("INSERT INTO t VALUES ($1)").bind(n).execute(connection).await?;
            Ok(())
        };
        writer.write(move |connection| Box::pin(async move { insert(connection).await })).await
    }

    #[tokio::test]
    async fn one_that_fails_takes_no_other_with_it() {
        let (pool, writer) = writer().await;
        let panics = writer.write(|_| -> Work<'_, ()> { panic!("on purpose") });
        let late = writer.write(|_| -> Work<'_, ()> { Box::pin(async { panic!("on purpose") }) });
        let all = futures::future::join_all((0..50).map(|n| insert(&writer, if n % 5 == 0 { 100 + n } else { n })));
        let (results, early, late) = tokio::join!(all, panics, late);
        assert!(matches!((early, late), (Err(LedgerError::Interrupted), Err(LedgerError::Interrupted))));
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 40);
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM t").fetch_one(&pool).await.unwrap();
        assert_eq!(count, 40);
    }

    #[tokio::test]
    async fn a_transaction_that_the_database_ended_by_itself_ends_no_other() {
        let (_pool, writer) = writer().await;
        // What a full disk does.
        let ended = writer.write(|connection| {
            Box::pin(async move {
                say(connection, "ROLLBACK").await?;
                Ok(())
            })
        });
        assert!(ended.await.is_err());
        insert(&writer, 1).await.unwrap();
        insert(&writer, 2).await.unwrap();
    }
}
