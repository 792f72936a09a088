//! The invariants that SQL finds, and the report of all. Each query returns a line for each violation. What belongs to a
//! journal is looked up for each: joined, and without statistics, a database may begin with all entries there are.

mod pieces;
mod totals;
mod walk;

use super::Store;
use super::dialect::{Dialect, say};
use crate::{AuditCheck, AuditReport, ChainHead, LedgerError};
use pieces::Rows;
use sqlx::{AnyConnection, AnyPool};
use totals::Totals;
use walk::Walk;

/// How many violations are named.
const EXAMPLES: usize = 5;

struct Invariant {
    name: &'static str,
    what: &'static str,
    /// How many it is checked on.
    population: fn(&Totals) -> i64,
    /// One text column: who violates it, and how.
    violations: &'static str,
}

const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "I4 pending-is-holds",
        what: "the pending amount of an account is the sum of its open holds, those of the keys below included",
        population: |all| all.accounts,
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
        population: |all| all.accounts,
        violations: "SELECT 'account ' || id || ' has posted ' || posted || ', pending ' || pending FROM account
                     WHERE pending < 0 OR (kind = 'customer' AND posted - pending < 0)
                        OR (kind = 'receivable' AND posted > 0)",
    },
    Invariant {
        name: "I9 one-purchase-a-key",
        what: "a credential has one purchase under each idempotency key",
        population: |all| all.purchases,
        // Nothing but what the index holds.
        violations: "SELECT credential_id || ' has ' || count(*) || ' under `' || idempotency_key || '`' FROM purchase
                     GROUP BY credential_id, idempotency_key HAVING count(*) > 1",
    },
    Invariant {
        name: "I10 fees-settled-once",
        what: "a settled hold of fees has exactly one journal of what was used of it, every other one none",
        population: |all| all.fee_holds,
        violations: "SELECT fee_hold.id || ' is ' || state || ' with ' || coalesce(settlements, 0) || ' settlements of '
                            || coalesce(booked, 0) FROM fee_hold
                     LEFT JOIN (
                         SELECT fee_hold_id, count(*) AS settlements, sum((
                             SELECT sum(amount) FROM entry
                             JOIN account ON account.id = entry.account_id AND account.kind = 'revenue'
                             WHERE entry.journal_id = journal.id
                         )) AS booked FROM journal WHERE kind = 'usage' GROUP BY fee_hold_id
                     ) AS taken ON taken.fee_hold_id = fee_hold.id
                     WHERE coalesce(settlements, 0) <> CASE state WHEN 'settled' THEN 1 ELSE 0 END
                        OR coalesce(booked, 0) <> used OR used > amount",
    },
    Invariant {
        name: "I11 credits-once",
        what: "each source of credit is booked once",
        population: |all| all.credits,
        violations: "SELECT source_ref || ' is booked ' || count(*) || ' times' FROM journal
                     WHERE source_ref IS NOT NULL GROUP BY source_ref HAVING count(*) > 1
                     UNION ALL
                     SELECT id || ' has no source' FROM journal WHERE kind = 'credit' AND source_ref IS NULL",
    },
    Invariant {
        name: "I12 refunds-booked",
        what: "what came back of a purchase is the sum of its refunds, and no more than it was charged",
        population: |all| all.refunded,
        violations: "SELECT id || ' charged ' || coalesce(CAST(charged AS TEXT), 'nothing') || ' refunded ' || refunded || ' booked '
                            || coalesce(booked, 0) FROM purchase
                     LEFT JOIN (
                         SELECT purchase_id, -sum((
                             SELECT sum(amount) FROM entry
                             JOIN account ON account.id = entry.account_id AND account.kind = 'provider_payable'
                             WHERE entry.journal_id = journal.id
                         )) AS booked FROM journal WHERE kind = 'refund' GROUP BY purchase_id
                     ) AS back ON back.purchase_id = purchase.id
                     WHERE refunded <> coalesce(booked, 0) OR refunded > coalesce(charged, 0)",
    },
    Invariant {
        name: "I13 topups-booked",
        what: "of a top-up is booked what was paid less what went back or is disputed, and the journal has the same in all",
        population: |all| all.topups,
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
        what: "a held purchase waits for exactly one answer, no other purchase waits, and a client answers what it may",
        population: |all| all.approvals,
        violations: "SELECT purchase.id || ' is held, its approval ' || coalesce(approval.state, 'missing') FROM purchase
                     LEFT JOIN approval ON approval.purchase_id = purchase.id
                     WHERE purchase.state = 'held' AND coalesce(approval.state, '') <> 'waiting'
                     UNION ALL
                     SELECT coalesce(approval.purchase_id, 'nothing') || ' is ' || coalesce(purchase.state, 'missing')
                            || ', its approval waiting'
                     FROM approval LEFT JOIN purchase ON purchase.id = approval.purchase_id
                     WHERE approval.state = 'waiting' AND coalesce(purchase.state, '') <> 'held'
                     UNION ALL
                     SELECT approval.id || ' was answered by ' || decided_by || ', which may not' FROM approval
                     JOIN purchase ON purchase.id = approval.purchase_id
                     WHERE decided_by LIKE 'client:%'
                       AND (confirmable = 0 OR decided_by <> 'client:' || purchase.credential_id)",
    },
];

/// What was looked at, and the end of the chain.
type Found = (Vec<AuditCheck>, Option<ChainHead>);

impl Store {
    pub(crate) async fn audit(&self) -> Result<AuditReport, LedgerError> {
        // The walk takes as long as all else together.
        let (mut checks, chain) = match (self.dialect, self.readers.options().get_max_connections()) {
            (Dialect::Postgres, _) => self.at_one_moment(Part::Both).await?,
            (Dialect::Sqlite, 0 | 1) => {
                both(self.at_one_moment(Part::Asked).await?, self.at_one_moment(Part::Walked).await?)
            }
            (Dialect::Sqlite, _) => {
                let (asked, walked) = (self.at_one_moment(Part::Asked), self.at_one_moment(Part::Walked));
                let (asked, walked) = futures::future::try_join(asked, walked).await?;
                both(asked, walked)
            }
        };
        checks.sort_by_key(|check| number(check.name));
        Ok(AuditReport { checks, chain })
    }

    async fn at_one_moment(&self, part: Part) -> Result<Found, LedgerError> {
        let mut connection = self.readers.acquire().await?;
        if self.readers.options().get_max_connections() > 1 {
            // Whoever stops waiting leaves it in the transaction, and nobody else should read this moment.
            connection.close_on_drop();
        }
        say(&mut connection, self.dialect.begin_snapshot()).await?;
        let found = match part {
            Part::Asked => asked(&mut connection).await,
            Part::Walked => walked(&mut connection).await,
            Part::Both => asked_and_walked(&mut connection, &self.readers).await,
        };
        if let Err(error) = say(&mut connection, "ROLLBACK").await {
            tracing::debug!(%error, "the audit's transaction ended before the audit did");
        }
        found
    }
}

/// What an audit looks at in one moment of the database. Two connections of SQLite see two moments, each of them whole; those
/// of PostgreSQL can see the same.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// What SQL finds.
    Asked,
    /// What a pass over the journal finds.
    Walked,
    Both,
}

async fn asked(conn: &mut AnyConnection) -> Result<Found, LedgerError> {
    let totals = Totals::ask(conn).await?;
    Ok((all(conn, &totals).await?, None))
}

async fn walked(conn: &mut AnyConnection) -> Result<Found, LedgerError> {
    let mut walk = Walk::begin(conn).await?;
    walk.over_sqlite(conn).await?;
    let totals = Totals::ask(conn).await?;
    let again = walk::captured_again(conn).await?;
    walk.end(conn, &totals, again).await
}

async fn asked_and_walked(conn: &mut AnyConnection, server: &AnyPool) -> Result<Found, LedgerError> {
    let rows = Rows::of(conn, server).await?;
    let mut walk = Walk::begin(conn).await?;
    let asked = async {
        let totals = Totals::ask(conn).await?;
        let checks = all(conn, &totals).await?;
        Ok::<_, LedgerError>((checks, totals, walk::captured_again(conn).await?))
    };
    let ((checks, totals, again), ()) = futures::future::try_join(asked, walk.over(rows)).await?;
    Ok(both((checks, None), walk.end(conn, &totals, again).await?))
}

fn both((mut checks, _): Found, (walked, chain): Found) -> Found {
    checks.extend(walked);
    (checks, chain)
}

/// The number in a name such as `I12 refunds-booked`.
fn number(name: &str) -> u32 {
    name.split(' ').next().and_then(|first| first.strip_prefix('I')?.parse().ok()).unwrap_or(u32::MAX)
}

async fn all(conn: &mut AnyConnection, totals: &Totals) -> Result<Vec<AuditCheck>, LedgerError> {
    let mut checks = Vec::with_capacity(INVARIANTS.len());
    for Invariant { name, what, population, violations } in INVARIANTS {
        let mut examples: Vec<String> = sqlx::query_scalar(*violations).fetch_all(&mut *conn).await?;
        let (checked, violations) = (u64::try_from(population(totals)), u64::try_from(examples.len()));
        examples.truncate(EXAMPLES);
        checks.push(AuditCheck {
            name,
            what,
            checked: checked.unwrap_or_default(),
            violations: violations.unwrap_or(u64::MAX),
            examples,
        });
    }
    Ok(checks)
}
