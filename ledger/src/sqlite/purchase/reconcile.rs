//! Purchases of unknown outcome: who asks again, and when.
//!
//! Several processes may work on one database. Each takes purchases for a while (a lease); what a dead one has taken comes
//! free when its time is over.

use super::{Store, find};
use crate::sqlite::now;
use crate::{LedgerError, PurchaseId, Unknown, check};
use sqlx::{Row, SqliteConnection};
use std::time::Duration;

impl Store {
    pub(crate) async fn claim_unknown(
        &self,
        owner: &str,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<Unknown>, LedgerError> {
        let owner = owner.to_owned();
        self.write(move |conn| Box::pin(async move { claim(conn, &owner, lease, limit).await })).await
    }

    pub(crate) async fn defer_unknown(
        &self,
        id: &PurchaseId,
        owner: &str,
        pause: Duration,
        reason: &str,
    ) -> Result<(), LedgerError> {
        let (id, owner, reason) = (id.clone(), owner.to_owned(), check::foreign(reason));
        let defer = async move |conn: &mut SqliteConnection| {
            sqlx::query(
                "UPDATE purchase SET next_attempt_at = $3, lease_owner = NULL, lease_until = NULL, reason = $4, updated_at = $5
                 WHERE id = $1 AND lease_owner = $2 AND state = 'unknown'",
            )
            .bind(id.as_str())
            .bind(owner)
            .bind(now().saturating_add(milliseconds(pause)))
            .bind(reason)
            .bind(now())
            .execute(conn)
            .await?;
            Ok(())
        };
        self.write(move |conn| Box::pin(async move { defer(conn).await })).await
    }

    pub(crate) async fn give_to_operator(&self, id: &PurchaseId, reason: &str) -> Result<(), LedgerError> {
        let (id, reason) = (id.clone(), check::foreign(reason));
        let give = async move |conn: &mut SqliteConnection| {
            sqlx::query(
                "UPDATE purchase SET needs_operator_at = $2, lease_owner = NULL, lease_until = NULL, reason = $3, updated_at = $2
                 WHERE id = $1 AND state = 'unknown' AND needs_operator_at IS NULL",
            )
            .bind(id.as_str())
            .bind(now())
            .bind(reason)
            .execute(conn)
            .await?;
            Ok(())
        };
        self.write(move |conn| Box::pin(async move { give(conn).await })).await
    }

    /// All that are open, because what happened since is not in this database.
    pub(crate) async fn give_all_to_operator(&self, reason: &'static str) -> Result<u64, LedgerError> {
        self.write(move |conn| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE purchase SET state = 'unknown', needs_operator_at = $1, reason = $2, updated_at = $1
                     WHERE state IN ('sent', 'unknown')",
                )
                .bind(now())
                .bind(reason)
                .execute(conn)
                .await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// Takes one out of the queue, unless somebody is asking about it just now. Says whether it is out.
    pub(crate) async fn take_for_operator(&self, id: &PurchaseId) -> Result<bool, LedgerError> {
        let id = id.clone();
        self.write(move |conn| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE purchase SET needs_operator_at = coalesce(needs_operator_at, $2)
                     WHERE id = $1 AND state = 'unknown' AND coalesce(lease_until, 0) <= $2",
                )
                .bind(id.as_str())
                .bind(now())
                .execute(conn)
                .await?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Those that were sent so long ago that whoever sent them must be dead.
    pub(crate) async fn mark_lost(&self, older_than: Duration) -> Result<u64, LedgerError> {
        let before = now().saturating_sub(milliseconds(older_than));
        self.write(move |conn| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE purchase SET state = 'unknown', reason = $1, updated_at = $2
                     WHERE state = 'sent' AND updated_at < $3",
                )
                .bind("whoever sent the order has not recorded the provider's answer in time")
                .bind(now())
                .bind(before)
                .execute(conn)
                .await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// Those that nobody can ask about again, because the provider would take it for a second order: it never recognised
    /// one, or the first is so long ago that it may have forgotten it.
    pub(crate) async fn give_up_on_unrepeatable(&self, remembered: Duration) -> Result<u64, LedgerError> {
        let forgotten = now().saturating_sub(milliseconds(remembered));
        self.write(move |conn| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE purchase SET needs_operator_at = $1, updated_at = $1
                     WHERE state = 'unknown' AND needs_operator_at IS NULL
                       AND (request IS NULL OR created_at < $2 AND coalesce(lease_until, 0) <= $1)",
                )
                .bind(now())
                .bind(forgotten)
                .execute(conn)
                .await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }
}

async fn claim(
    conn: &mut SqliteConnection,
    owner: &str,
    lease: Duration,
    limit: u32,
) -> Result<Vec<Unknown>, LedgerError> {
    let now = now();
    let rows = sqlx::query(
        "UPDATE purchase SET lease_owner = $1, lease_until = $2, attempts = attempts + 1
         WHERE id IN (SELECT id FROM purchase
                      WHERE state = 'unknown' AND request IS NOT NULL AND needs_operator_at IS NULL
                        AND coalesce(next_attempt_at, 0) <= $3 AND coalesce(lease_until, 0) <= $3
                      ORDER BY coalesce(next_attempt_at, 0), id LIMIT $4)
         RETURNING id, request, attempts",
    )
    .bind(owner)
    .bind(now.saturating_add(milliseconds(lease)))
    .bind(now)
    .bind(limit)
    .fetch_all(&mut *conn)
    .await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in rows {
        let id: PurchaseId = crate::sqlite::row::parsed(&row, "id")?;
        let Some(purchase) = find::by_id(&mut *conn, &id).await? else { continue };
        let attempts = u32::try_from(row.try_get::<i64, _>("attempts")?).unwrap_or(u32::MAX);
        claimed.push(Unknown { purchase, request: row.try_get("request")?, attempts });
    }
    Ok(claimed)
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
