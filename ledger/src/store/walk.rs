//! One pass over the journal, in the order in which it was written: the chain, and all invariants that every entry takes
//! part in. What is remembered on the way grows with the accounts, not with the journal.

use super::chain::{self, Hash, Stored};
use super::dialect::Dialect;
use super::row;
use crate::{AuditCheck, ChainHead, LedgerError};
use futures::TryStreamExt as _;
use sqlx::{AnyConnection, Row as _};
use std::collections::{BTreeMap, HashMap};

/// How many violations are named.
pub(super) const EXAMPLES: usize = 5;

/// Journals that are read at once: a row for each would cost more than what is done with it.
const PIECE: usize = 2048;
/// Entries that are read for a piece by the range of its ids. Most journals have two.
const ENTRIES: usize = 8 * PIECE;

/// The next journals of the chain after a place and an id, as a JSON array, with the least and the largest of their ids. The id
/// tells apart what should not be in one place.
const PLACED: &str = "SELECT '[' || {joined told} || ']', min(id), max(id) FROM (
                          SELECT j.id, {journal j} AS told FROM journal AS j
                          LEFT JOIN purchase AS p ON p.id = j.purchase_id AND j.kind = 'purchase'
                          WHERE (j.position, j.id) > ($1, $2) ORDER BY j.position, j.id LIMIT $3
                      ) AS journals";
/// Those that have no place in the chain; the journal is complete only with them.
const UNPLACED: &str = "SELECT '[' || {joined told} || ']', min(id), max(id) FROM (
                            SELECT j.id, {journal j} AS told FROM journal AS j
                            LEFT JOIN purchase AS p ON p.id = j.purchase_id AND j.kind = 'purchase'
                            WHERE j.position IS NULL AND (CAST($2 AS TEXT) IS NULL OR j.id > $2) ORDER BY j.id LIMIT $3
                        ) AS journals";
/// Entries of the journals between two ids. Ids are made in the order of time, as the chain is, so that one pass over the index
/// finds a piece's entries, with a few of its neighbours'. To look each journal's up takes longer.
const BETWEEN: &str = "SELECT '[' || coalesce({joined told}, '') || ']', count(*) FROM (
                           SELECT {entry e} AS told FROM (
                               SELECT * FROM entry WHERE journal_id >= $1 AND journal_id <= $2 ORDER BY journal_id, seq LIMIT $3
                           ) AS e
                       ) AS entries";
const ACCOUNTS: &str = "SELECT id, kind, posted, version FROM account";
const ORPHANS: &str = "SELECT journal_id || ' has entries and no journal' FROM entry
                       WHERE journal_id NOT IN (SELECT id FROM journal)";

/// Captured purchases that were captured more than once.
const CAPTURED_AGAIN: &str = "SELECT id || ' is captured with ' || captures || ' captures' FROM (
                                  SELECT purchase_id, count(*) AS captures FROM journal WHERE kind = 'purchase'
                                  GROUP BY purchase_id HAVING count(*) > 1
                              ) AS again JOIN purchase ON purchase.id = again.purchase_id AND state = 'captured'";
/// Captured purchases without a capture. Only asked where their numbers differ.
const NEVER_CAPTURED: &str = "SELECT id || ' is captured with 0 captures' FROM purchase WHERE state = 'captured'
                              AND NOT EXISTS (SELECT 1 FROM journal WHERE kind = 'purchase' AND purchase_id = purchase.id)";

/// What an invariant came to so far.
#[derive(Debug)]
struct Finding(AuditCheck);

impl Finding {
    fn new(name: &'static str, what: &'static str) -> Finding {
        Finding(AuditCheck { name, what, checked: 0, violations: 0, examples: Vec::new() })
    }

    fn broken(&mut self, what: impl FnOnce() -> String) {
        self.0.violations += 1;
        if self.0.examples.len() < EXAMPLES {
            self.0.examples.push(what());
        }
    }
}

/// An account as its row has it, and as its entries so far do.
#[derive(Debug)]
struct Account {
    kind: String,
    posted: Option<i64>,
    version: Option<i64>,
    sum: i128,
    entries: i64,
    last_version: i64,
    last_balance: i64,
}

#[derive(Debug)]
struct Walk {
    balance: Finding,
    books: Finding,
    posted: Finding,
    versions: Finding,
    once: Finding,
    captures: Finding,
    chain: Finding,
    accounts: HashMap<i64, Account>,
    sums: BTreeMap<String, i128>,
    /// The place of the last journal, and its hash.
    position: i64,
    hash: Hash,
}

/// Walks all of it, on one moment of the database. The checks, and the end of the chain.
pub(super) async fn walk(
    conn: &mut AnyConnection,
    dialect: Dialect,
) -> Result<(Vec<AuditCheck>, Option<ChainHead>), LedgerError> {
    let mut walk = Walk::new(accounts(conn).await?);
    for journals in [PLACED, UNPLACED] {
        walk.all(Pieces { conn: &mut *conn, dialect, journals }).await?;
    }
    let journals: i64 = sqlx::query_scalar("SELECT count(*) FROM journal").fetch_one(&mut *conn).await?;
    let entries: i64 = sqlx::query_scalar("SELECT count(*) FROM entry").fetch_one(&mut *conn).await?;
    let missed = |all: i64, seen: &Finding| i128::from(all) - i128::from(seen.0.checked);
    let (journals, entries) = (missed(journals, &walk.chain), missed(entries, &walk.books));
    if journals != 0 {
        walk.chain.broken(|| format!("{journals} journals can't be reached in their order"));
    }
    walk.captured(conn).await?;
    let orphans = match entries {
        0 => Vec::new(),
        _ => sqlx::query_scalar::<_, String>(ORPHANS).fetch_all(conn).await?,
    };
    if entries != 0 && orphans.is_empty() {
        walk.books.broken(|| format!("{entries} entries can't be reached by their journals"));
    }
    Ok(walk.end(orphans))
}

/// The journals that a statement tells, piece after piece.
struct Pieces<'c> {
    conn: &'c mut AnyConnection,
    dialect: Dialect,
    journals: &'static str,
}

/// Journals and entries as the database tells them: what [`Stored::all`] reads.
struct Piece {
    journals: String,
    entries: String,
}

impl Pieces<'_> {
    /// Those after a place and an id; from the first on without an id. `None` behind the last.
    async fn after(&mut self, position: i64, id: Option<&str>) -> Result<Option<Piece>, LedgerError> {
        let piece = sqlx::query(self.dialect.sql(self.journals)).bind(position).bind(id).bind(PIECE as i64);
        let piece = piece.fetch_one(&mut *self.conn).await?;
        let Some(journals) = piece.try_get::<Option<String>, _>(0)? else { return Ok(None) };
        let (least, largest): (&str, &str) = (piece.try_get(1)?, piece.try_get(2)?);
        let between = sqlx::query(self.dialect.sql(BETWEEN)).bind(least).bind(largest).bind(ENTRIES as i64);
        let between = between.fetch_one(&mut *self.conn).await?;
        let entries = match between.try_get::<i64, _>(1)? {
            all if all < ENTRIES as i64 => between.try_get(0)?,
            // Ids are in no order, and much lies between them.
            _ => {
                let ids = Stored::all(&journals, "[]")?.into_iter().map(|stored| stored.content.id.into_owned());
                let ids = serde_json::json!(ids.collect::<Vec<_>>()).to_string();
                sqlx::query_scalar(self.dialect.sql(chain::OF_EACH)).bind(ids).fetch_one(&mut *self.conn).await?
            }
        };
        Ok(Some(Piece { journals, entries }))
    }
}

async fn accounts(conn: &mut AnyConnection) -> Result<HashMap<i64, Account>, LedgerError> {
    let mut accounts = HashMap::new();
    let mut rows = sqlx::query(ACCOUNTS).fetch(conn);
    while let Some(row) = rows.try_next().await? {
        let account = Account {
            kind: row.try_get(1)?,
            posted: row.try_get(2)?,
            version: row.try_get(3)?,
            sum: 0,
            entries: 0,
            last_version: 0,
            last_balance: 0,
        };
        accounts.insert(row.try_get(0)?, account);
    }
    Ok(accounts)
}

impl Walk {
    fn new(accounts: HashMap<i64, Account>) -> Walk {
        let what = "an account's versions run from 1 without a gap, and each balance follows from the one before";
        let captured = "a capture moves what was charged; what is owed of it is no more than the excess over the hold";
        let once = "a captured purchase has exactly one capture in the journal, every other purchase none";
        let chain = "each journal is as it was written, and none is missing between them";
        Walk {
            balance: Finding::new("I1 journals-balance", "the entries of each journal sum to zero in each currency"),
            books: Finding::new(
                "I2 books-balance",
                "all entries of a currency sum to zero, and each belongs to a journal",
            ),
            posted: Finding::new("I3 posted-is-entries", "the posted balance of an account is the sum of its entries"),
            versions: Finding::new("I6 versions-chain", what),
            once: Finding::new("I7 captured-once", once),
            captures: Finding::new("I8 captured-amount", captured),
            chain: Finding::new("I14 hash-chain", chain),
            accounts,
            sums: BTreeMap::new(),
            position: 0,
            hash: [0; 32],
        }
    }

    /// All journals of a statement. The database tells the next piece while one is looked at.
    async fn all(&mut self, mut pieces: Pieces<'_>) -> Result<(), LedgerError> {
        let mut told = pieces.after(i64::MIN, None).await?;
        while let Some(piece) = told {
            let piece = Stored::all(&piece.journals, &piece.entries)?;
            let Some(last) = piece.last() else { break };
            let next = pieces.after(last.position.unwrap_or(i64::MIN), Some(&last.content.id));
            let walk = async { piece.iter().try_for_each(|journal| self.journal(journal)) };
            told = futures::future::try_join(next, walk).await?.0;
        }
        Ok(())
    }

    /// The chain's next link.
    fn chained(&mut self, journal: &Stored<'_>) -> Result<(), LedgerError> {
        self.chain.0.checked += 1;
        let id = &journal.content.id;
        let Some(position) = journal.position else {
            self.chain.broken(|| format!("{id} has no place in the chain"));
            return Ok(());
        };
        let right = chain::link(&self.hash, &journal.content)?;
        let (found, due) = (journal.hash(), self.position + 1);
        if position != due {
            self.chain.broken(|| format!("{id} is at {position}, where {due} is due"));
        } else if found != Some(right) {
            self.chain
                .broken(|| format!("{id} at {position} is not what was written there, or what is before it isn't"));
        }
        // On with what is there: the next one is judged by itself.
        (self.position, self.hash) = (position, found.unwrap_or(right));
        Ok(())
    }

    /// A journal and its entries.
    fn journal(&mut self, journal: &Stored<'_>) -> Result<(), LedgerError> {
        self.chained(journal)?;
        self.balance.0.checked += 1;
        let id = &journal.content.id;
        let (mut sums, mut payable, mut owed) = (Vec::<(&str, i128)>::new(), 0, 0);
        for line in &journal.content.entries {
            self.books.0.checked += 1;
            let amount = i128::from(line.amount);
            match sums.iter_mut().find(|(currency, _)| *currency == line.currency) {
                Some((_, sum)) => *sum += amount,
                None => sums.push((&line.currency, amount)),
            }
            let Some(account) = self.accounts.get_mut(&line.account) else {
                self.books.broken(|| format!("{id} names account {}, which there is not", line.account));
                continue;
            };
            match account.kind.as_str() {
                "provider_payable" => payable += amount,
                "receivable" => owed -= amount,
                _ => {}
            }
            account.sum += amount;
            account.entries += 1;
            if account.version.is_some() {
                let due = (Some(account.last_version + 1), account.last_balance.checked_add(line.amount));
                if (line.version, line.balance) != due {
                    let version = line.version.map_or_else(|| "none".to_owned(), |version| version.to_string());
                    self.versions.broken(|| format!("account {} breaks at version {version}", line.account));
                }
                account.last_version = line.version.unwrap_or(account.last_version);
                account.last_balance = line.balance.unwrap_or(account.last_balance);
            }
            self.versions.0.checked += u64::from(line.version.is_some());
        }
        for (currency, sum) in sums {
            if sum != 0 {
                self.balance.broken(|| format!("{id} {currency} sums to {sum}"));
            }
            match self.sums.get_mut(currency) {
                Some(all) => *all += sum,
                None => drop(self.sums.insert(currency.to_owned(), sum)),
            }
        }
        self.capture(journal, payable, owed);
        Ok(())
    }

    /// Whether a capture booked what its purchase says.
    fn capture(&mut self, journal: &Stored<'_>, payable: i128, owed: i128) {
        let purchase = journal.content.purchase.as_deref().unwrap_or_default();
        match journal.state.as_deref() {
            Some("captured") => {}
            Some(state) => return self.once.broken(|| format!("{purchase} is {state} with a capture")),
            None if journal.content.kind == "purchase" => {
                return self.once.broken(|| format!("{} captures {purchase}, which there is not", journal.content.id));
            }
            None => return,
        }
        self.captures.0.checked += 1;
        let cents = |column: Option<i64>| i128::from(column.unwrap_or(0));
        let (held, charged) = (cents(journal.held), cents(journal.charged));
        let receivable = cents(journal.receivable);
        if (charged, receivable) != (payable, owed) || receivable > (charged - held).max(0) {
            self.captures
                .broken(|| format!("{purchase} charged {charged} booked {payable}, owes {receivable} booked {owed}"));
        }
    }

    /// Holds the captures against the purchases.
    async fn captured(&mut self, conn: &mut AnyConnection) -> Result<(), LedgerError> {
        let purchases: i64 = sqlx::query_scalar("SELECT count(*) FROM purchase").fetch_one(&mut *conn).await?;
        let captured = "SELECT count(*) FROM purchase WHERE state = 'captured'";
        let captured: i64 = sqlx::query_scalar(captured).fetch_one(&mut *conn).await?;
        let mut wrong: Vec<String> = sqlx::query_scalar(CAPTURED_AGAIN).fetch_all(&mut *conn).await?;
        // As many captures as captured purchases, and none of them a second one: then each has its own.
        if !wrong.is_empty() || i128::from(self.captures.0.checked) != i128::from(captured) {
            wrong.extend(sqlx::query_scalar::<_, String>(NEVER_CAPTURED).fetch_all(conn).await?);
        }
        self.once.0.checked = u64::try_from(purchases).unwrap_or_default();
        wrong.into_iter().for_each(|wrong| self.once.broken(|| wrong));
        Ok(())
    }

    /// Holds the sums against the accounts.
    fn end(mut self, orphans: Vec<String>) -> (Vec<AuditCheck>, Option<ChainHead>) {
        for (currency, sum) in self.sums.iter().filter(|(_, sum)| **sum != 0) {
            self.books.broken(|| format!("{currency} sums to {sum}"));
        }
        self.books.0.checked += orphans.len() as u64;
        orphans.into_iter().for_each(|orphan| self.books.broken(|| orphan));
        let mut accounts: Vec<(&i64, &Account)> = self.accounts.iter().collect();
        accounts.sort_unstable_by_key(|(id, _)| **id);
        for (id, account) in accounts {
            let Some(posted) = account.posted else { continue };
            self.posted.0.checked += 1;
            if i128::from(posted) != account.sum {
                self.posted.broken(|| format!("account {id} has posted {posted}, entries {}", account.sum));
            }
            let version = account.version.unwrap_or_default();
            if version != account.entries {
                self.versions
                    .broken(|| format!("account {id} is at version {version} with {} entries", account.entries));
            }
        }
        let head = (self.position > 0).then(|| ChainHead {
            position: u64::try_from(self.position).unwrap_or_default(),
            hash: row::hex(&self.hash),
        });
        let checks = [self.balance, self.books, self.posted, self.versions, self.once, self.captures, self.chain];
        (checks.map(|finding| finding.0).into(), head)
    }
}
