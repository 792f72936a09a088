//! Top-ups: facts in, differences booked.

use super::account::Accounts;
use super::journal::{self, Event, Leg};
use super::{Store, now, row};
use crate::{BegunTopup, DisputeState, LedgerError, NewTopup, Payment, Topup, TopupId, TopupState};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqliteExecutor};

const SELECT: &str = "SELECT * FROM (SELECT topup.*, withheld, CASE
        WHEN paid > 0 AND returned + coalesce(lost, 0) >= paid THEN 'returned'
        WHEN paid > 0 THEN 'paid' WHEN expired_at IS NOT NULL THEN 'expired' ELSE 'open' END AS state
    FROM topup LEFT JOIN (SELECT topup_id, sum(cents) FILTER (WHERE state <> 'won') AS withheld,
        sum(cents) FILTER (WHERE state = 'lost') AS lost FROM dispute GROUP BY topup_id) ON topup_id = topup.id)";

fn read(row: &SqliteRow) -> Result<Topup, LedgerError> {
    let state: String = row.try_get("state")?;
    Ok(Topup {
        id: row::parsed(row, "id")?,
        credential: row::credential(row)?,
        idempotency_key: row.try_get("idempotency_key")?,
        state: state.parse().map_err(LedgerError::Corrupt)?,
        cents: row.try_get("cents")?,
        paid_cents: row.try_get("paid")?,
        returned_cents: row.try_get("returned")?,
        disputed_cents: row.try_get::<Option<i64>, _>("withheld")?.unwrap_or_default(),
        session: row.try_get("session")?,
        url: row.try_get("url")?,
        payment: row.try_get("payment")?,
        created_at: row::time(row, "created_at")?,
        updated_at: row::time(row, "updated_at")?,
    })
}

fn refused(what: &'static str, reason: String) -> LedgerError {
    LedgerError::Invalid { what, reason }
}

async fn by_id(db: impl SqliteExecutor<'_>, id: &TopupId) -> Result<Option<Topup>, LedgerError> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} WHERE id = $1"));
    let row = sqlx::query(sql).bind(id.as_str()).fetch_optional(db).await?;
    row.as_ref().map(read).transpose()
}

async fn known(conn: &mut SqliteConnection, id: &TopupId) -> Result<Topup, LedgerError> {
    by_id(conn, id).await?.ok_or_else(|| refused("the top-up", format!("`{id}` is unknown")))
}

impl Store {
    pub(crate) async fn begin_topup(&self, new: NewTopup) -> Result<BegunTopup, LedgerError> {
        self.write(move |conn| Box::pin(async move { begin(conn, &new).await })).await
    }

    pub(crate) async fn topup_session(&self, id: &TopupId, session: &str, url: &str) -> Result<Topup, LedgerError> {
        let (id, session, url) = (id.clone(), session.to_owned(), url.to_owned());
        self.write(move |conn| {
            Box::pin(async move {
                match known(conn, &id).await?.session {
                    Some(kept) if kept == session => return known(conn, &id).await,
                    Some(kept) => {
                        return Err(refused("the session", format!("of `{id}` is `{kept}`, not `{session}`")));
                    }
                    None => {}
                }
                sqlx::query("UPDATE topup SET session = $2, url = $3, updated_at = $4 WHERE id = $1")
                    .bind(id.as_str())
                    .bind(session)
                    .bind(url)
                    .bind(now())
                    .execute(&mut *conn)
                    .await?;
                known(conn, &id).await
            })
        })
        .await
    }

    pub(crate) async fn topup(&self, id: &TopupId) -> Result<Option<Topup>, LedgerError> {
        by_id(&self.readers, id).await
    }

    pub(crate) async fn topups(&self, state: Option<TopupState>, limit: u32) -> Result<Vec<Topup>, LedgerError> {
        let sql = format!("{SELECT} WHERE $1 IS NULL OR state = $1 ORDER BY created_at DESC, id DESC LIMIT $2");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(state.map(TopupState::as_str))
            .bind(limit)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(read).collect()
    }

    pub(crate) async fn apply_payment(
        &self,
        id: &TopupId,
        source: &str,
        event: &str,
        payment: Payment,
    ) -> Result<(Topup, bool), LedgerError> {
        let (id, source, event) = (id.clone(), source.to_owned(), event.to_owned());
        self.write(move |conn| Box::pin(async move { apply(conn, &id, &source, &event, &payment).await })).await
    }
}

async fn begin(conn: &mut SqliteConnection, new: &NewTopup) -> Result<BegunTopup, LedgerError> {
    let sql = format!("{SELECT} WHERE credential_id = $1 AND idempotency_key = $2");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(new.credential.as_str())
        .bind(&new.idempotency_key)
        .fetch_optional(&mut *conn)
        .await?;
    if let Some(row) = row {
        let found = read(&row)?;
        return Ok(if found.cents == new.cents { BegunTopup::Existing(found) } else { BegunTopup::KeyReused(found) });
    }
    Accounts::of_valid(&mut *conn, &new.credential).await?;
    let id = TopupId::generate();
    sqlx::query(
        "INSERT INTO topup (id, credential_id, idempotency_key, cents, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5)",
    )
    .bind(id.as_str())
    .bind(new.credential.as_str())
    .bind(&new.idempotency_key)
    .bind(new.cents)
    .bind(now())
    .execute(&mut *conn)
    .await?;
    known(conn, &id).await.map(BegunTopup::Started)
}

async fn apply(
    conn: &mut SqliteConnection,
    id: &TopupId,
    source: &str,
    event: &str,
    payment: &Payment,
) -> Result<(Topup, bool), LedgerError> {
    let topup = known(conn, id).await?;
    let fresh = sqlx::query(
        "INSERT INTO inbox (source, event_id, topup_id, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(source)
    .bind(event)
    .bind(id.as_str())
    .bind(now())
    .execute(&mut *conn)
    .await?;
    if fresh.rows_affected() == 0 {
        return Ok((topup, false));
    }
    remember(conn, &topup, payment).await?;
    book(conn, id, &format!("{source}:{event}")).await?;
    Ok((known(conn, id).await?, true))
}

/// Writes a fact down.
async fn remember(conn: &mut SqliteConnection, topup: &Topup, payment: &Payment) -> Result<(), LedgerError> {
    let id = topup.id.as_str();
    let query = match payment {
        Payment::Paid { payment, cents } => {
            if let Some(kept) = topup.payment.as_ref().filter(|kept| *kept != payment || topup.paid_cents != *cents) {
                let reason = format!(
                    "of `{id}` is `{kept}` over {} cents, not `{payment}` over {cents} cents",
                    topup.paid_cents
                );
                return Err(refused("the payment", reason));
            }
            sqlx::query("UPDATE topup SET payment = $2, paid = $3, updated_at = $4 WHERE id = $1")
                .bind(id)
                .bind(payment)
                .bind(*cents)
                .bind(now())
        }
        Payment::Returned { cents } => {
            sqlx::query("UPDATE topup SET returned = max(returned, $2), updated_at = $3 WHERE id = $1")
                .bind(id)
                .bind(*cents)
                .bind(now())
        }
        Payment::Disputed { dispute, cents, state } => {
            let state = match state {
                DisputeState::Open => "open",
                DisputeState::Won => "won",
                DisputeState::Lost => "lost",
            };
            sqlx::query(
                "INSERT INTO dispute (topup_id, id, cents, state) VALUES ($1, $2, $3, $4)
                 ON CONFLICT DO UPDATE SET cents = max(cents, excluded.cents),
                     state = CASE dispute.state WHEN 'open' THEN excluded.state ELSE dispute.state END",
            )
            .bind(id)
            .bind(dispute)
            .bind(*cents)
            .bind(state)
        }
        Payment::Expired => {
            sqlx::query("UPDATE topup SET expired_at = coalesce(expired_at, $2), updated_at = $2 WHERE id = $1")
                .bind(id)
                .bind(now())
        }
    };
    query.execute(conn).await?;
    Ok(())
}

/// Books what the facts come to, less what is booked.
async fn book(conn: &mut SqliteConnection, id: &TopupId, source_ref: &str) -> Result<(), LedgerError> {
    let topup = known(conn, id).await?;
    let booked: i64 =
        sqlx::query_scalar("SELECT booked FROM topup WHERE id = $1").bind(id.as_str()).fetch_one(&mut *conn).await?;
    let due = (topup.paid_cents - topup.returned_cents - topup.disputed_cents).max(0);
    let change = due - booked;
    if change == 0 {
        return Ok(());
    }
    let now = now();
    let accounts = Accounts::of(&mut *conn, &topup.credential).await?;
    let taken = if change > 0 { change } else { change.max(-accounts.available()) };
    let legs =
        [Leg::customer(&accounts, taken), Leg::receivable(&accounts, change - taken), Leg::credit_source(-change)];
    let description = format!("Top-up {id}");
    journal::post(conn, &topup.credential, Event::Credit { source_ref }, &description, &legs, now).await?;
    sqlx::query("UPDATE topup SET booked = $2 WHERE id = $1").bind(id.as_str()).bind(due).execute(&mut *conn).await?;
    journal::repay(conn, &topup.credential, now).await?;
    Ok(())
}
