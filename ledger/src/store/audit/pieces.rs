//! The journal, piece after piece: the next journals after a place, and then their entries.
//!
//! Ids are made in the order of time, as the chain is, so one pass over the index of entries finds a piece's, with a few of its
//! neighbours'. To look each journal's up takes longer, and is done where that pass finds too much, and for those it finds
//! nothing of.

use crate::LedgerError;
use crate::store::dialect::Dialect;
use crate::store::stored::{self, OF_EACH, Told};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Row as _};
use std::collections::HashSet;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Journals that are read at once.
const PIECE: i64 = 2048;
/// Entries that are read for a piece by the range of its ids. Most journals have two.
const ENTRIES: i64 = 8 * PIECE;

/// The next journals of the chain after a place and an id, which tells apart what should not be in one place.
pub(super) const PLACED: &str = "SELECT {journal j} FROM journal AS j
                                 LEFT JOIN purchase AS p ON p.id = j.purchase_id AND j.kind = 'purchase'
                                 WHERE (j.position, j.id) > ($1, $2) ORDER BY j.position, j.id LIMIT $3";
/// Those that have no place in the chain; the journal is complete only with them.
pub(super) const UNPLACED: &str = "SELECT {journal j} FROM journal AS j
                                   LEFT JOIN purchase AS p ON p.id = j.purchase_id AND j.kind = 'purchase'
                                   WHERE j.position IS NULL AND (CAST($2 AS TEXT) IS NULL OR j.id > $2)
                                   ORDER BY j.id LIMIT $3";
/// Entries of the journals between two ids.
const BETWEEN: &str = "SELECT {entry e} FROM entry AS e WHERE e.journal_id >= $1 AND e.journal_id <= $2 LIMIT $3";

/// The pieces of PostgreSQL's journal. They are read by a task of their own, ahead of who looks at them, on a connection of its
/// own, by the driver that is made for PostgreSQL.
#[derive(Debug)]
pub(super) struct Rows {
    pieces: mpsc::Receiver<Told>,
    reader: JoinHandle<Result<(), LedgerError>>,
}

impl Rows {
    /// Those of the moment that `conn` sees.
    pub async fn of(conn: &mut AnyConnection, server: &AnyPool) -> Result<Rows, LedgerError> {
        let moment: String = sqlx::query_scalar("SELECT pg_export_snapshot()").fetch_one(conn).await?;
        let options = PgConnectOptions::try_from(&*server.connect_options())?;
        let connect = timeout(server.options().get_acquire_timeout(), options.connect());
        let mut own = connect.await.map_err(|_| sqlx::Error::PoolTimedOut)??;
        // The server makes that name, of digits. A plan for all pieces would be made without knowing how few rows one asks for.
        let begin = format!(
            "{}; SET TRANSACTION SNAPSHOT '{moment}'; SET LOCAL plan_cache_mode = force_custom_plan",
            Dialect::Postgres.begin_snapshot()
        );
        sqlx::raw_sql(AssertSqlSafe(begin)).execute(&mut own).await?;
        let (sender, pieces) = mpsc::channel(1);
        let reader = tokio::spawn(async move {
            let read = read(&mut own, sender).await;
            // It has only read: nothing is lost if the server doesn't hear it.
            let _ = own.close().await;
            read
        });
        Ok(Rows { pieces, reader })
    }

    /// `None` behind the last.
    pub async fn next(&mut self) -> Result<Option<Told>, LedgerError> {
        if let Some(told) = self.pieces.recv().await {
            return Ok(Some(told));
        }
        match (&mut self.reader).await {
            Ok(read) => read.map(|()| None),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(LedgerError::Interrupted),
            },
        }
    }
}

/// Reads until the end, or until nobody looks any more.
async fn read(conn: &mut PgConnection, pieces: mpsc::Sender<Told>) -> Result<(), LedgerError> {
    for journals in [PLACED, UNPLACED] {
        let mut last: (Option<i64>, Option<String>) = (None, None);
        while let Some(told) = postgres(conn, journals, &mut last).await? {
            if pieces.send(told).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The next of what a statement finds in SQLite, after a place and an id; from the first on without an id. `None` behind the last.
pub(super) async fn sqlite(
    conn: &mut AnyConnection,
    journals: &str,
    position: Option<i64>,
    id: Option<&str>,
) -> Result<Option<Told>, LedgerError> {
    let say = |rows: &str| Dialect::Sqlite.sql(&stored::told(rows));
    let piece = sqlx::query(say(journals)).bind(position.unwrap_or(i64::MIN)).bind(id).bind(PIECE);
    let piece = piece.fetch_one(&mut *conn).await?;
    let (Some(least), Some(largest)) = (piece.try_get::<Option<&str>, _>(2)?, piece.try_get::<Option<&str>, _>(3)?)
    else {
        return Ok(None);
    };
    let between = sqlx::query(say(BETWEEN)).bind(least).bind(largest).bind(ENTRIES).fetch_one(&mut *conn).await?;
    let mut told = Told::Json { journals: piece.try_get(0)?, entries: between.try_get(0)? };
    if between.try_get::<i64, _>(1)? == ENTRIES {
        let ids: Vec<String> = told.read()?.into_iter().map(|stored| stored.content.id.into_owned()).collect();
        let each = sqlx::query_scalar(say(OF_EACH)).bind(serde_json::json!(ids).to_string());
        let each = each.fetch_one(conn).await?;
        if let Told::Json { entries, .. } = &mut told {
            *entries = each;
        }
    }
    Ok(Some(told))
}

/// The next of what a statement finds in PostgreSQL, after the last place and id, which it then sets. `None` behind the last.
async fn postgres(
    conn: &mut PgConnection,
    journals: &str,
    last: &mut (Option<i64>, Option<String>),
) -> Result<Option<Told>, LedgerError> {
    let say = |rows: &str| Dialect::Postgres.sql(rows);
    let (position, id) = (last.0.unwrap_or(i64::MIN), last.1.as_deref());
    let journals = sqlx::query(say(journals)).bind(position).bind(id).bind(PIECE).fetch_all(&mut *conn).await?;
    let ids: Vec<&str> = journals.iter().map(stored::id).collect::<Result<_, _>>()?;
    let (Some(least), Some(largest)) = (ids.iter().min(), ids.iter().max()) else { return Ok(None) };
    let between = sqlx::query(say(BETWEEN)).bind(least).bind(largest).bind(ENTRIES);
    let mut entries = between.fetch_all(&mut *conn).await?;
    let each = if entries.len() == ENTRIES as usize {
        entries.clear();
        ids
    } else {
        // The order of texts may be another one there than here, and these not the least and the largest of all.
        let found: HashSet<&str> = entries.iter().map(stored::id).collect::<Result<_, _>>()?;
        ids.into_iter().filter(|id| !found.contains(id)).collect()
    };
    if !each.is_empty() {
        let each = sqlx::query(say(OF_EACH)).bind(serde_json::json!(each).to_string());
        entries.extend(each.fetch_all(conn).await?);
    }
    if let Some(row) = journals.last() {
        *last = (stored::position(row)?, Some(stored::id(row)?.to_owned()));
    }
    Ok(Some(Told::Rows { journals, entries }))
}
