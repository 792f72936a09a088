//! One pass over the journal, in the order in which it was written: the chain, and all invariants that every entry takes
//! part in. What is remembered on the way grows with the accounts, not with the journal.

use super::pieces::{self, PLACED, Rows, UNPLACED};
use super::totals::Totals;
use super::{EXAMPLES, Found};
use crate::store::chain::{self, Hash};
use crate::store::row;
use crate::store::stored::Stored;
use crate::{AuditCheck, ChainHead, LedgerError};
use futures::TryStreamExt as _;
use sqlx::{AnyConnection, Row as _};
use std::collections::{BTreeMap, HashMap};

const ACCOUNTS: &str = "SELECT id, kind, posted, version FROM account";
const ORPHANS: &str = "SELECT coalesce(journal_id, 'nothing') || ' has entries and no journal' FROM entry
                       WHERE NOT EXISTS (SELECT 1 FROM journal WHERE id = journal_id)";

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

/// What was seen so far.
#[derive(Debug)]
pub(super) struct Walk {
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

/// Captured purchases with more than one capture, and what to say of each.
pub(super) async fn captured_again(conn: &mut AnyConnection) -> Result<Vec<String>, LedgerError> {
    Ok(sqlx::query_scalar(CAPTURED_AGAIN).fetch_all(conn).await?)
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
    pub async fn begin(conn: &mut AnyConnection) -> Result<Walk, LedgerError> {
        Ok(Walk::new(accounts(conn).await?))
    }

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

    /// Walks all of SQLite's journal. The next piece is told while one is looked at.
    pub async fn over_sqlite(&mut self, conn: &mut AnyConnection) -> Result<(), LedgerError> {
        for journals in [PLACED, UNPLACED] {
            let mut told = pieces::sqlite(conn, journals, None, None).await?;
            while let Some(piece) = told {
                let piece = piece.read()?;
                let Some(last) = piece.last() else { break };
                let next = pieces::sqlite(conn, journals, last.position, Some(&last.content.id));
                told = futures::future::try_join(next, async { self.piece(&piece) }).await?.0;
            }
        }
        Ok(())
    }

    /// Walks all of PostgreSQL's.
    pub async fn over(&mut self, mut rows: Rows) -> Result<(), LedgerError> {
        while let Some(piece) = rows.next().await? {
            self.piece(&piece.read()?)?;
        }
        Ok(())
    }

    fn piece(&mut self, journals: &[Stored<'_>]) -> Result<(), LedgerError> {
        journals.iter().try_for_each(|journal| self.journal(journal))
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
        let (found, due) = (journal.hash, self.position + 1);
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

    /// Holds what was seen against what there is. What is not as it should be is looked for on the same moment.
    pub async fn end(
        mut self,
        conn: &mut AnyConnection,
        totals: &Totals,
        captured_again: Vec<String>,
    ) -> Result<Found, LedgerError> {
        let missed = |all: i64, seen: &Finding| i128::from(all) - i128::from(seen.0.checked);
        let (journals, entries) = (missed(totals.journals, &self.chain), missed(totals.entries, &self.books));
        if journals != 0 {
            self.chain.broken(|| format!("{journals} journals can't be reached in their order"));
        }
        let mut wrong = captured_again;
        // As many captures as captured purchases, and none of them a second one: then each has its own.
        if !wrong.is_empty() || missed(totals.captured, &self.captures) != 0 {
            wrong.extend(sqlx::query_scalar::<_, String>(NEVER_CAPTURED).fetch_all(&mut *conn).await?);
        }
        self.once.0.checked = u64::try_from(totals.purchases).unwrap_or_default();
        wrong.into_iter().for_each(|wrong| self.once.broken(|| wrong));
        let orphans = match entries {
            0 => Vec::new(),
            _ => sqlx::query_scalar::<_, String>(ORPHANS).fetch_all(conn).await?,
        };
        if entries != 0 && orphans.is_empty() {
            self.books.broken(|| format!("{entries} entries can't be reached by their journals"));
        }
        self.books.0.checked += orphans.len() as u64;
        orphans.into_iter().for_each(|orphan| self.books.broken(|| orphan));
        Ok(self.told())
    }

    /// Holds the sums against the accounts.
    fn told(mut self) -> Found {
        for (currency, sum) in self.sums.iter().filter(|(_, sum)| **sum != 0) {
            self.books.broken(|| format!("{currency} sums to {sum}"));
        }
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
