//! Loading what a batch needs, and locking it where the database has more than one writer.
//!
//! Everything about money belongs to a key, and every key to the accounts of the uppermost key above it. So the accounts are
//! locked first, in the order of their rows, and all that decides is read after that: what this batch sees, nobody else changes.

use super::dialect::Dialect;
use super::{keys, purchases, row, topups};
use crate::books::{Account, Accounts, Booked, Books, Key, Needs, Tab, Window};
use crate::{CURRENCY, CredentialId, LedgerError};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::collections::{BTreeMap, BTreeSet};

/// Fills `books` with what is needed.
pub(super) async fn load(
    conn: &mut AnyConnection,
    dialect: Dialect,
    mut needs: Needs,
    books: &mut Books,
) -> Result<(), LedgerError> {
    let mut loader = Loader { conn, dialect };
    loader.owners(&mut needs).await?;
    loader.keys(&needs.keys, books).await?;
    loader.accounts(books).await?;
    if dialect == Dialect::Postgres {
        // Whom the accounts belong to never changes, but a key may have been revoked or limited while they were waited for.
        loader.keys(&needs.keys, books).await?;
    }
    loader.purchases(&needs, books).await?;
    loader.approvals(&needs, books).await?;
    loader.quotes(&needs, books).await?;
    loader.tabs(&needs, books).await?;
    loader.topups(&needs, books).await?;
    loader.sources(&needs, books).await?;
    loader.inbox(&needs, books).await?;
    loader.windows(&needs, books).await
}

/// Whose a purchase, a hold or a top-up is, which never changes.
const OWNERS: [(&str, &str); 3] = [
    ("purchase", "SELECT credential_id FROM purchase WHERE id {in $1}"),
    ("fee_hold", "SELECT credential_id FROM fee_hold WHERE id {in $1}"),
    ("topup", "SELECT credential_id FROM topup WHERE id {in $1}"),
];

/// Keys and all those above them.
const KEYS: &str = "
    WITH RECURSIVE line (id) AS (
        SELECT id FROM credential WHERE id {in $1}
        UNION
        SELECT credential.parent_id FROM credential JOIN line ON credential.id = line.id
        WHERE credential.parent_id IS NOT NULL
    )
    SELECT credential.* FROM line JOIN credential ON credential.id = line.id";

const ACCOUNTS: &str = "
    SELECT account.* FROM account WHERE credential_id {in $1} AND currency = $2 ORDER BY id {lock one}";

const BY_NAME: &str = "
    SELECT purchase.* FROM {pairs $1} AS named
    JOIN purchase ON purchase.credential_id = named.a AND purchase.idempotency_key = named.b";

/// What windows have used, their keys below included.
const WINDOWS: &str = "
    WITH RECURSIVE asked (key, since) AS (SELECT a, CAST(b AS BIGINT) FROM {pairs $1} AS given),
    line (top, id) AS (
        SELECT key, key FROM asked
        UNION
        SELECT line.top, credential.id FROM credential JOIN line ON credential.parent_id = line.id
    )
    SELECT asked.key, asked.since, count(*) AS purchases, min(purchase.created_at) AS oldest,
           CAST(sum(CASE state WHEN 'captured' THEN charged - refunded ELSE held END) AS BIGINT) AS spent
    FROM asked JOIN line ON line.top = asked.key
    JOIN purchase ON purchase.credential_id = line.id AND purchase.created_at > asked.since AND state <> 'released'
    GROUP BY asked.key, asked.since";

const SOURCES: &str = "
    SELECT journal.source_ref, journal.kind, journal.credential_id, journal.purchase_id, entry.amount FROM journal
    JOIN entry ON entry.journal_id = journal.id
    JOIN account ON account.id = entry.account_id AND account.kind IN ('credit_source', 'provider_payable')
    WHERE journal.source_ref {in $1}";

struct Loader<'c> {
    conn: &'c mut AnyConnection,
    dialect: Dialect,
}

/// A list as a statement takes it.
fn json(list: &impl Serialize) -> Result<String, LedgerError> {
    serde_json::to_string(list).map_err(|error| LedgerError::Corrupt(error.to_string()))
}

impl Loader<'_> {
    async fn rows(&mut self, sql: &str, list: &impl Serialize) -> Result<Vec<AnyRow>, LedgerError> {
        let sql = self.dialect.sql(sql);
        Ok(sqlx::query(sql).bind(json(list)?).fetch_all(&mut *self.conn).await?)
    }

    /// The keys that the named things belong to.
    async fn owners(&mut self, needs: &mut Needs) -> Result<(), LedgerError> {
        for (what, sql) in OWNERS {
            let ids: Vec<&str> = match what {
                "purchase" => needs.purchases.iter().map(|id| id.as_str()).collect(),
                "fee_hold" => needs.tabs.iter().map(|id| id.as_str()).collect(),
                _ => needs.topups.iter().map(|id| id.as_str()).collect(),
            };
            if !ids.is_empty() {
                for row in self.rows(sql, &ids).await? {
                    needs.keys.insert(row::credential(&row)?);
                }
            }
        }
        Ok(())
    }

    async fn keys(&mut self, wanted: &BTreeSet<CredentialId>, books: &mut Books) -> Result<(), LedgerError> {
        if wanted.is_empty() {
            return Ok(());
        }
        for row in self.rows(KEYS, wanted).await? {
            let credential = keys::read(&row)?;
            books.keys.load(credential.id.clone(), Key { credential, hash: None });
        }
        Ok(())
    }

    async fn accounts(&mut self, books: &mut Books) -> Result<(), LedgerError> {
        let owners: BTreeSet<CredentialId> = books
            .keys
            .values()
            .filter(|key| key.credential.parent.is_none())
            .map(|key| key.credential.id.clone())
            .collect();
        if owners.is_empty() {
            return Ok(());
        }
        let sql = self.dialect.sql(ACCOUNTS);
        let rows = sqlx::query(sql).bind(json(&owners)?).bind(CURRENCY.as_str()).fetch_all(&mut *self.conn).await?;
        let mut found: BTreeMap<CredentialId, (Option<Account>, Option<Account>)> = BTreeMap::new();
        for row in rows {
            let account = Account {
                id: Some(row.try_get("id")?),
                posted: row.try_get("posted")?,
                pending: row.try_get("pending")?,
                version: row.try_get("version")?,
            };
            let pair = found.entry(row::credential(&row)?).or_default();
            match row.try_get("kind")? {
                "customer" => pair.0 = Some(account),
                _ => pair.1 = Some(account),
            }
        }
        for owner in owners {
            let Some((Some(customer), Some(receivable))) = found.get(&owner).copied() else {
                return Err(LedgerError::Corrupt(format!("{owner} lacks an account")));
            };
            books.accounts.load(owner, Accounts { customer, receivable });
        }
        Ok(())
    }

    async fn purchases(&mut self, needs: &Needs, books: &mut Books) -> Result<(), LedgerError> {
        let mut rows = Vec::new();
        if !needs.purchases.is_empty() {
            let sql = "SELECT * FROM purchase WHERE id {in $1} ORDER BY id {lock}";
            rows = self.rows(sql, &needs.purchases).await?;
        }
        if !needs.orders.is_empty() {
            rows.extend(self.rows(BY_NAME, &needs.orders).await?);
        }
        for row in rows {
            let found = purchases::read_whole(&row)?;
            books.purchases.load(found.purchase.id.clone(), found);
        }
        Ok(())
    }

    async fn approvals(&mut self, needs: &Needs, books: &mut Books) -> Result<(), LedgerError> {
        if !needs.approvals.is_empty() {
            for row in self.rows("SELECT * FROM approval WHERE purchase_id {in $1}", &needs.approvals).await? {
                let approval = purchases::read_approval(&row)?;
                books.approvals.load(approval.purchase.clone(), approval);
            }
        }
        Ok(())
    }

    async fn quotes(&mut self, needs: &Needs, books: &mut Books) -> Result<(), LedgerError> {
        if !needs.quotes.is_empty() {
            for row in self.rows("SELECT * FROM quote WHERE id {in $1}", &needs.quotes).await? {
                let quote = purchases::read_quote(&row)?;
                books.quotes.load(quote.id.clone(), quote);
            }
        }
        Ok(())
    }

    async fn tabs(&mut self, needs: &Needs, books: &mut Books) -> Result<(), LedgerError> {
        if needs.tabs.is_empty() {
            return Ok(());
        }
        for row in self.rows("SELECT * FROM fee_hold WHERE id {in $1}", &needs.tabs).await? {
            let tab = Tab {
                id: row::parsed(&row, "id")?,
                credential: row::credential(&row)?,
                service: row.try_get("service")?,
                open: row.try_get::<&str, _>("state")? == "open",
                amount: row.try_get("amount")?,
                used: row.try_get("used")?,
                calls: row.try_get("calls")?,
                created_at: row::time(&row, "created_at")?,
                resolved_at: row::time_opt(&row, "resolved_at")?,
            };
            books.tabs.load(tab.id.clone(), tab);
        }
        Ok(())
    }

    async fn topups(&mut self, needs: &Needs, books: &mut Books) -> Result<(), LedgerError> {
        let mut found = BTreeMap::new();
        if !needs.topups.is_empty() {
            for row in self.rows("SELECT * FROM topup WHERE id {in $1}", &needs.topups).await? {
                let topup = topups::read(&row)?;
                found.insert(topup.topup.id.clone(), topup);
            }
        }
        if !needs.payments.is_empty() {
            let sql = "SELECT topup.* FROM {pairs $1} AS named
                       JOIN topup ON topup.credential_id = named.a AND topup.idempotency_key = named.b";
            for row in self.rows(sql, &needs.payments).await? {
                let topup = topups::read(&row)?;
                found.insert(topup.topup.id.clone(), topup);
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = found.keys().cloned().collect();
        for row in self.rows("SELECT * FROM dispute WHERE topup_id {in $1} ORDER BY id", &ids).await? {
            let (of, dispute) = topups::read_dispute(&row)?;
            found.entry(of).and_modify(|topup| topup.disputes.push(dispute));
        }
        for (id, topup) in found {
            books.topups.load(id, topup.derive());
        }
        Ok(())
    }

    async fn sources(&mut self, needs: &Needs, books: &mut Books) -> Result<(), LedgerError> {
        if needs.sources.is_empty() {
            return Ok(());
        }
        for row in self.rows(SOURCES, &needs.sources).await? {
            let kind = match row.try_get("kind")? {
                "refund" => "refund",
                _ => "credit",
            };
            let booked = Booked {
                kind,
                credential: row::credential(&row)?,
                purchase: row::parsed_opt(&row, "purchase_id")?,
                // As seen from the system's account.
                cents: -row.try_get::<i64, _>("amount")?,
            };
            books.sources.load(row.try_get("source_ref")?, booked);
        }
        Ok(())
    }

    async fn inbox(&mut self, needs: &Needs, books: &mut Books) -> Result<(), LedgerError> {
        if needs.inbox.is_empty() {
            return Ok(());
        }
        let sql = "SELECT inbox.source, inbox.event_id FROM {pairs $1} AS named
                   JOIN inbox ON inbox.source = named.a AND inbox.event_id = named.b";
        for row in self.rows(sql, &needs.inbox).await? {
            books.inbox.load((row.try_get("source")?, row.try_get("event_id")?), ());
        }
        Ok(())
    }

    /// Of the asked keys and all above them, as far as their limits look at one.
    async fn windows(&mut self, needs: &Needs, books: &mut Books) -> Result<(), LedgerError> {
        let mut asked: BTreeMap<CredentialId, Timestamp> = BTreeMap::new();
        for key in &needs.windows {
            let mut next = books.keys.get(key);
            while let Some(Key { credential, .. }) = next {
                let limits = &credential.limits;
                if limits.budget_cents.is_some() || limits.purchases.is_some() {
                    let length = SignedDuration::from_millis(limits.window());
                    let since = books.now.checked_sub(length).unwrap_or(Timestamp::MIN);
                    asked.insert(credential.id.clone(), since);
                }
                next = credential.parent.as_ref().and_then(|parent| books.keys.get(parent));
            }
        }
        if asked.is_empty() {
            return Ok(());
        }
        let pairs: Vec<_> = asked.iter().map(|(key, since)| (key, since.as_millisecond().to_string())).collect();
        for row in self.rows(WINDOWS, &pairs).await? {
            let key: CredentialId = row::parsed(&row, "key")?;
            if let Some(since) = asked.remove(&key) {
                let (spent, purchases) = (row.try_get("spent")?, row.try_get("purchases")?);
                let oldest = row::time_opt(&row, "oldest")?;
                books.windows.load(key, Window { since, spent, purchases, oldest });
            }
        }
        for (key, since) in asked {
            books.windows.load(key, Window { since, spent: 0, purchases: 0, oldest: None });
        }
        Ok(())
    }
}
