//! Purchases of unknown outcome: who asks about them again, and when. Nothing here moves money.
//!
//! Several processes may work on one database. Each takes purchases for a while (a lease); what a dead one has taken comes
//! free when its time is over.

use super::{Store, purchases};
use crate::{LedgerError, PurchaseId, Unknown, check};
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{Any, Row};
use std::time::Duration;

/// Those that wait to be asked about; `$3` is now.
const CLAIM: &str = "
    UPDATE purchase SET lease_owner = $1, lease_until = $2, attempts = attempts + 1
    WHERE id IN (SELECT id FROM purchase
                 WHERE state = 'unknown' AND request IS NOT NULL AND needs_operator_at IS NULL
                   AND coalesce(next_attempt_at, 0) <= $3 AND coalesce(lease_until, 0) <= $3
                 ORDER BY coalesce(next_attempt_at, 0), id LIMIT $4 {lock free})
    RETURNING *";

const DEFER: &str = "
    UPDATE purchase SET next_attempt_at = $3, lease_owner = NULL, lease_until = NULL, reason = $4, updated_at = $5
    WHERE id = $1 AND lease_owner = $2 AND state = 'unknown'";

const GIVE: &str = "
    UPDATE purchase SET needs_operator_at = $2, lease_owner = NULL, lease_until = NULL, reason = $3, updated_at = $2
    WHERE id = $1 AND state = 'unknown' AND needs_operator_at IS NULL";

/// All that were sent or might have been, because what happened since is not in this database: also those that waited for an
/// approval, which may have been given.
const GIVE_ALL: &str = "
    UPDATE purchase SET state = 'unknown', needs_operator_at = $1, reason = $2, updated_at = $1
    WHERE state IN ('held', 'sent', 'unknown')";

const END_QUESTIONS: &str = "UPDATE approval SET state = 'expired', decided_at = $1 WHERE state = 'waiting'";

const TAKE: &str = "
    UPDATE purchase SET needs_operator_at = coalesce(needs_operator_at, $2)
    WHERE id = $1 AND state = 'unknown' AND coalesce(lease_until, 0) <= $2";

/// Those that were sent so long ago that whoever sent them must be dead.
const LOST: &str = "
    UPDATE purchase SET state = 'unknown', reason = $1, updated_at = $2
    WHERE id IN (SELECT id FROM purchase WHERE state = 'sent' AND updated_at < $3 {lock free})";

/// Those that nobody can ask about again, because the provider would take it for a second order: it never recognised one, or
/// the first is so long ago that it may have forgotten it.
const UNREPEATABLE: &str = "
    UPDATE purchase SET needs_operator_at = $1, updated_at = $1
    WHERE id IN (SELECT id FROM purchase
                 WHERE state = 'unknown' AND needs_operator_at IS NULL
                   AND (request IS NULL OR created_at < $2 AND coalesce(lease_until, 0) <= $1) {lock free})";

type Query = sqlx::query::Query<'static, Any, AnyArguments>;

impl Store {
    /// How many rows a statement changed.
    async fn change(&self, sql: &str, bind: impl FnOnce(Query) -> Query) -> Result<u64, LedgerError> {
        let query = bind(sqlx::query(self.dialect.sql(sql)));
        self.writer
            .statements(move |conn| Box::pin(async move { Ok(query.execute(conn).await?.rows_affected()) }))
            .await
    }

    pub(crate) async fn claim_unknown(
        &self,
        owner: &str,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<Unknown>, LedgerError> {
        let now = self.now();
        let query = sqlx::query(self.dialect.sql(CLAIM))
            .bind(owner.to_owned())
            .bind(now.saturating_add(milliseconds(lease)))
            .bind(now)
            .bind(i64::from(limit));
        let claimed =
            self.writer.statements(move |conn| Box::pin(async move { Ok(query.fetch_all(conn).await?) })).await?;
        claimed.iter().map(unknown).collect()
    }

    pub(crate) async fn defer_unknown(
        &self,
        id: &PurchaseId,
        owner: &str,
        pause: Duration,
        reason: &str,
    ) -> Result<(), LedgerError> {
        let (id, owner, reason) = (id.to_string(), owner.to_owned(), check::foreign(reason));
        let now = self.now();
        let next = now.saturating_add(milliseconds(pause));
        self.change(DEFER, |query| query.bind(id).bind(owner).bind(next).bind(reason).bind(now)).await.map(drop)
    }

    pub(crate) async fn give_to_operator(&self, id: &PurchaseId, reason: &str) -> Result<(), LedgerError> {
        let (id, reason, now) = (id.to_string(), check::foreign(reason), self.now());
        self.change(GIVE, |query| query.bind(id).bind(now).bind(reason)).await.map(drop)
    }

    pub(crate) async fn give_all_to_operator(&self, reason: &'static str) -> Result<u64, LedgerError> {
        let now = self.now();
        self.change(END_QUESTIONS, |query| query.bind(now)).await?;
        self.change(GIVE_ALL, |query| query.bind(now).bind(reason)).await
    }

    /// Takes one out of the queue, unless somebody is asking about it just now. Says whether it is out.
    pub(crate) async fn take_for_operator(&self, id: &PurchaseId) -> Result<bool, LedgerError> {
        let (id, now) = (id.to_string(), self.now());
        Ok(self.change(TAKE, |query| query.bind(id).bind(now)).await? == 1)
    }

    pub(crate) async fn mark_lost(&self, older_than: Duration) -> Result<u64, LedgerError> {
        let now = self.now();
        let before = now.saturating_sub(milliseconds(older_than));
        let reason = "whoever sent the order has not recorded the provider's answer in time";
        self.change(LOST, |query| query.bind(reason).bind(now).bind(before)).await
    }

    pub(crate) async fn give_up_on_unrepeatable(&self, remembered: Duration) -> Result<u64, LedgerError> {
        let now = self.now();
        let forgotten = now.saturating_sub(milliseconds(remembered));
        self.change(UNREPEATABLE, |query| query.bind(now).bind(forgotten)).await
    }
}

fn unknown(row: &AnyRow) -> Result<Unknown, LedgerError> {
    let attempts = u32::try_from(row.try_get::<i64, _>("attempts")?).unwrap_or(u32::MAX);
    let request = row.try_get::<Option<String>, _>("request")?.unwrap_or_default();
    Ok(Unknown { purchase: purchases::read(row)?, request, attempts })
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
