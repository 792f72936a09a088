//! Writing down what a batch changed: a statement for each table, whatever the number of rows.

use super::chain::{self, Content, Line};
use super::dialect::Dialect;
use super::purchases::stored;
use super::row::hex;
use super::schema::{self, Table};
use crate::books::{Account, Books, Key, Row, Side, System, Tab, TopupRow};
use crate::{Approval, CURRENCY, CredentialId, LedgerError, Quote};
use jiff::Timestamp;
use serde_json::{Value, json};
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
    saver.insert(&schema::CREDENTIAL, books.keys.new_rows().map(|(_, key)| credential(key)).collect()).await?;
    saver.update(&schema::CREDENTIAL, books.keys.changed_rows().map(|(_, key)| credential(key)).collect()).await?;
    let accounts = saver.accounts(books).await?;
    saver.insert(&schema::QUOTE, books.quotes.new_rows().map(|(_, row)| quote(row)).collect()).await?;
    saver.insert(&schema::PURCHASE, books.purchases.new_rows().map(|(_, row)| purchase(row)).collect()).await?;
    saver.update(&schema::PURCHASE, books.purchases.changed_rows().map(|(_, row)| purchase(row)).collect()).await?;
    saver.insert(&schema::APPROVAL, books.approvals.new_rows().map(|(_, row)| approval(row)).collect()).await?;
    saver.update(&schema::APPROVAL, books.approvals.changed_rows().map(|(_, row)| approval(row)).collect()).await?;
    saver.insert(&schema::FEE_HOLD, books.tabs.new_rows().map(|(_, row)| tab(row)).collect()).await?;
    saver.update(&schema::FEE_HOLD, books.tabs.changed_rows().map(|(_, row)| tab(row)).collect()).await?;
    saver.topups(books).await?;
    saver.journals(books, &accounts).await?;
    let changed = books.accounts.changed_rows().chain(books.accounts.new_rows());
    let balances = changed.flat_map(|(owner, row)| {
        [(owner, "customer", &row.customer), (owner, "receivable", &row.receivable)]
            .map(|(owner, kind, row)| balance(accounts.of_keys.get(&(owner.clone(), kind)).copied(), row))
    });
    saver.update(&schema::ACCOUNT, balances.collect()).await
}

fn milliseconds(time: Timestamp) -> i64 {
    time.as_millisecond()
}

fn credential(key: &Key) -> Value {
    let credential = &key.credential;
    let limits = (!credential.limits.is_none()).then(|| json!(credential.limits).to_string());
    json!({
        "id": credential.id, "email": credential.email, "level": credential.level.as_str(),
        "secret_hash": key.hash.map(|hash| hex(&hash)), "parent_id": credential.parent, "limits": limits,
        "created_at": milliseconds(credential.created_at), "revoked_at": credential.revoked_at.map(milliseconds),
    })
}

fn balance(id: Option<i64>, row: &Account) -> Value {
    json!({"id": row.id.or(id), "posted": row.posted, "pending": row.pending, "version": row.version})
}

fn quote(row: &Quote) -> Value {
    json!({
        "id": row.id, "credential_id": row.credential, "service": row.service, "tool": row.tool,
        "fingerprint": hex(row.fingerprint.as_bytes()), "currency": row.amount.currency.as_str(),
        "amount": row.amount.cents, "created_at": milliseconds(row.created_at), "expires_at": milliseconds(row.expires_at),
    })
}

fn purchase(row: &Row) -> Value {
    let Row { purchase, request, .. } = row;
    let answer = purchase.answer.as_ref();
    json!({
        "id": purchase.id, "credential_id": purchase.credential, "service": purchase.service, "tool": purchase.tool,
        "idempotency_key": purchase.idempotency_key, "fingerprint": hex(purchase.fingerprint.as_bytes()),
        "quote_id": purchase.quote, "state": stored(purchase.state), "currency": purchase.held.currency.as_str(),
        "held": purchase.held.cents, "charged": purchase.charged.map(|charged| charged.cents),
        "receivable": purchase.receivable_cents, "refunded": purchase.refunded_cents,
        "transaction_id": purchase.transaction_id, "reason": purchase.reason, "request": request,
        "answer_status": answer.map(|answer| answer.status),
        "answer_content_type": answer.and_then(|answer| answer.content_type.as_deref()),
        "answer_body": answer.map(|answer| hex(&answer.body)),
        "created_at": milliseconds(purchase.created_at), "updated_at": milliseconds(purchase.updated_at),
    })
}

fn approval(row: &Approval) -> Value {
    json!({
        "id": row.id, "purchase_id": row.purchase, "demanded_by": row.demanded_by,
        "confirmable": i64::from(row.confirmable), "state": row.state.as_str(), "decided_by": row.decided_by,
        "created_at": milliseconds(row.created_at), "expires_at": milliseconds(row.expires_at),
        "decided_at": row.decided_at.map(milliseconds),
    })
}

fn tab(row: &Tab) -> Value {
    let state = match (row.open, row.used) {
        (true, _) => "open",
        (false, 0) => "released",
        (false, _) => "settled",
    };
    json!({
        "id": row.id, "credential_id": row.credential, "service": row.service, "state": state,
        "currency": CURRENCY.as_str(), "amount": row.amount, "used": row.used, "calls": row.calls,
        "created_at": milliseconds(row.created_at), "resolved_at": row.resolved_at.map(milliseconds),
    })
}

fn topup(row: &TopupRow) -> Value {
    let topup = &row.topup;
    json!({
        "id": topup.id, "credential_id": topup.credential, "idempotency_key": topup.idempotency_key,
        "currency": CURRENCY.as_str(), "amount": topup.cents, "session": topup.session, "url": topup.url,
        "payment": topup.payment, "paid": topup.paid_cents, "returned": topup.returned_cents, "booked": row.booked,
        "bookings": row.bookings, "expired_at": row.expired.then(|| milliseconds(topup.updated_at)),
        "created_at": milliseconds(topup.created_at), "updated_at": milliseconds(topup.updated_at),
    })
}

/// Rows as JSON arrays of at most so many bytes, each with the number of its rows. A row that is longer goes by itself.
fn pieces(rows: &[Value], most: usize) -> Vec<(String, u64)> {
    let mut pieces: Vec<(String, u64)> = Vec::new();
    for row in rows {
        let row = row.to_string();
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
    async fn insert(&mut self, table: &Table, rows: Vec<Value>) -> Result<(), LedgerError> {
        self.write(table.insert(self.dialect), rows).await
    }

    async fn update(&mut self, table: &Table, rows: Vec<Value>) -> Result<(), LedgerError> {
        self.write(table.update(self.dialect), rows).await
    }

    /// All rows must be written, or something else has changed the database under our hands.
    async fn write(&mut self, sql: String, rows: Vec<Value>) -> Result<(), LedgerError> {
        for (text, count) in pieces(&rows, self.dialect.most_bytes()) {
            let done = sqlx::query(self.dialect.sql(&sql)).bind(text).execute(&mut *self.conn).await?;
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
            let empty = new.iter().flat_map(|owner| {
                ["customer", "receivable"].map(|kind| {
                    json!({"kind": kind, "credential_id": owner, "currency": CURRENCY.as_str(), "posted": 0, "pending": 0,
                           "version": 0})
                })
            });
            self.insert(&schema::NEW_ACCOUNT, empty.collect()).await?;
            let made = self.dialect.sql("SELECT id, credential_id, kind FROM account WHERE credential_id {in $1}");
            for row in sqlx::query(made).bind(json!(new).to_string()).fetch_all(&mut *self.conn).await? {
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
        let inbox: Vec<Value> = books
            .inbox
            .new_rows()
            .map(|((source, event), ())| {
                json!({"source": source, "event_id": event, "received_at": milliseconds(books.now)})
            })
            .collect();
        self.insert(&schema::INBOX, inbox).await?;
        self.insert(&schema::TOPUP, books.topups.new_rows().map(|(_, row)| topup(row)).collect()).await?;
        self.update(&schema::TOPUP, books.topups.changed_rows().map(|(_, row)| topup(row)).collect()).await?;
        let disputes = books.topups.changed_rows().flat_map(|(id, row)| {
            row.disputes.iter().map(move |dispute| {
                json!({"id": dispute.id, "topup_id": id, "state": dispute.state.as_str(), "amount": dispute.cents,
                       "updated_at": milliseconds(row.topup.updated_at)})
            })
        });
        self.write(schema::DISPUTE.upsert(self.dialect), disputes.collect()).await
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
                entries.push(json!({
                    "journal_id": journal.id, "seq": seq, "account_id": account, "amount": entry.amount,
                    "currency": CURRENCY.as_str(), "balance_after": balance, "account_version": version,
                }));
                lines.push(Line {
                    seq,
                    account,
                    amount: entry.amount,
                    currency: CURRENCY.as_str().into(),
                    balance,
                    version,
                });
            }
            let content = Content {
                id: journal.id.as_str().into(),
                kind: journal.kind.into(),
                credential: journal.credential.as_str().into(),
                purchase: journal.purchase.as_ref().map(|id| id.as_str().into()),
                tab: journal.tab.as_ref().map(|id| id.as_str().into()),
                source: journal.source.as_deref().map(Cow::from),
                description: journal.description.as_str().into(),
                created_at: milliseconds(journal.created_at),
                entries: lines,
            };
            position += 1;
            hash = chain::link(&hash, &content)?;
            journals.push(json!({
                "id": content.id, "kind": content.kind, "credential_id": content.credential,
                "purchase_id": content.purchase, "fee_hold_id": content.tab, "source_ref": content.source,
                "description": content.description, "created_at": content.created_at, "position": position,
                "hash": hex(&hash),
            }));
        }
        self.insert(&schema::ENTRY, entries).await?;
        self.insert(&schema::JOURNAL, journals).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_travel_in_pieces_and_none_is_lost() {
        let rows: Vec<Value> = (0..5).map(|n| json!({ "id": n })).collect();
        assert_eq!(pieces(&[], 10), []);
        assert_eq!(pieces(&rows[..2], usize::MAX), [(r#"[{"id":0},{"id":1}]"#.to_owned(), 2)]);
        for most in 1..60 {
            let all = pieces(&rows, most);
            assert!(all.iter().all(|(text, count)| *count == 1 || text.len() <= most + 1), "{all:?}");
            let read: Vec<Value> =
                all.iter().flat_map(|(text, _)| serde_json::from_str::<Vec<Value>>(text).unwrap()).collect();
            assert_eq!((read, all.iter().map(|(_, count)| count).sum()), (rows.clone(), 5));
        }
    }
}
