//! Keys.

use super::{Store, credit, limits, now, row};
use crate::{CURRENCY, Credential, CredentialId, LedgerError, Limits, NewKey};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

fn read(row: &SqliteRow) -> Result<Credential, LedgerError> {
    Ok(Credential {
        id: row::parsed(row, "id")?,
        email: row.try_get("email")?,
        level: row::parsed(row, "level")?,
        created_at: row::time(row, "created_at")?,
        limits: limits::read(row)?,
        revoked_at: row.try_get::<Option<i64>, _>("revoked_at")?.map(row::timestamp).transpose()?,
    })
}

impl Store {
    pub(crate) async fn create_key(&self, new: NewKey, hash: [u8; 32]) -> Result<Credential, LedgerError> {
        self.write(move |conn| Box::pin(async move { create(conn, new, hash).await })).await
    }

    pub(crate) async fn credential_by_hash(&self, hash: [u8; 32]) -> Result<Option<Credential>, LedgerError> {
        let row = sqlx::query("SELECT * FROM credential WHERE secret_hash = $1 AND revoked_at IS NULL")
            .bind(hash.as_slice())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(read).transpose()
    }

    pub(crate) async fn keys(&self) -> Result<Vec<Credential>, LedgerError> {
        let rows = sqlx::query("SELECT * FROM credential ORDER BY created_at, id").fetch_all(&self.readers).await?;
        rows.iter().map(read).collect()
    }

    pub(crate) async fn revoke(&self, credential: &CredentialId) -> Result<(), LedgerError> {
        let credential = credential.clone();
        self.write(move |conn| Box::pin(async move { revoke(conn, credential).await })).await
    }
}

async fn create(conn: &mut SqliteConnection, new: NewKey, hash: [u8; 32]) -> Result<Credential, LedgerError> {
    let (id, now) = (CredentialId::generate(), now());
    sqlx::query("INSERT INTO credential (id, email, level, secret_hash, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(id.as_str())
        .bind(&new.email)
        .bind(new.level.as_str())
        .bind(hash.as_slice())
        .bind(now)
        .execute(&mut *conn)
        .await?;
    for kind in ["customer", "receivable"] {
        sqlx::query(
            "INSERT INTO account (kind, credential_id, currency, posted, pending, version) VALUES ($1, $2, $3, 0, 0, 0)",
        )
        .bind(kind)
        .bind(id.as_str())
        .bind(CURRENCY.as_str())
        .execute(&mut *conn)
        .await?;
    }
    if new.credit_cents > 0 {
        credit::add(conn, &id, new.credit_cents, &format!("opening:{id}")).await?;
    }
    let (created_at, limits) = (row::timestamp(now)?, Limits::default());
    Ok(Credential { id, email: new.email, level: new.level, created_at, limits, revoked_at: None })
}

async fn revoke(conn: &mut SqliteConnection, credential: CredentialId) -> Result<(), LedgerError> {
    let known = sqlx::query("UPDATE credential SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1")
        .bind(credential.as_str())
        .bind(now())
        .execute(conn)
        .await?;
    match known.rows_affected() {
        1 => Ok(()),
        _ => Err(LedgerError::UnknownCredential(credential)),
    }
}
