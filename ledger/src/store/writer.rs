//! The one writer of a process: takes the commands that wait and commits them together.
//!
//! A commit waits for the disk, and a statement for its way to the database and back; a command itself takes no time. So
//! whatever arrives while the disk is busy becomes one batch: what it needs is loaded at once, applied in memory one after the
//! other, written at once, and shares one commit. A command that is refused takes none of the others with it. Nobody is
//! answered before the commit that carries his command is on the disk.

use super::dialect::{Dialect, say};
use super::load;
use super::save::{self, SystemAccounts};
use crate::books::{Books, Command, Needs};
use crate::{Clock, LedgerError};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sqlx::{AnyConnection, AnyPool};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use tokio::sync::{mpsc, oneshot};

/// Writes that wait. Beyond that, callers wait to be let in.
const QUEUE: usize = 1024;

/// The way to the writer. It ends when the last clone is gone.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Work>,
}

enum Work {
    /// For the books.
    Command(Box<dyn Job>),
    /// Statements of their own, in a transaction of their own.
    Statements(Box<dyn Statements>),
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if matches!(self, Work::Command(_)) { "Command" } else { "Statements" })
    }
}

/// A command, without the type of what it results in.
trait Job: Send {
    fn needs(&self, needs: &mut Needs);

    /// Applies it. `false` where it was refused.
    fn apply(&mut self, books: &mut Books) -> bool;

    /// Tells the caller what it came to, once the commit's outcome is known.
    fn answer(self: Box<Self>, committed: Result<(), LedgerError>);
}

struct Pending<C: Command> {
    command: C,
    result: Option<Result<C::Out, LedgerError>>,
    caller: oneshot::Sender<Result<C::Out, LedgerError>>,
}

impl<C: Command + Sync> Job for Pending<C> {
    fn needs(&self, needs: &mut Needs) {
        self.command.needs(needs);
    }

    fn apply(&mut self, books: &mut Books) -> bool {
        let result = catch_unwind(AssertUnwindSafe(|| books.run(&self.command))).unwrap_or_else(|_| {
            books.end(false);
            Err(LedgerError::Interrupted)
        });
        self.result.insert(result).is_ok()
    }

    fn answer(self: Box<Self>, committed: Result<(), LedgerError>) {
        let Pending { result, caller, .. } = *self;
        // A caller who has gone away can look it up.
        // A refusal may rest on a command before it that was not committed either, so it does not count then.
        let _ = caller.send(match (committed, result) {
            (Err(error), _) => Err(error),
            (Ok(()), Some(done)) => done,
            (Ok(()), None) => Err(LedgerError::Interrupted),
        });
    }
}

/// Statements that a caller waits for.
trait Statements: Send {
    fn run(self: Box<Self>, writer: &Connection) -> BoxFuture<'_, ()>;

    fn refuse(self: Box<Self>, error: LedgerError);
}

struct Direct<T, F> {
    work: F,
    caller: oneshot::Sender<Result<T, LedgerError>>,
}

impl<T, F> Statements for Direct<T, F>
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T, LedgerError>> + Send + 'static,
{
    fn run(self: Box<Self>, writer: &Connection) -> BoxFuture<'_, ()> {
        let Direct { work, caller } = *self;
        Box::pin(async move {
            let result = writer
                .transaction(|connection| {
                    Box::pin(async move {
                        let done = AssertUnwindSafe(work(connection)).catch_unwind();
                        done.await.unwrap_or(Err(LedgerError::Interrupted))
                    })
                })
                .await;
            let _ = caller.send(result);
        })
    }

    fn refuse(self: Box<Self>, error: LedgerError) {
        let _ = self.caller.send(Err(error));
    }
}

/// What the writer writes with.
struct Connection {
    pool: AnyPool,
    dialect: Dialect,
    clock: Clock,
    batch: usize,
    system: OnceLock<SystemAccounts>,
}

impl Writer {
    /// Starts the writer on the only connection of `pool`; `batch` commands share a commit at most.
    pub(super) fn start(pool: AnyPool, dialect: Dialect, clock: Clock, batch: usize) -> Writer {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(run(Connection { pool, dialect, clock, batch: batch.max(1), system: OnceLock::new() }, waiting));
        Writer { queue }
    }

    /// Does a command as one durable transaction, or not at all. It completes even if the caller stops waiting, once it has
    /// been let in.
    pub(super) async fn run<C: Command + Sync>(&self, command: C) -> Result<C::Out, LedgerError> {
        let (caller, answer) = oneshot::channel();
        self.send(Work::Command(Box::new(Pending { command, result: None, caller })), answer).await
    }

    /// Runs statements as one durable transaction: committed if they succeed, rolled back if they do not.
    pub(super) async fn statements<T, F>(&self, work: F) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T, LedgerError>> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        self.send(Work::Statements(Box::new(Direct { work, caller })), answer).await
    }

    async fn send<T>(&self, work: Work, answer: oneshot::Receiver<Result<T, LedgerError>>) -> Result<T, LedgerError> {
        self.queue.send(work).await.map_err(|_| LedgerError::Interrupted)?;
        answer.await.map_err(|_| LedgerError::Interrupted)?
    }

    /// Waits until everything that was let in before is done.
    pub(super) async fn settle(&self) {
        let _ = self.statements(|_| Box::pin(async { Ok(()) })).await;
    }
}

async fn run(writer: Connection, mut waiting: mpsc::Receiver<Work>) {
    let mut next = None;
    loop {
        let work = match next.take() {
            Some(work) => work,
            None => match waiting.recv().await {
                Some(work) => work,
                None => return,
            },
        };
        let mut batch = match work {
            Work::Statements(statements) => {
                statements.run(&writer).await;
                continue;
            }
            Work::Command(job) => vec![job],
        };
        while batch.len() < writer.batch {
            match waiting.try_recv() {
                Ok(Work::Command(job)) => batch.push(job),
                Ok(other) => {
                    next = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        if let Err(error) = writer.commit(batch).await {
            // Somebody else has the database, or it is gone. Those behind would only wait as long again.
            for work in next.take().into_iter().chain(std::iter::from_fn(|| waiting.try_recv().ok())) {
                match work {
                    Work::Command(job) => job.answer(Err(error.share())),
                    Work::Statements(statements) => statements.refuse(error.share()),
                }
            }
        }
    }
}

/// Why a transaction came to nothing.
enum Failed {
    /// It never began.
    Begin(LedgerError),
    /// A statement was refused, and all of it taken back.
    Statement(LedgerError),
    /// Whether it was committed, nobody knows.
    Commit(LedgerError),
}

impl Connection {
    /// Does the commands as one transaction. Where the database refuses what they came to, each has one of its own, so that
    /// only the guilty one fails. An error means that the database takes no transactions at all.
    async fn commit(&self, mut batch: Vec<Box<dyn Job>>) -> Result<(), LedgerError> {
        match self.attempt(&mut batch).await {
            Ok(()) => batch.into_iter().for_each(|job| job.answer(Ok(()))),
            Err(Failed::Statement(error)) if batch.len() > 1 => {
                tracing::debug!(%error, commands = batch.len(), "a batch was refused; each command goes by itself");
                for job in batch {
                    Box::pin(self.commit(vec![job])).await?;
                }
            }
            Err(Failed::Commit(error)) => batch.into_iter().for_each(|job| job.answer(Err(error.share()))),
            Err(Failed::Begin(error)) => {
                batch.into_iter().for_each(|job| job.answer(Err(error.share())));
                return Err(error);
            }
            Err(Failed::Statement(error)) => {
                if let Some(job) = batch.pop() {
                    job.answer(Err(error));
                }
            }
        }
        Ok(())
    }

    async fn attempt(&self, batch: &mut [Box<dyn Job>]) -> Result<(), Failed> {
        let mut connection = self.pool.acquire().await.map_err(|error| Failed::Begin(error.into()))?;
        say(&mut connection, self.dialect.begin()).await.map_err(|error| Failed::Begin(error.into()))?;
        let applied = self.apply(&mut connection, batch).await;
        self.end(&mut connection, applied).await
    }

    /// Loads, applies, writes. Says whether there is anything to commit.
    async fn apply(&self, connection: &mut AnyConnection, batch: &mut [Box<dyn Job>]) -> Result<bool, LedgerError> {
        let mut needs = Needs::default();
        batch.iter().for_each(|job| job.needs(&mut needs));
        let mut books = Books::new(self.clock.now());
        load::load(connection, self.dialect, needs, &mut books).await?;
        let done = batch.iter_mut().map(|job| job.apply(&mut books)).filter(|done| *done).count();
        if done > 0 {
            save::save(connection, self.dialect, &books, &self.system).await?;
        }
        Ok(done > 0)
    }

    async fn end(&self, connection: &mut AnyConnection, applied: Result<bool, LedgerError>) -> Result<(), Failed> {
        let failed = match applied {
            Ok(true) => match say(connection, "COMMIT").await {
                Ok(()) => return Ok(()),
                Err(error) => Err(Failed::Commit(LedgerError::Commit(error.to_string()))),
            },
            Ok(false) => Ok(()),
            Err(error) => Err(Failed::Statement(error)),
        };
        // Where the database has rolled back by itself there is nothing to roll back, and that is fine.
        let _ = say(connection, "ROLLBACK").await;
        failed
    }

    async fn transaction<T>(
        &self,
        work: impl for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T, LedgerError>> + Send,
    ) -> Result<T, LedgerError> {
        let mut connection = self.pool.acquire().await?;
        say(&mut connection, self.dialect.begin()).await?;
        let (applied, value) = match work(&mut connection).await {
            Ok(value) => (Ok(true), Some(value)),
            Err(error) => (Err(error), None),
        };
        match self.end(&mut connection, applied).await {
            Ok(()) => value.ok_or(LedgerError::Interrupted),
            Err(Failed::Begin(error) | Failed::Statement(error) | Failed::Commit(error)) => Err(error),
        }
    }
}
