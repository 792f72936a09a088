//! The invariants, as SQL. Each query returns a line for each violation.

use super::{Store, chain};
use crate::{AuditCheck, AuditReport, LedgerError};
use sqlx::SqliteConnection;

/// How many violations are named; the others are only counted.
const EXAMPLES: usize = 5;

struct Invariant {
    name: &'static str,
    what: &'static str,
    /// Counts what is checked.
    population: &'static str,
    /// One text column: who violates it, and how.
    violations: &'static str,
}

const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "I1 journals-balance",
        what: "the entries of each journal sum to zero in each currency",
        population: "SELECT count(*) FROM journal",
        violations: "SELECT journal_id || ' ' || currency || ' sums to ' || sum(amount) FROM entry
                     GROUP BY journal_id, currency HAVING sum(amount) <> 0",
    },
    Invariant {
        name: "I2 books-balance",
        what: "all entries of a currency sum to zero, and each belongs to a journal",
        population: "SELECT count(*) FROM entry",
        violations: "SELECT currency || ' sums to ' || sum(amount) FROM entry GROUP BY currency HAVING sum(amount) <> 0
                     UNION ALL
                     SELECT journal_id || ' has entries and no journal' FROM entry
                     WHERE journal_id NOT IN (SELECT id FROM journal)",
    },
    Invariant {
        name: "I3 posted-is-entries",
        what: "the posted balance of an account is the sum of its entries",
        population: "SELECT count(*) FROM account WHERE posted IS NOT NULL",
        violations: "SELECT 'account ' || account.id || ' has posted ' || posted || ', entries '
                            || coalesce(sum(entry.amount), 0)
                     FROM account LEFT JOIN entry ON entry.account_id = account.id
                     WHERE posted IS NOT NULL
                     GROUP BY account.id HAVING posted <> coalesce(sum(entry.amount), 0)",
    },
    Invariant {
        name: "I4 pending-is-holds",
        what: "the pending amount of an account is the sum of its open holds",
        population: "SELECT count(*) FROM account WHERE pending IS NOT NULL",
        violations: "SELECT 'account ' || id || ' has pending ' || pending || ', open holds ' || holds FROM (
                         SELECT id, pending, CASE kind WHEN 'customer' THEN
                             (SELECT coalesce(sum(held), 0) FROM purchase
                              WHERE purchase.credential_id = account.credential_id
                                AND purchase.currency = account.currency AND state IN ('sent', 'unknown'))
                             + (SELECT coalesce(sum(amount), 0) FROM fee_hold
                                WHERE fee_hold.credential_id = account.credential_id
                                  AND fee_hold.currency = account.currency AND state = 'open')
                             ELSE 0 END AS holds
                         FROM account WHERE pending IS NOT NULL
                     ) WHERE pending <> holds",
    },
    Invariant {
        name: "I5 nothing-below-zero",
        what: "no credential has less than zero available, and no debt is below zero",
        population: "SELECT count(*) FROM account WHERE posted IS NOT NULL",
        violations: "SELECT 'account ' || id || ' has posted ' || posted || ', pending ' || pending FROM account
                     WHERE pending < 0 OR (kind = 'customer' AND posted - pending < 0)
                        OR (kind = 'receivable' AND posted > 0)",
    },
    Invariant {
        name: "I6 versions-chain",
        what: "an account's versions run from 1 without a gap, and each balance follows from the one before",
        population: "SELECT count(*) FROM entry WHERE account_version IS NOT NULL",
        violations:
            "SELECT 'account ' || account_id || ' breaks at version ' || coalesce(account_version, 'none') FROM (
                         SELECT entry.account_id, account_version, balance_after, amount,
                                lag(account_version, 1, 0) OVER chain AS previous_version,
                                lag(balance_after, 1, 0) OVER chain AS previous_balance
                         FROM entry JOIN account ON account.id = entry.account_id AND account.version IS NOT NULL
                         WINDOW chain AS (PARTITION BY entry.account_id ORDER BY account_version)
                     ) WHERE account_version IS NOT previous_version + 1
                          OR balance_after IS NOT previous_balance + amount
                     UNION ALL
                     SELECT 'account ' || id || ' is at version ' || version || ' with '
                            || (SELECT count(*) FROM entry WHERE account_id = account.id) || ' entries'
                     FROM account
                     WHERE version <> (SELECT count(*) FROM entry WHERE account_id = account.id)",
    },
    Invariant {
        name: "I7 captured-once",
        what: "a captured purchase has exactly one capture in the journal, every other purchase none",
        population: "SELECT count(*) FROM purchase",
        violations: "SELECT id || ' is ' || state || ' with ' || captures || ' captures' FROM (
                         SELECT id, state, (SELECT count(*) FROM journal
                             WHERE purchase_id = purchase.id AND kind = 'purchase') AS captures
                         FROM purchase
                     ) WHERE captures <> (state = 'captured')",
    },
    Invariant {
        name: "I8 captured-amount",
        what: "a capture moves what was charged; what is owed of it is no more than the excess over the hold",
        population: "SELECT count(*) FROM purchase WHERE state = 'captured'",
        violations: "SELECT id || ' charged ' || charged || ' booked ' || booked || ', owes ' || receivable
                            || ' booked ' || owed FROM (
                         SELECT id, held, charged, receivable,
                             (SELECT coalesce(sum(entry.amount), 0) FROM journal
                              JOIN entry ON entry.journal_id = journal.id
                              JOIN account ON account.id = entry.account_id AND account.kind = 'provider_payable'
                              WHERE journal.purchase_id = purchase.id AND journal.kind = 'purchase') AS booked,
                             (SELECT coalesce(-sum(entry.amount), 0) FROM journal
                              JOIN entry ON entry.journal_id = journal.id
                              JOIN account ON account.id = entry.account_id AND account.kind = 'receivable'
                              WHERE journal.purchase_id = purchase.id AND journal.kind = 'purchase') AS owed
                         FROM purchase WHERE state = 'captured'
                     ) WHERE charged <> booked OR receivable <> owed OR receivable > max(charged - held, 0)",
    },
    Invariant {
        name: "I9 one-purchase-a-key",
        what: "a credential has one purchase under each idempotency key",
        population: "SELECT count(*) FROM purchase",
        violations: "SELECT credential_id || ' has ' || count(*) || ' under one key, such as ' || min(id) FROM purchase
                     GROUP BY credential_id, idempotency_key HAVING count(*) > 1",
    },
    Invariant {
        name: "I10 fees-settled-once",
        what: "a settled fee has exactly one journal of its amount, every other fee none",
        population: "SELECT count(*) FROM fee_hold",
        violations: "SELECT id || ' is ' || state || ' with ' || settlements || ' settlements of ' || booked FROM (
                         SELECT id, state, amount,
                             (SELECT count(*) FROM journal
                              WHERE fee_hold_id = fee_hold.id AND kind = 'usage') AS settlements,
                             (SELECT coalesce(sum(entry.amount), 0) FROM journal
                              JOIN entry ON entry.journal_id = journal.id
                              JOIN account ON account.id = entry.account_id AND account.kind = 'revenue'
                              WHERE journal.fee_hold_id = fee_hold.id AND journal.kind = 'usage') AS booked
                         FROM fee_hold
                     ) WHERE settlements <> (state = 'settled')
                          OR booked <> CASE state WHEN 'settled' THEN amount ELSE 0 END",
    },
    Invariant {
        name: "I11 credits-once",
        what: "each source of credit is booked once",
        population: "SELECT count(*) FROM journal WHERE kind = 'credit'",
        violations: "SELECT source_ref || ' is booked ' || count(*) || ' times' FROM journal
                     WHERE source_ref IS NOT NULL GROUP BY source_ref HAVING count(*) > 1
                     UNION ALL
                     SELECT id || ' has no source' FROM journal WHERE kind = 'credit' AND source_ref IS NULL",
    },
    Invariant {
        name: "I12 refunds-booked",
        what: "what came back of a purchase is the sum of its refunds, and no more than it was charged",
        population: "SELECT count(*) FROM purchase WHERE refunded > 0",
        violations: "SELECT id || ' charged ' || coalesce(charged, 'nothing') || ' refunded ' || refunded || ' booked '
                            || coalesce(booked, 0) FROM purchase
                     LEFT JOIN (
                         SELECT journal.purchase_id, -sum(entry.amount) AS booked FROM journal
                         JOIN entry ON entry.journal_id = journal.id
                         JOIN account ON account.id = entry.account_id AND account.kind = 'provider_payable'
                         WHERE journal.kind = 'refund' GROUP BY journal.purchase_id
                     ) AS back ON back.purchase_id = purchase.id
                     WHERE refunded <> coalesce(booked, 0) OR refunded > coalesce(charged, 0)",
    },
];

impl Store {
    pub(crate) async fn audit(&self) -> Result<AuditReport, LedgerError> {
        // One read transaction, so that all checks see the same moment while others write.
        let mut tx = self.readers.begin().await?;
        let mut checks = Vec::with_capacity(INVARIANTS.len());
        for invariant in INVARIANTS {
            checks.push(check(&mut tx, invariant).await?);
        }
        let (chain, head) = chain::check(&mut tx).await?;
        checks.push(chain);
        Ok(AuditReport { checks, chain: head })
    }
}

async fn check(conn: &mut SqliteConnection, invariant: &Invariant) -> Result<AuditCheck, LedgerError> {
    let checked: i64 = sqlx::query_scalar(invariant.population).fetch_one(&mut *conn).await?;
    let mut examples: Vec<String> = sqlx::query_scalar(invariant.violations).fetch_all(conn).await?;
    let violations = examples.len();
    examples.truncate(EXAMPLES);
    Ok(AuditCheck {
        name: invariant.name,
        what: invariant.what,
        checked: u64::try_from(checked).unwrap_or_default(),
        violations: u64::try_from(violations).unwrap_or(u64::MAX),
        examples,
    })
}
