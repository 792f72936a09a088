//! Writing down what a batch changed: a statement for each table, whatever the number of rows.

use super::cells::{self, Cells};
use super::chain::{self, Content, Line};
use super::dialect::Dialect;
use super::schema::{self, Table};
use crate::books::{self, Books, Side, System};
use crate::{CURRENCY, CredentialId, LedgerError};
use sqlx::{AnyConnection, Row as _};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The rows of accounts, by owner and kind, and those of the system's.
#[derive(Debug, Default)]
struct AccountRows {
    of_keys: BTreeMap<(CredentialId, &'static str), i64>,
    of_system: SystemAccounts,
}

/// The rows of the system's accounts, which a migration made and nothing changes.
pub(super) type SystemAccounts = BTreeMap<System, i64>;

/// Writes all of it. Rows that others refer to come first; the entries of a journal come before the row that seals them, and
/// the accounts, which must agree with their last entries, come last.
pub(super) async fn save(
    conn: &mut AnyConnection,
    dialect: Dialect,
    books: &Books,
    system: &OnceLock<SystemAccounts>,
) -> Result<(), LedgerError> {
    let mut saver = Saver { conn, dialect, system };
    saver.rows(&schema::CREDENTIAL, &books.keys, cells::credential).await?;
    let accounts = saver.accounts(books).await?;
    saver.rows(&schema::QUOTE, &books.quotes, cells::quote).await?;
    saver.rows(&schema::PURCHASE, &books.purchases, cells::purchase).await?;
    saver.rows(&schema::APPROVAL, &books.approvals, cells::approval).await?;
    saver.rows(&schema::FEE_HOLD, &books.tabs, cells::tab).await?;
    saver.topups(books).await?;
    saver.journals(books, &accounts).await?;
    saver.write(Writing::update(dialect, &schema::ACCOUNT, balances(books, &accounts))).await
}

/// The accounts whose balance is another one now: of most owners only the one with the money, not that of their debt.
fn balances<'b>(books: &'b Books, rows: &'b AccountRows) -> impl Iterator<Item = Cells<'static>> + 'b {
    let changed = books.accounts.changes().flat_map(|(owner, was, is)| {
        let pairs = [("customer", was.customer, is.customer), ("receivable", was.receivable, is.receivable)];
        pairs.into_iter().filter(|(_, was, is)| was != is).map(move |(kind, _, is)| (owner, kind, is))
    });
    let new = books
        .accounts
        .new_rows()
        .flat_map(|(owner, is)| [(owner, "customer", is.customer), (owner, "receivable", is.receivable)]);
    changed.chain(new).map(|(owner, kind, is)| {
        let made = || rows.of_keys.get(&(owner.clone(), kind)).copied();
        cells::account(is.id.or_else(made), is)
    })
}

/// Rows that are to be written, ready to be sent.
struct Writing {
    /// Absent where there is no row.
    sql: Option<String>,
    pieces: Vec<(String, u64)>,
}

impl Writing {
    fn insert<'r>(dialect: Dialect, table: &Table, rows: impl Iterator<Item = Cells<'r>>) -> Self {
        Writing::new(dialect, rows.map(|row| table.row(row)), || table.insert(dialect))
    }

    fn update<'r>(dialect: Dialect, table: &Table, rows: impl Iterator<Item = Cells<'r>>) -> Self {
        Writing::new(dialect, rows.map(|row| table.changes(row)), || table.update(dialect))
    }

    fn upsert<'r>(dialect: Dialect, table: &Table, rows: impl Iterator<Item = Cells<'r>>) -> Self {
        Writing::new(dialect, rows.map(|row| table.row(row)), || table.upsert(dialect))
    }

    fn new(dialect: Dialect, rows: impl Iterator<Item = String>, sql: impl FnOnce() -> String) -> Self {
        let pieces = pieces(rows, dialect.most_bytes());
        Writing { sql: (!pieces.is_empty()).then(sql), pieces }
    }
}

/// Rows as JSON arrays of at most so many bytes, each with the number of its rows. A row that is longer goes by itself.
fn pieces(rows: impl Iterator<Item = String>, most: usize) -> Vec<(String, u64)> {
    let mut pieces: Vec<(String, u64)> = Vec::new();
    for row in rows {
        match pieces.last_mut().filter(|(text, _)| text.len() + row.len() < most) {
            Some((text, count)) => {
                text.push(',');
                text.push_str(&row);
                *count += 1;
            }
            None => pieces.push((format!("[{row}"), 1)),
        }
    }
    pieces.iter_mut().for_each(|(text, _)| text.push(']'));
    pieces
}

struct Saver<'c> {
    conn: &'c mut AnyConnection,
    dialect: Dialect,
    system: &'c OnceLock<SystemAccounts>,
}

impl Saver<'_> {
    /// The new rows of a table, and those that changed.
    async fn rows<K: Ord + Clone + Sync, V: Clone + Sync>(
        &mut self,
        table: &Table,
        rows: &books::Table<K, V>,
        cells: for<'v> fn(&'v V) -> Cells<'v>,
    ) -> Result<(), LedgerError> {
        self.write(Writing::insert(self.dialect, table, rows.new_rows().map(|(_, row)| cells(row)))).await?;
        self.write(Writing::update(self.dialect, table, rows.changed_rows().map(|(_, row)| cells(row)))).await
    }

    /// All rows must be written, or something else has changed the database under our hands.
    async fn write(&mut self, writing: Writing) -> Result<(), LedgerError> {
        let Some(sql) = writing.sql else { return Ok(()) };
        let sql = self.dialect.sql(&sql);
        for (text, count) in writing.pieces {
            let done = sqlx::query(sql.clone()).bind(text).execute(&mut *self.conn).await?;
            if done.rows_affected() != count {
                let written = done.rows_affected();
                return Err(LedgerError::Corrupt(format!("{written} of {count} rows could be written")));
            }
        }
        Ok(())
    }

    /// Makes new accounts, and finds the rows that entries will name.
    async fn accounts(&mut self, books: &Books) -> Result<AccountRows, LedgerError> {
        let mut rows = AccountRows::default();
        for (owner, accounts) in books.accounts.changed_rows() {
            for (kind, account) in [("customer", accounts.customer), ("receivable", accounts.receivable)] {
                rows.of_keys.extend(account.id.map(|id| ((owner.clone(), kind), id)));
            }
        }
        let new: Vec<&CredentialId> = books.accounts.new_rows().map(|(owner, _)| owner).collect();
        if !new.is_empty() {
            let empty =
                new.iter().flat_map(|owner| ["customer", "receivable"].map(|kind| cells::new_account(owner, kind)));
            self.write(Writing::insert(self.dialect, &schema::NEW_ACCOUNT, empty)).await?;
            let made = self.dialect.sql("SELECT id, credential_id, kind FROM account WHERE credential_id {in $1}");
            for row in sqlx::query(made).bind(serde_json::json!(new).to_string()).fetch_all(&mut *self.conn).await? {
                let kind = if row.try_get::<&str, _>("kind")? == "customer" { "customer" } else { "receivable" };
                rows.of_keys.insert((super::row::credential(&row)?, kind), row.try_get("id")?);
            }
        }
        if !books.journals.is_empty() {
            rows.of_system = match self.system.get() {
                Some(known) => known.clone(),
                None => {
                    let found = self.system_accounts().await?;
                    self.system.get_or_init(|| found).clone()
                }
            };
        }
        Ok(rows)
    }

    async fn system_accounts(&mut self) -> Result<SystemAccounts, LedgerError> {
        let mut accounts = SystemAccounts::new();
        let system = "SELECT id, kind FROM account WHERE credential_id IS NULL AND currency = $1";
        for row in sqlx::query(system).bind(CURRENCY.as_str()).fetch_all(&mut *self.conn).await? {
            let kind: &str = row.try_get("kind")?;
            let account = System::ALL.into_iter().find(|account| account.kind() == kind);
            accounts.extend(account.map(|account| (account, row.get("id"))));
        }
        Ok(accounts)
    }

    async fn topups(&mut self, books: &Books) -> Result<(), LedgerError> {
        let told = books.inbox.new_rows().map(|((source, event), ())| cells::told(source, event, books.now));
        self.write(Writing::insert(self.dialect, &schema::INBOX, told)).await?;
        self.rows(&schema::TOPUP, &books.topups, cells::topup).await?;
        let changed = books.topups.changed_rows();
        let disputes = changed.flat_map(|(_, row)| row.disputes.iter().map(|dispute| cells::dispute(row, dispute)));
        self.write(Writing::upsert(self.dialect, &schema::DISPUTE, disputes)).await
    }

    /// Entries, and the journals that seal them, each chained to the one before.
    async fn journals(&mut self, books: &Books, accounts: &AccountRows) -> Result<(), LedgerError> {
        if books.journals.is_empty() {
            return Ok(());
        }
        let (mut position, mut hash) = chain::head(&mut *self.conn, self.dialect).await?;
        let (mut entries, mut journals) = (Vec::new(), Vec::new());
        for journal in &books.journals {
            let mut lines = Vec::with_capacity(journal.entries.len());
            for (seq, entry) in (1i64..).zip(&journal.entries) {
                let account = match &entry.side {
                    Side::Customer(owner) => accounts.of_keys.get(&(owner.clone(), "customer")),
                    Side::Receivable(owner) => accounts.of_keys.get(&(owner.clone(), "receivable")),
                    Side::System(account) => accounts.of_system.get(account),
                };
                let account = *account
                    .ok_or_else(|| LedgerError::Corrupt(format!("there is no account for {:?}", entry.side)))?;
                let (balance, version) = entry.after.unzip();
                let currency = CURRENCY.as_str().into();
                let line = Line { seq, account, amount: entry.amount, currency, balance, version };
                entries.push(cells::entry(journal.id.as_str(), &line));
                lines.push(line);
            }
            let content = Content {
                id: journal.id.as_str().into(),
                kind: journal.kind.into(),
                credential: journal.credential.as_str().into(),
                purchase: journal.purchase.as_ref().map(|id| id.as_str().into()),
                tab: journal.tab.as_ref().map(|id| id.as_str().into()),
                source: journal.source.as_deref().map(Cow::from),
                description: journal.description.as_str().into(),
                created_at: journal.created_at.as_millisecond(),
                entries: lines,
            };
            position += 1;
            hash = chain::link(&hash, &content)?;
            journals.push(cells::journal(content, position, &hash));
        }
        self.write(Writing::insert(self.dialect, &schema::ENTRY, entries.into_iter())).await?;
        self.write(Writing::insert(self.dialect, &schema::JOURNAL, journals.into_iter())).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_travel_in_pieces_and_none_is_lost() {
        let rows = |count: u8| (0..count).map(|n| format!("[{n},null]"));
        assert_eq!(pieces(rows(0), 10), []);
        assert_eq!(pieces(rows(2), usize::MAX), [("[[0,null],[1,null]]".to_owned(), 2)]);
        for most in 1..60 {
            let all = pieces(rows(5), most);
            assert!(all.iter().all(|(text, count)| *count == 1 || text.len() <= most + 1), "{all:?}");
            let read: Vec<(u8, Option<u8>)> =
                all.iter().flat_map(|(text, _)| serde_json::from_str::<Vec<_>>(text).unwrap()).collect();
            let expected = (0..5).map(|n| (n, None)).collect();
            assert_eq!((read, all.iter().map(|(_, count)| count).sum()), (expected, 5));
        }
    }
}
