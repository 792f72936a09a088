//! Purchases and what belongs to them, as they are stored.

use super::{Store, row};
use crate::books::Row as PurchaseRow;
use crate::{
    Answer, Approval, ApprovalId, CredentialId, Fingerprint, LedgerError, Purchase, PurchaseId, PurchaseState, Quote,
};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

/// A purchase without the bodies, which a list has no use for.
const WITHOUT_ANSWER: &str = "id, credential_id, service, tool, state, idempotency_key, fingerprint, quote_id, currency, \
     held, charged, receivable, transaction_id, reason, refunded, needs_operator_at, NULL AS answer_status, created_at, \
     updated_at";

/// How far the money is, in the database's words. Two of these states have a name of their own for people.
pub(super) fn stored(state: PurchaseState) -> &'static str {
    match state {
        PurchaseState::NeedsOperator => PurchaseState::Unknown.as_str(),
        PurchaseState::Refunded => PurchaseState::Captured.as_str(),
        other => other.as_str(),
    }
}

pub(super) fn read(row: &AnyRow) -> Result<Purchase, LedgerError> {
    let charged = row::money_opt(row, "charged")?;
    let refunded_cents = row.try_get("refunded")?;
    let needs_operator = row.try_get::<Option<i64>, _>("needs_operator_at")?.is_some();
    let state = match row::parsed(row, "state")? {
        PurchaseState::Captured if charged.is_some_and(|m| m.cents > 0 && m.cents == refunded_cents) => {
            PurchaseState::Refunded
        }
        PurchaseState::Unknown if needs_operator => PurchaseState::NeedsOperator,
        state => state,
    };
    Ok(Purchase {
        id: row::parsed(row, "id")?,
        credential: row::credential(row)?,
        service: row.try_get("service")?,
        tool: row.try_get("tool")?,
        state,
        idempotency_key: row.try_get("idempotency_key")?,
        fingerprint: row::fingerprint(row)?,
        quote: row::parsed_opt(row, "quote_id")?,
        held: row::money(row, "held")?,
        charged,
        refunded_cents,
        receivable_cents: row.try_get("receivable")?,
        transaction_id: row.try_get("transaction_id")?,
        reason: row.try_get("reason")?,
        answer: answer(row)?,
        created_at: row::time(row, "created_at")?,
        updated_at: row::time(row, "updated_at")?,
    })
}

/// With what only the ledger needs to know.
pub(super) fn read_whole(row: &AnyRow) -> Result<PurchaseRow, LedgerError> {
    Ok(PurchaseRow { purchase: read(row)?, request: row.try_get("request")?, attempts: row.try_get("attempts")? })
}

fn answer(row: &AnyRow) -> Result<Option<Answer>, LedgerError> {
    let Some(status) = row.try_get::<Option<i64>, _>("answer_status")? else { return Ok(None) };
    let status = u16::try_from(status).map_err(|_| LedgerError::Corrupt(format!("{status} is no HTTP status")))?;
    let (content_type, body) = (row.try_get("answer_content_type")?, row.try_get("answer_body")?);
    Ok(Some(Answer { status, content_type, body }))
}

pub(super) fn read_approval(row: &AnyRow) -> Result<Approval, LedgerError> {
    Ok(Approval {
        id: row::parsed(row, "id")?,
        purchase: row::parsed(row, "purchase_id")?,
        demanded_by: row::parsed(row, "demanded_by")?,
        confirmable: row.try_get::<i64, _>("confirmable")? != 0,
        state: row::parsed(row, "state")?,
        decided_by: row.try_get("decided_by")?,
        created_at: row::time(row, "created_at")?,
        expires_at: row::time(row, "expires_at")?,
        decided_at: row::time_opt(row, "decided_at")?,
    })
}

pub(super) fn read_quote(row: &AnyRow) -> Result<Quote, LedgerError> {
    Ok(Quote {
        id: row::parsed(row, "id")?,
        credential: row::credential(row)?,
        service: row.try_get("service")?,
        tool: row.try_get("tool")?,
        fingerprint: row::fingerprint(row)?,
        amount: row::money(row, "amount")?,
        created_at: row::time(row, "created_at")?,
        expires_at: row::time(row, "expires_at")?,
    })
}

impl Store {
    pub(crate) async fn purchase(&self, id: &PurchaseId) -> Result<Option<Purchase>, LedgerError> {
        let row = sqlx::query("SELECT * FROM purchase WHERE id = $1").bind(id.as_str());
        row.fetch_optional(&self.readers).await?.as_ref().map(read).transpose()
    }

    /// With what it takes to send it.
    pub(crate) async fn order(&self, id: &PurchaseId) -> Result<Option<(Purchase, Option<String>)>, LedgerError> {
        let row = sqlx::query("SELECT * FROM purchase WHERE id = $1").bind(id.as_str());
        let row = row.fetch_optional(&self.readers).await?;
        row.map(|row| read_whole(&row).map(|whole| (whole.purchase, whole.request))).transpose()
    }

    pub(crate) async fn find_purchase(
        &self,
        credential: &CredentialId,
        idempotency_key: &str,
    ) -> Result<Option<Purchase>, LedgerError> {
        let row = sqlx::query("SELECT * FROM purchase WHERE credential_id = $1 AND idempotency_key = $2")
            .bind(credential.as_str())
            .bind(idempotency_key)
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(read).transpose()
    }

    pub(crate) async fn purchases(
        &self,
        state: Option<PurchaseState>,
        limit: u32,
    ) -> Result<Vec<Purchase>, LedgerError> {
        let condition = match state {
            None => "TRUE",
            Some(PurchaseState::Held) => "state = 'held'",
            Some(PurchaseState::Sent) => "state = 'sent'",
            Some(PurchaseState::Unknown) => "state = 'unknown' AND needs_operator_at IS NULL",
            Some(PurchaseState::NeedsOperator) => "state = 'unknown' AND needs_operator_at IS NOT NULL",
            Some(PurchaseState::Captured) => "state = 'captured' AND NOT (charged > 0 AND refunded = charged)",
            Some(PurchaseState::Refunded) => "state = 'captured' AND charged > 0 AND refunded = charged",
            Some(PurchaseState::Released) => "state = 'released'",
        };
        let list = format!(
            "SELECT {WITHOUT_ANSWER} FROM purchase WHERE {condition} ORDER BY created_at DESC, id DESC LIMIT $1"
        );
        let rows = sqlx::query(AssertSqlSafe(list)).bind(i64::from(limit)).fetch_all(&self.readers).await?;
        rows.iter().map(read).collect()
    }

    pub(crate) async fn approval(&self, id: &ApprovalId) -> Result<Option<Approval>, LedgerError> {
        let row = sqlx::query("SELECT * FROM approval WHERE id = $1").bind(id.as_str());
        row.fetch_optional(&self.readers).await?.as_ref().map(read_approval).transpose()
    }

    pub(crate) async fn approval_of(&self, purchase: &PurchaseId) -> Result<Option<Approval>, LedgerError> {
        let row = sqlx::query("SELECT * FROM approval WHERE purchase_id = $1").bind(purchase.as_str());
        row.fetch_optional(&self.readers).await?.as_ref().map(read_approval).transpose()
    }

    /// Those that wait for an answer, oldest first, from the one after `after` on; of a key and those below it, if one is named.
    pub(crate) async fn approvals(
        &self,
        of: Option<&CredentialId>,
        after: Option<&ApprovalId>,
        limit: u32,
    ) -> Result<Vec<Approval>, LedgerError> {
        let rows = sqlx::query(
            "WITH RECURSIVE family (id) AS (
                 SELECT id FROM credential WHERE id = $1
                 UNION ALL
                 SELECT below.id FROM credential AS below JOIN family ON below.parent_id = family.id
             )
             SELECT approval.* FROM approval JOIN purchase ON purchase.id = approval.purchase_id
             WHERE approval.state = 'waiting'
               AND (CAST($1 AS TEXT) IS NULL OR purchase.credential_id IN (SELECT id FROM family))
               AND (CAST($2 AS TEXT) IS NULL OR (approval.created_at, approval.id) >
                    (SELECT last.created_at, last.id FROM approval AS last WHERE last.id = $2))
             ORDER BY approval.created_at, approval.id LIMIT $3",
        )
        .bind(of.map(|key| key.as_str().to_owned()))
        .bind(after.map(|id| id.as_str().to_owned()))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(read_approval).collect()
    }

    /// What came back under a source, and of which purchase.
    pub(crate) async fn refund_from(&self, source: &str) -> Result<Option<(PurchaseId, i64)>, LedgerError> {
        let row = sqlx::query(
            "SELECT journal.purchase_id, entry.amount FROM journal
             JOIN entry ON entry.journal_id = journal.id
             JOIN account ON account.id = entry.account_id AND account.kind = 'provider_payable'
             WHERE journal.source_ref = $1 AND journal.kind = 'refund'",
        );
        let row = row.bind(source.to_owned()).fetch_optional(&self.readers).await?;
        // As seen from the system's account.
        row.map(|row| Ok((row::parsed(&row, "purchase_id")?, -row.try_get::<i64, _>("amount")?))).transpose()
    }

    /// Those that were not answered in time.
    pub(crate) async fn overdue_approvals(&self, now: Timestamp, limit: u32) -> Result<Vec<Approval>, LedgerError> {
        let rows = sqlx::query(
            "SELECT * FROM approval WHERE state = 'waiting' AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
        )
        .bind(now.as_millisecond())
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(read_approval).collect()
    }

    pub(crate) async fn find_quote(
        &self,
        credential: &CredentialId,
        fingerprint: &Fingerprint,
        now: Timestamp,
    ) -> Result<Option<Quote>, LedgerError> {
        let row = sqlx::query(
            "SELECT * FROM quote WHERE credential_id = $1 AND fingerprint = $2 AND expires_at > $3
             ORDER BY created_at DESC, id DESC LIMIT 1",
        )
        .bind(credential.as_str())
        .bind(fingerprint.as_bytes().as_slice())
        .bind(now.as_millisecond())
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(read_quote).transpose()
    }
}
