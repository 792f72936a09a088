//! The invariants, as SQL. Each query returns a line for each violation.

use super::dialect::say;
use super::{Store, chain};
use crate::{AuditCheck, AuditReport, ChainHead, LedgerError};
use sqlx::AnyConnection;

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
        what: "the pending amount of an account is the sum of its open holds, those of the keys below included",
        population: "SELECT count(*) FROM account WHERE pending IS NOT NULL",
        violations: "WITH RECURSIVE line (top, id) AS (
                         SELECT id, id FROM credential WHERE parent_id IS NULL
                         UNION ALL
                         SELECT line.top, credential.id FROM credential JOIN line ON credential.parent_id = line.id
                     ),
                     hold (top, currency, amount) AS (
                         SELECT line.top, currency, held FROM purchase JOIN line ON line.id = purchase.credential_id
                         WHERE state IN ('held', 'sent', 'unknown')
                         UNION ALL
                         SELECT line.top, currency, amount FROM fee_hold JOIN line ON line.id = fee_hold.credential_id
                         WHERE state = 'open'
                     ),
                     due (top, currency, amount) AS (SELECT top, currency, sum(amount) FROM hold GROUP BY top, currency)
                     SELECT 'account ' || account.id || ' has pending ' || pending || ', open holds '
                            || coalesce(due.amount, 0)
                     FROM account
                     LEFT JOIN due ON due.top = account.credential_id AND due.currency = account.currency
                         AND account.kind = 'customer'
                     WHERE pending <> coalesce(due.amount, 0)",
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
            "SELECT 'account ' || account_id || ' breaks at version ' || coalesce(CAST(account_version AS TEXT), 'none') FROM (
                         SELECT entry.account_id, account_version, balance_after, amount,
                                coalesce(lag(account_version) OVER chain, 0) AS previous_version,
                                coalesce(lag(balance_after) OVER chain, 0) AS previous_balance
                         FROM entry JOIN account ON account.id = entry.account_id AND account.version IS NOT NULL
                         WINDOW chain AS (PARTITION BY entry.account_id ORDER BY account_version)
                     ) AS chained WHERE account_version IS DISTINCT FROM previous_version + 1
                          OR balance_after IS DISTINCT FROM previous_balance + amount
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
                     ) AS counted WHERE captures <> CASE state WHEN 'captured' THEN 1 ELSE 0 END",
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
                     ) AS counted WHERE charged <> booked OR receivable <> owed
                          OR receivable > CASE WHEN charged > held THEN charged - held ELSE 0 END",
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
        what: "a settled hold of fees has exactly one journal of what was used of it, every other one none",
        population: "SELECT count(*) FROM fee_hold",
        violations: "SELECT fee_hold.id || ' is ' || state || ' with ' || coalesce(settlements, 0) || ' settlements of '
                            || coalesce(booked, 0) FROM fee_hold
                     LEFT JOIN (
                         SELECT journal.fee_hold_id, count(*) AS settlements, sum(entry.amount) AS booked FROM journal
                         JOIN entry ON entry.journal_id = journal.id
                         JOIN account ON account.id = entry.account_id AND account.kind = 'revenue'
                         WHERE journal.kind = 'usage' GROUP BY journal.fee_hold_id
                     ) AS taken ON taken.fee_hold_id = fee_hold.id
                     WHERE coalesce(settlements, 0) <> CASE state WHEN 'settled' THEN 1 ELSE 0 END
                        OR coalesce(booked, 0) <> used OR used > amount",
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
        violations: "SELECT id || ' charged ' || coalesce(CAST(charged AS TEXT), 'nothing') || ' refunded ' || refunded || ' booked '
                            || coalesce(booked, 0) FROM purchase
                     LEFT JOIN (
                         SELECT journal.purchase_id, -sum(entry.amount) AS booked FROM journal
                         JOIN entry ON entry.journal_id = journal.id
                         JOIN account ON account.id = entry.account_id AND account.kind = 'provider_payable'
                         WHERE journal.kind = 'refund' GROUP BY journal.purchase_id
                     ) AS back ON back.purchase_id = purchase.id
                     WHERE refunded <> coalesce(booked, 0) OR refunded > coalesce(charged, 0)",
    },
    Invariant {
        name: "I13 topups-booked",
        what: "of a top-up is booked what was paid less what went back or is disputed, and the journal has the same in all",
        population: "SELECT count(*) FROM topup",
        violations: "SELECT id || ' is worth ' || worth || ', booked ' || booked FROM (
                         SELECT id, booked,
                                CASE WHEN paid > returned + coalesce(taken, 0) THEN paid - returned - coalesce(taken, 0)
                                     ELSE 0 END AS worth
                         FROM topup LEFT JOIN (
                             SELECT topup_id, sum(amount) AS taken FROM dispute WHERE state <> 'won' GROUP BY topup_id
                         ) AS disputed ON disputed.topup_id = topup.id
                     ) AS weighed WHERE booked <> worth
                     UNION ALL
                     SELECT 'top-ups come to ' || booked || ', in the journal to ' || journaled FROM (
                         SELECT (SELECT coalesce(sum(booked), 0) FROM topup) AS booked,
                                (SELECT coalesce(-sum(entry.amount), 0) FROM entry
                                 JOIN account ON account.id = entry.account_id AND account.kind = 'payment_clearing')
                                AS journaled
                     ) AS sums WHERE booked <> journaled",
    },
    Invariant {
        name: "I15 held-is-asked",
        what: "a held purchase waits for exactly one answer, and no other purchase waits",
        population: "SELECT count(*) FROM approval",
        violations: "SELECT purchase.id || ' is ' || purchase.state || ', its approval '
                            || coalesce(approval.state, 'missing') FROM purchase
                     LEFT JOIN approval ON approval.purchase_id = purchase.id
                     WHERE (purchase.state = 'held') <> (coalesce(approval.state, '') = 'waiting')",
    },
];

impl Store {
    pub(crate) async fn audit(&self) -> Result<AuditReport, LedgerError> {
        if self.readers.options().get_max_connections() < 2 {
            let mut checks = self.invariants().await?;
            let (chain, head) = self.walk().await?;
            checks.push(chain);
            return Ok(AuditReport { checks, chain: head });
        }
        // The chain takes as long as all else together, and each sees one moment: it only ever grows.
        let (checks, chain) = futures::future::join(self.invariants(), self.walk()).await;
        let (mut checks, (chain, head)) = (checks?, chain?);
        checks.push(chain);
        Ok(AuditReport { checks, chain: head })
    }

    /// All checks on one moment of the database, while others write.
    async fn invariants(&self) -> Result<Vec<AuditCheck>, LedgerError> {
        let mut connection = self.readers.acquire().await?;
        say(&mut connection, self.dialect.begin_snapshot()).await?;
        let checks = all(&mut connection).await;
        if let Err(error) = say(&mut connection, "ROLLBACK").await {
            // Nobody should read this moment for ever.
            drop(connection.detach());
            return Err(error.into());
        }
        checks
    }

    async fn walk(&self) -> Result<(AuditCheck, Option<ChainHead>), LedgerError> {
        chain::check(&mut *self.readers.acquire().await?).await
    }
}

async fn all(conn: &mut AnyConnection) -> Result<Vec<AuditCheck>, LedgerError> {
    let mut checks = Vec::with_capacity(INVARIANTS.len() + 1);
    for invariant in INVARIANTS {
        checks.push(check(conn, invariant).await?);
    }
    Ok(checks)
}

async fn check(conn: &mut AnyConnection, invariant: &Invariant) -> Result<AuditCheck, LedgerError> {
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
