//! Top-ups, as they are stored.

use super::{Store, row};
use crate::books::{Dispute, TopupRow};
use crate::{CredentialId, LedgerError, Topup, TopupId, TopupState};
use sqlx::Row;
use sqlx::any::AnyRow;

pub(super) fn read(row: &AnyRow) -> Result<TopupRow, LedgerError> {
    let topup = Topup {
        id: row::parsed(row, "id")?,
        credential: row::credential(row)?,
        idempotency_key: row.try_get("idempotency_key")?,
        // What follows from the rest.
        state: TopupState::Open,
        disputed_cents: 0,
        cents: row.try_get("amount")?,
        paid_cents: row.try_get("paid")?,
        returned_cents: row.try_get("returned")?,
        session: row.try_get("session")?,
        url: row.try_get("url")?,
        payment: row.try_get("payment")?,
        created_at: row::time(row, "created_at")?,
        updated_at: row::time(row, "updated_at")?,
    };
    let expired = row.try_get::<Option<i64>, _>("expired_at")?.is_some();
    let (booked, bookings) = (row.try_get("booked")?, row.try_get("bookings")?);
    Ok(TopupRow { topup, expired, booked, bookings, disputes: Vec::new() })
}

pub(super) fn read_dispute(row: &AnyRow) -> Result<(TopupId, Dispute), LedgerError> {
    let dispute = Dispute { id: row.try_get("id")?, cents: row.try_get("amount")?, state: row::parsed(row, "state")? };
    Ok((row::parsed(row, "topup_id")?, dispute))
}

/// What will never come again.
macro_rules! gone {
    () => {
        "returned + (SELECT coalesce(sum(dispute.amount), 0) FROM dispute WHERE topup_id = topup.id AND state = 'lost')"
    };
}

/// A top-up is in a state that follows from what is known of it: the same words as in [`TopupRow::derive`].
fn condition(state: TopupState) -> &'static str {
    match state {
        TopupState::Open => "paid = 0 AND expired_at IS NULL",
        TopupState::Expired => "paid = 0 AND expired_at IS NOT NULL",
        TopupState::Paid => concat!("paid > 0 AND paid > ", gone!()),
        TopupState::Returned => concat!("paid > 0 AND paid <= ", gone!()),
    }
}

impl Store {
    /// How many of a key wait for their payment, and whether there is one of this name.
    pub(crate) async fn open_topups(&self, key: &CredentialId, name: &str) -> Result<(i64, bool), LedgerError> {
        let row = sqlx::query(
            "SELECT count(*) FILTER (WHERE paid = 0 AND expired_at IS NULL) AS open,
                    count(*) FILTER (WHERE idempotency_key = $2) AS named FROM topup WHERE credential_id = $1",
        )
        .bind(key.as_str())
        .bind(name)
        .fetch_one(&self.readers)
        .await?;
        Ok((row.try_get("open")?, row.try_get::<i64, _>("named")? > 0))
    }

    pub(crate) async fn topup(&self, id: &TopupId) -> Result<Option<Topup>, LedgerError> {
        Ok(self.topups_where("id = $1", id.as_str(), 1).await?.pop())
    }

    /// Newest first.
    pub(crate) async fn topups(&self, state: Option<TopupState>, limit: u32) -> Result<Vec<Topup>, LedgerError> {
        self.topups_where(&format!("$1 = '' AND {}", state.map_or("TRUE", condition)), "", limit).await
    }

    async fn topups_where(&self, condition: &str, given: &str, limit: u32) -> Result<Vec<Topup>, LedgerError> {
        let list = format!("SELECT * FROM topup WHERE {condition} ORDER BY created_at DESC, id DESC LIMIT $2");
        let rows = sqlx::query(self.dialect.sql(&list)).bind(given).bind(i64::from(limit));
        let mut found: Vec<TopupRow> =
            rows.fetch_all(&self.readers).await?.iter().map(read).collect::<Result<_, _>>()?;
        let ids: Vec<&str> = found.iter().map(|row| row.topup.id.as_str()).collect();
        let ids = serde_json::to_string(&ids).unwrap_or_default();
        let disputes = sqlx::query(self.dialect.sql("SELECT * FROM dispute WHERE topup_id {in $1} ORDER BY id"));
        for row in disputes.bind(ids).fetch_all(&self.readers).await? {
            let (of, dispute) = read_dispute(&row)?;
            found.iter_mut().filter(|row| row.topup.id == of).for_each(|row| row.disputes.push(dispute.clone()));
        }
        Ok(found.into_iter().map(|row| row.derive().topup).collect())
    }
}
