//! The hash chain over the journal: SHA-256 of the hash before and of the journal with its entries, as JSON.
//!
//! A batch appends to it within its own transaction, so the chain has no gaps and no forks; where the database has more than
//! one writer, whoever appends has a lock until it has committed. The chain shows that something was changed, not who did it;
//! whoever can write the database can write the whole chain anew, so the last hash, which the audit prints, is worth keeping
//! elsewhere.

use super::dialect::Dialect;
use super::row;
use crate::LedgerError;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, Row};
use std::borrow::Cow;
use std::collections::HashMap;

pub(super) type Hash = [u8; 32];

/// What is hashed of a journal: a JSON array of its members in their order, so that names don't matter. Never to be changed:
/// old hashes are over this text.
#[derive(Debug)]
pub(super) struct Content<'a> {
    pub id: Cow<'a, str>,
    pub kind: Cow<'a, str>,
    pub credential: Cow<'a, str>,
    pub purchase: Option<Cow<'a, str>>,
    pub tab: Option<Cow<'a, str>>,
    pub source: Option<Cow<'a, str>>,
    pub description: Cow<'a, str>,
    pub created_at: i64,
    pub entries: Vec<Line<'a>>,
}

/// An entry, likewise: `[1,10,500,"USD",1500,2]`.
#[derive(Debug, Deserialize)]
pub(super) struct Line<'a> {
    pub seq: i64,
    pub account: i64,
    pub amount: i64,
    #[serde(borrow)]
    pub currency: Cow<'a, str>,
    pub balance: Option<i64>,
    pub version: Option<i64>,
}

impl Content<'_> {
    fn text(&self) -> Result<String, LedgerError> {
        let Content { id, kind, credential, purchase, tab, source, description, created_at, entries } = self;
        let entries: Vec<_> = entries
            .iter()
            .map(|Line { seq, account, amount, currency, balance, version }| {
                (seq, account, amount, currency, balance, version)
            })
            .collect();
        let all = (id, kind, credential, purchase, tab, source, description, created_at, entries);
        serde_json::to_string(&all).map_err(|error| LedgerError::Corrupt(error.to_string()))
    }
}

/// The hash of a journal, if `before` is the hash before it.
pub(super) fn link(before: &Hash, content: &Content<'_>) -> Result<Hash, LedgerError> {
    Ok(Sha256::new().chain_update(before).chain_update(content.text()?).finalize().into())
}

/// A journal, in a list of its own.
const ONE: &str = "SELECT '[' || {journal j} || ']' FROM journal AS j LEFT JOIN purchase AS p ON p.id = j.purchase_id WHERE j.id = $1";

/// The entries of journals whose ids are given.
pub(super) const OF_EACH: &str = "SELECT '[' || coalesce({joined told}, '') || ']' FROM (
                                      SELECT {entry e} AS told FROM entry AS e WHERE e.journal_id {in $1}
                                  ) AS entries";

/// Place and hash of the last journal; zeroes before the first. Nobody else appends until this transaction is over.
pub(super) async fn head(conn: &mut AnyConnection, dialect: Dialect) -> Result<(i64, Hash), LedgerError> {
    if dialect == Dialect::Postgres {
        sqlx::query("SELECT pg_advisory_xact_lock(hashtext(current_schema() || ' penumbra chain'))")
            .execute(&mut *conn)
            .await?;
    }
    let last = "SELECT position, hash FROM journal WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1";
    match sqlx::query(last).fetch_optional(conn).await? {
        Some(row) => Ok((row.try_get("position")?, row::hash(&row, "hash")?)),
        None => Ok((0, [0; 32])),
    }
}

/// A journal as it is stored, with its place in the chain, and what the purchase says that it captured.
#[derive(Debug)]
pub(super) struct Stored<'a> {
    pub position: Option<i64>,
    /// In hexadecimal digits.
    hash: Option<Cow<'a, str>>,
    pub state: Option<Cow<'a, str>>,
    pub held: Option<i64>,
    pub charged: Option<i64>,
    pub receivable: Option<i64>,
    pub content: Content<'a>,
}

/// The same without its entries, as the database tells it: a JSON array of its numbers and its texts.
#[derive(Debug, Deserialize)]
struct Told<'a> {
    position: Option<i64>,
    held: Option<i64>,
    charged: Option<i64>,
    receivable: Option<i64>,
    created_at: i64,
    #[serde(borrow)]
    texts: Texts<'a>,
}

/// The id of a journal, and one of its entries.
#[derive(Debug, Deserialize)]
struct Entry<'a>(#[serde(borrow)] Cow<'a, str>, #[serde(borrow)] Line<'a>);

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

impl<'a> Stored<'a> {
    /// From JSON arrays of both, whose order is not to be relied on. Entries of other journals are left aside.
    pub fn all(journals: &'a str, entries: &'a str) -> Result<Vec<Stored<'a>>, LedgerError> {
        let wrong = |error: serde_json::Error| LedgerError::Corrupt(format!("the journal: {error}"));
        let journals: Vec<Told<'a>> = serde_json::from_str(journals).map_err(wrong)?;
        let entries: Vec<Entry<'a>> = serde_json::from_str(entries).map_err(wrong)?;
        let mut lines: HashMap<Cow<'a, str>, Vec<Line<'a>>> = HashMap::with_capacity(journals.len());
        for Entry(journal, line) in entries {
            lines.entry(journal).or_default().push(line);
        }
        let mut all: Vec<Stored<'a>> = journals.into_iter().map(|told| told.with(&mut lines)).collect();
        all.sort_by(|a, b| (a.position, &a.content.id).cmp(&(b.position, &b.content.id)));
        Ok(all)
    }

    /// `None` where there is none, or something else.
    pub fn hash(&self) -> Option<Hash> {
        row::unhex(self.hash.as_deref()?)
    }
}

impl<'a> Told<'a> {
    fn with(self, lines: &mut HashMap<Cow<'a, str>, Vec<Line<'a>>>) -> Stored<'a> {
        let Told { position, held, charged, receivable, created_at, texts } = self;
        let Texts { hash, state, id, kind, credential, purchase, tab, source, description } = texts;
        let mut entries = lines.remove(&id).unwrap_or_default();
        entries.sort_by_key(|line| line.seq);
        let content = Content { id, kind, credential, purchase, tab, source, description, created_at, entries };
        Stored { position, hash, state, held, charged, receivable, content }
    }
}

/// Gives what was written before there was a chain its place, in the order in which it was written.
pub(super) async fn adopt(conn: &mut AnyConnection, dialect: Dialect) -> Result<(), LedgerError> {
    if dialect == Dialect::Postgres {
        return Ok(());
    }
    let without = "SELECT id FROM journal WHERE hash IS NULL ORDER BY rowid";
    let without: Vec<String> = sqlx::query_scalar(without).fetch_all(&mut *conn).await?;
    let (mut position, mut hash) = head(&mut *conn, dialect).await?;
    for id in &without {
        let told: String = sqlx::query_scalar(dialect.sql(ONE)).bind(id).fetch_one(&mut *conn).await?;
        let entries: String = sqlx::query_scalar(dialect.sql(OF_EACH))
            .bind(serde_json::json!([id]).to_string())
            .fetch_one(&mut *conn)
            .await?;
        position += 1;
        for stored in Stored::all(&told, &entries)? {
            hash = link(&hash, &stored.content)?;
        }
        sqlx::query("UPDATE journal SET position = $2, hash = $3 WHERE id = $1")
            .bind(id)
            .bind(position)
            .bind(hash.as_slice())
            .execute(&mut *conn)
            .await?;
    }
    if !without.is_empty() {
        tracing::info!(journals = without.len(), "the journal has a hash chain now");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = r#"[1,10,500,"USD",1500,2]"#;
    const SECOND: &str = r#"[2,3,-500,"USD",null,null]"#;

    const TOLD: &str =
        r#"[[7, null, null, null, 9, ["00", null, "txn_1", "credit", "key_1", null, null, "a\"b", "é"]]]"#;

    #[test]
    fn a_journal_is_hashed_as_one_text_however_it_is_told() {
        let of = |id: &str, entry: &str| format!(r#"["{id}",{entry}]"#);
        let (first, second, other) = (of("txn_1", FIRST), of("txn_1", SECOND), of("txn_2", SECOND));
        for entries in [format!("[{first},{second}]"), format!("[{other},{second}, {first}]")] {
            let [stored] = &Stored::all(TOLD, &entries).unwrap()[..] else { panic!("{TOLD}") };
            let text = format!(r#"["txn_1","credit","key_1",null,null,"a\"b","é",9,[{FIRST},{SECOND}]]"#);
            assert_eq!(stored.content.text().unwrap(), text);
            assert_eq!((stored.position, stored.hash()), (Some(7), None));
        }
        assert!(Stored::all(TOLD, "[[1]]").is_err());
        assert!(Stored::all("[[1]]", "[]").is_err());
    }

    #[test]
    fn journals_come_in_the_order_of_the_chain() {
        let one = |position: i64, id: &str| {
            format!(r#"[{position},null,null,null,9,[null,null,"{id}","credit","key_1",null,null,null,""]]"#)
        };
        let told = format!("[{},{},{}]", one(2, "b"), one(1, "c"), one(2, "a"));
        let ids: Vec<_> = Stored::all(&told, "[]").unwrap().into_iter().map(|stored| stored.content.id).collect();
        assert_eq!(ids, ["c", "a", "b"]);
    }
}
