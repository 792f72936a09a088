//! Keys, as they are stored.

use super::{Store, row};
use crate::{Balance, CURRENCY, Credential, CredentialId, LedgerError, Limits};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

pub(super) fn read(row: &AnyRow) -> Result<Credential, LedgerError> {
    Ok(Credential {
        id: row::parsed(row, "id")?,
        email: row.try_get("email")?,
        level: row::parsed(row, "level")?,
        parent: row::parsed_opt(row, "parent_id")?,
        created_at: row::time(row, "created_at")?,
        limits: limits(row)?,
        revoked_at: row::time_opt(row, "revoked_at")?,
    })
}

fn limits(row: &AnyRow) -> Result<Limits, LedgerError> {
    match row.try_get::<Option<&str>, _>("limits")? {
        // What can't be read must not become no limit.
        Some(text) => serde_json::from_str(text).map_err(|error| LedgerError::Corrupt(format!("limits: {error}"))),
        None => Ok(Limits::default()),
    }
}

/// The key whose secret has this hash, and those above it.
const BY_HASH: &str = "
    WITH RECURSIVE line (id, parent_id, depth) AS (
        SELECT id, parent_id, 0 FROM credential WHERE secret_hash = $1
        UNION ALL
        SELECT above.id, above.parent_id, line.depth + 1 FROM credential AS above JOIN line ON above.id = line.parent_id
    )
    SELECT credential.* FROM line JOIN credential ON credential.id = line.id ORDER BY line.depth";

/// A key and those above it.
const LINEAGE: &str = "
    WITH RECURSIVE line (id, parent_id, depth) AS (
        SELECT id, parent_id, 0 FROM credential WHERE id = $1
        UNION ALL
        SELECT above.id, above.parent_id, line.depth + 1 FROM credential AS above JOIN line ON above.id = line.parent_id
    )
    SELECT credential.* FROM line JOIN credential ON credential.id = line.id ORDER BY line.depth";

/// What the uppermost key above a key has.
const BALANCE: &str = "
    WITH RECURSIVE line (id, parent_id) AS (
        SELECT id, parent_id FROM credential WHERE id = $1
        UNION ALL
        SELECT above.id, above.parent_id FROM credential AS above JOIN line ON above.id = line.parent_id
    )
    SELECT customer.posted, customer.pending, -receivable.posted AS debt
    FROM line
    JOIN account AS customer ON customer.credential_id = line.id AND customer.kind = 'customer'
    JOIN account AS receivable ON receivable.credential_id = line.id AND receivable.kind = 'receivable'
    WHERE line.parent_id IS NULL AND customer.currency = $2 AND receivable.currency = $2";

impl Store {
    /// The key, unless it or one above it is revoked or past its time.
    pub(crate) async fn valid_credential(
        &self,
        hash: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<Credential>, LedgerError> {
        let rows = sqlx::query(BY_HASH).bind(hash.as_slice()).fetch_all(&self.readers).await?;
        let line: Vec<Credential> = rows.iter().map(read).collect::<Result<_, _>>()?;
        let valid = line.iter().all(|key| key.revoked_at.is_none() && !key.limits.is_over(now));
        Ok(line.into_iter().next().filter(|_| valid))
    }

    pub(crate) async fn credential(&self, id: &CredentialId) -> Result<Option<Credential>, LedgerError> {
        let row = sqlx::query("SELECT * FROM credential WHERE id = $1").bind(id.as_str());
        row.fetch_optional(&self.readers).await?.as_ref().map(read).transpose()
    }

    pub(crate) async fn lineage(&self, id: &CredentialId) -> Result<Vec<Credential>, LedgerError> {
        sqlx::query(LINEAGE).bind(id.as_str()).fetch_all(&self.readers).await?.iter().map(read).collect()
    }

    pub(crate) async fn keys(&self) -> Result<Vec<Credential>, LedgerError> {
        let rows = sqlx::query("SELECT * FROM credential ORDER BY created_at, id").fetch_all(&self.readers).await?;
        rows.iter().map(read).collect()
    }

    pub(crate) async fn keys_below(&self, id: &CredentialId) -> Result<Vec<Credential>, LedgerError> {
        let rows = sqlx::query("SELECT * FROM credential WHERE parent_id = $1 ORDER BY created_at, id")
            .bind(id.as_str())
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(read).collect()
    }

    pub(crate) async fn balance(&self, id: &CredentialId) -> Result<Balance, LedgerError> {
        let row = sqlx::query(BALANCE)
            .bind(id.as_str())
            .bind(CURRENCY.as_str())
            .fetch_optional(&self.readers)
            .await?
            .ok_or_else(|| LedgerError::UnknownCredential(id.clone()))?;
        let (posted, pending): (i64, i64) = (row.try_get("posted")?, row.try_get("pending")?);
        Ok(Balance {
            posted_cents: posted,
            held_cents: pending,
            available_cents: posted - pending,
            receivable_cents: row.try_get("debt")?,
            currency: CURRENCY,
        })
    }
}
