//! Journals as they are stored, many at once: SQLite tells them as JSON, since a row costs more in its driver than all that is
//! done with it; PostgreSQL gives rows, since making JSON costs more there than a row does.

use super::chain::{Content, Hash, Line};
use super::dialect::Dialect;
use super::row;
use crate::LedgerError;
use serde::Deserialize;
use sqlx::postgres::PgRow;
use sqlx::{AnyConnection, Row as _};
use std::borrow::Cow;
use std::collections::HashMap;

/// A journal with its place in the chain, and what the purchase says that it captured.
#[derive(Debug)]
pub(super) struct Stored<'a> {
    pub position: Option<i64>,
    /// `None` where there is none, or something else.
    pub hash: Option<Hash>,
    pub state: Option<Cow<'a, str>>,
    pub held: Option<i64>,
    pub charged: Option<i64>,
    pub receivable: Option<i64>,
    pub content: Content<'a>,
}

/// Journals and entries as a database gave them, whose order is not to be relied on. Entries of other journals may be among
/// them.
#[derive(Debug)]
pub(super) enum Told {
    Json { journals: String, entries: String },
    Rows { journals: Vec<PgRow>, entries: Vec<PgRow> },
}

/// A journal by its id.
const ONE: &str =
    "SELECT {journal j} FROM journal AS j LEFT JOIN purchase AS p ON p.id = j.purchase_id WHERE j.id = $1";

/// The entries of journals whose ids are given.
pub(super) const OF_EACH: &str = "SELECT {entry e} FROM entry AS e WHERE e.journal_id {in $1}";

/// The rows of a statement as SQLite tells them: a JSON array and their number, with the least and the largest id.
pub(super) fn told(rows: &str) -> String {
    format!("SELECT '[' || coalesce(group_concat(told, ','), '') || ']', count(*), min(id), max(id) FROM ({rows})")
}

/// What `{journal j}` is in SQLite.
#[derive(Debug, Deserialize)]
struct JsonJournal<'a> {
    position: Option<i64>,
    held: Option<i64>,
    charged: Option<i64>,
    receivable: Option<i64>,
    created_at: i64,
    #[serde(borrow)]
    texts: Texts<'a>,
}

#[derive(Debug, Deserialize)]
struct Texts<'a> {
    #[serde(borrow)]
    hash: Option<Cow<'a, str>>,
    #[serde(borrow)]
    state: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    credential: Cow<'a, str>,
    #[serde(borrow)]
    purchase: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tab: Option<Cow<'a, str>>,
    #[serde(borrow)]
    source: Option<Cow<'a, str>>,
    #[serde(borrow)]
    description: Cow<'a, str>,
}

/// What `{entry e}` is in SQLite: the id of a journal, and one of its entries.
#[derive(Debug, Deserialize)]
struct JsonEntry<'a>(#[serde(borrow)] Cow<'a, str>, #[serde(borrow)] Line<'a>);

impl<'a> JsonJournal<'a> {
    fn stored(self) -> Stored<'a> {
        let JsonJournal { position, held, charged, receivable, created_at, texts } = self;
        let Texts { hash, state, id, kind, credential, purchase, tab, source, description } = texts;
        let hash = hash.and_then(|digits| row::unhex(&digits));
        let entries = Vec::new();
        let content = Content { id, kind, credential, purchase, tab, source, description, created_at, entries };
        Stored { position, hash, state, held, charged, receivable, content }
    }
}

/// Where a row of PostgreSQL has the id of its journal, and the place.
const ID: usize = 0;
const POSITION: usize = 1;

/// What `{journal j}` is in PostgreSQL.
fn journal(row: &PgRow) -> Result<Stored<'_>, sqlx::Error> {
    let text = |at: usize| row.try_get::<&str, _>(at).map(Cow::from);
    let text_opt = |at: usize| row.try_get::<Option<&str>, _>(at).map(|text| text.map(Cow::from));
    Ok(Stored {
        position: position(row)?,
        hash: row.try_get::<Option<&[u8]>, _>(2)?.and_then(|hash| hash.try_into().ok()),
        state: text_opt(3)?,
        held: row.try_get(4)?,
        charged: row.try_get(5)?,
        receivable: row.try_get(6)?,
        content: Content {
            id: id(row)?.into(),
            kind: text(7)?,
            credential: text(8)?,
            purchase: text_opt(9)?,
            tab: text_opt(10)?,
            source: text_opt(11)?,
            description: text(12)?,
            created_at: row.try_get(13)?,
            entries: Vec::new(),
        },
    })
}

/// The id of the journal in a row of PostgreSQL.
pub(super) fn id(row: &PgRow) -> Result<&str, sqlx::Error> {
    row.try_get(ID)
}

/// The place of the journal, in what `{journal j}` is in PostgreSQL.
pub(super) fn position(row: &PgRow) -> Result<Option<i64>, sqlx::Error> {
    row.try_get(POSITION)
}

/// What `{entry e}` is in PostgreSQL.
fn line(row: &PgRow) -> Result<Line<'_>, sqlx::Error> {
    Ok(Line {
        seq: row.try_get(1)?,
        account: row.try_get(2)?,
        amount: row.try_get(3)?,
        currency: row.try_get::<&str, _>(4)?.into(),
        balance: row.try_get(5)?,
        version: row.try_get(6)?,
    })
}

impl Told {
    /// A journal of SQLite.
    pub async fn one(conn: &mut AnyConnection, id: &str) -> Result<Told, LedgerError> {
        let [journal, entries] = [ONE, OF_EACH].map(|rows| Dialect::Sqlite.sql(&told(rows)));
        let journals = sqlx::query_scalar(journal).bind(id).fetch_one(&mut *conn).await?;
        let ids = serde_json::json!([id]).to_string();
        let entries = sqlx::query_scalar(entries).bind(ids).fetch_one(conn).await?;
        Ok(Told::Json { journals, entries })
    }

    /// In the order of the chain.
    pub fn read(&self) -> Result<Vec<Stored<'_>>, LedgerError> {
        let mut lines: HashMap<Cow<'_, str>, Vec<Line<'_>>> = HashMap::new();
        let mut all: Vec<Stored<'_>> = match self {
            Told::Json { journals, entries } => {
                for JsonEntry(journal, line) in json::<Vec<JsonEntry<'_>>>(entries)? {
                    lines.entry(journal).or_default().push(line);
                }
                json::<Vec<JsonJournal<'_>>>(journals)?.into_iter().map(JsonJournal::stored).collect()
            }
            Told::Rows { journals, entries } => {
                for row in entries {
                    lines.entry(id(row).map_err(wrong)?.into()).or_default().push(line(row).map_err(wrong)?);
                }
                journals.iter().map(journal).collect::<Result<_, _>>().map_err(wrong)?
            }
        };
        for stored in &mut all {
            stored.content.entries = lines.remove(&stored.content.id).unwrap_or_default();
            stored.content.entries.sort_by_key(|line| line.seq);
        }
        all.sort_by(|a, b| (a.position, &a.content.id).cmp(&(b.position, &b.content.id)));
        Ok(all)
    }
}

fn json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, LedgerError> {
    serde_json::from_str(text).map_err(wrong)
}

/// Something is where it can't be, or isn't where it must be.
fn wrong(error: impl std::fmt::Display) -> LedgerError {
    LedgerError::Corrupt(format!("the journal: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = r#"[1,10,500,"USD",1500,2]"#;
    const SECOND: &str = r#"[2,3,-500,"USD",null,null]"#;

    const TOLD: &str =
        r#"[[7, null, null, null, 9, ["00", null, "txn_1", "credit", "key_1", null, null, "a\"b", "é"]]]"#;

    fn told(journals: impl Into<String>, entries: impl Into<String>) -> Told {
        Told::Json { journals: journals.into(), entries: entries.into() }
    }

    #[test]
    fn a_journal_is_hashed_as_one_text_however_it_is_told() {
        let of = |id: &str, entry: &str| format!(r#"["{id}",{entry}]"#);
        let (first, second, other) = (of("txn_1", FIRST), of("txn_1", SECOND), of("txn_2", SECOND));
        for entries in [format!("[{first},{second}]"), format!("[{other},{second}, {first}]")] {
            let told = told(TOLD, entries);
            let [stored] = &told.read().unwrap()[..] else { panic!("{TOLD}") };
            let text = format!(r#"["txn_1","credit","key_1",null,null,"a\"b","é",9,[{FIRST},{SECOND}]]"#);
            assert_eq!(stored.content.text().unwrap(), text);
            assert_eq!((stored.position, stored.hash), (Some(7), None));
        }
        assert!(told(TOLD, "[[1]]").read().is_err());
        assert!(told("[[1]]", "[]").read().is_err());
    }

    #[test]
    fn journals_come_in_the_order_of_the_chain() {
        let one = |position: i64, id: &str| {
            format!(r#"[{position},null,null,null,9,[null,null,"{id}","credit","key_1",null,null,null,""]]"#)
        };
        let told = told(format!("[{},{},{}]", one(2, "b"), one(1, "c"), one(2, "a")), "[]");
        let ids: Vec<_> = told.read().unwrap().into_iter().map(|stored| stored.content.id).collect();
        assert_eq!(ids, ["c", "a", "b"]);
    }
}
