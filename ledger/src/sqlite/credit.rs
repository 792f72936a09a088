//! Money coming in.

use super::account::Accounts;
use super::journal::{self, Event, Leg};
use super::{Store, now};
use crate::{Balance, CredentialId, LedgerError};
use sqlx::{Row, SqliteConnection};

impl Store {
    pub(crate) async fn add_credit(
        &self,
        credential: &CredentialId,
        cents: i64,
        source_ref: &str,
    ) -> Result<Balance, LedgerError> {
        let (credential, source_ref) = (credential.clone(), source_ref.to_owned());
        self.write(move |conn| Box::pin(async move { add(conn, &credential, cents, &source_ref).await })).await
    }
}

/// Books a credit unless its source was booked before, then pays debts from it.
pub(super) async fn add(
    conn: &mut SqliteConnection,
    credential: &CredentialId,
    cents: i64,
    source_ref: &str,
) -> Result<Balance, LedgerError> {
    let accounts = Accounts::of(&mut *conn, credential).await?;
    let booked = sqlx::query(
        "SELECT journal.kind, journal.credential_id, entry.amount FROM journal
         JOIN entry ON entry.journal_id = journal.id
         JOIN account ON account.id = entry.account_id AND account.kind = 'customer'
         WHERE journal.source_ref = $1",
    )
    .bind(source_ref)
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(row) = booked {
        let same = row.try_get::<&str, _>("kind")? == "credit"
            && row.try_get::<&str, _>("credential_id")? == credential.as_str()
            && row.try_get::<i64, _>("amount")? == cents;
        if same {
            return Ok(accounts.balance());
        }
        return Err(LedgerError::SourceReused { source_ref: source_ref.to_owned() });
    }
    let now = now();
    let legs = [Leg::customer(&accounts, cents), Leg::credit_source(-cents)];
    let description = format!("Credit {source_ref}");
    journal::post(conn, credential, Event::Credit { source_ref }, &description, &legs, now).await?;
    Ok(journal::repay(conn, credential, now).await?.balance())
}
