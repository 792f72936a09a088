//! What is written of each row: every column of its table, in the table's order.

use super::chain::{Content, Hash, Line};
use super::purchases::stored;
use super::row::hex;
use crate::books::{Account, Dispute, Key, Row, Tab, TopupRow};
use crate::{Approval, CURRENCY, CredentialId, Quote};
use jiff::Timestamp;
use serde::Serialize;
use std::borrow::Cow;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Cell<'r> {
    Null,
    Number(i64),
    /// Bytes too, as hexadecimal digits.
    Text(Cow<'r, str>),
}

/// A row: its columns by name, so that they can be held against those of the table.
pub(super) type Cells<'r> = Vec<(&'static str, Cell<'r>)>;

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Cell::Number(number)
    }
}

impl<'r> From<&'r str> for Cell<'r> {
    fn from(text: &'r str) -> Self {
        Cell::Text(text.into())
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Cell::Text(text.into())
    }
}

impl From<Timestamp> for Cell<'_> {
    fn from(time: Timestamp) -> Self {
        Cell::Number(time.as_millisecond())
    }
}

impl<'r, T: Into<Cell<'r>>> From<Option<T>> for Cell<'r> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Null, T::into)
    }
}

pub(super) fn credential(key: &Key) -> Cells<'_> {
    let credential = &key.credential;
    // Limits are numbers, names and times, which always have a text.
    let limits = (!credential.limits.is_none()).then(|| serde_json::json!(credential.limits).to_string());
    vec![
        ("id", credential.id.as_str().into()),
        ("email", credential.email.as_str().into()),
        ("level", credential.level.as_str().into()),
        ("secret_hash", key.hash.map(|hash| hex(&hash)).into()),
        ("parent_id", credential.parent.as_ref().map(CredentialId::as_str).into()),
        ("limits", limits.into()),
        ("created_at", credential.created_at.into()),
        ("revoked_at", credential.revoked_at.into()),
    ]
}

/// An account that is to be made; the database numbers it.
pub(super) fn new_account<'r>(owner: &'r CredentialId, kind: &'static str) -> Cells<'r> {
    vec![
        ("kind", kind.into()),
        ("credential_id", owner.as_str().into()),
        ("currency", CURRENCY.as_str().into()),
        ("posted", 0.into()),
        ("pending", 0.into()),
        ("version", 0.into()),
    ]
}

pub(super) fn account(id: Option<i64>, account: Account) -> Cells<'static> {
    vec![
        ("id", id.into()),
        ("posted", account.posted.into()),
        ("pending", account.pending.into()),
        ("version", account.version.into()),
    ]
}

pub(super) fn quote(row: &Quote) -> Cells<'_> {
    vec![
        ("id", row.id.as_str().into()),
        ("credential_id", row.credential.as_str().into()),
        ("service", row.service.as_str().into()),
        ("tool", row.tool.as_str().into()),
        ("fingerprint", hex(row.fingerprint.as_bytes()).into()),
        ("currency", row.amount.currency.as_str().into()),
        ("amount", row.amount.cents.into()),
        ("created_at", row.created_at.into()),
        ("expires_at", row.expires_at.into()),
    ]
}

pub(super) fn purchase(row: &Row) -> Cells<'_> {
    let Row { purchase, request, .. } = row;
    let answer = purchase.answer.as_ref();
    vec![
        ("id", purchase.id.as_str().into()),
        ("credential_id", purchase.credential.as_str().into()),
        ("service", purchase.service.as_str().into()),
        ("tool", purchase.tool.as_str().into()),
        ("idempotency_key", purchase.idempotency_key.as_str().into()),
        ("fingerprint", hex(purchase.fingerprint.as_bytes()).into()),
        ("quote_id", purchase.quote.as_ref().map(|id| id.as_str()).into()),
        ("state", stored(purchase.state).into()),
        ("currency", purchase.held.currency.as_str().into()),
        ("held", purchase.held.cents.into()),
        ("charged", purchase.charged.map(|charged| charged.cents).into()),
        ("receivable", purchase.receivable_cents.into()),
        ("refunded", purchase.refunded_cents.into()),
        ("transaction_id", purchase.transaction_id.as_deref().into()),
        ("reason", purchase.reason.as_deref().into()),
        ("request", request.as_deref().into()),
        ("answer_status", answer.map(|answer| i64::from(answer.status)).into()),
        ("answer_content_type", answer.and_then(|answer| answer.content_type.as_deref()).into()),
        ("answer_body", answer.map(|answer| hex(&answer.body)).into()),
        ("created_at", purchase.created_at.into()),
        ("updated_at", purchase.updated_at.into()),
    ]
}

pub(super) fn approval(row: &Approval) -> Cells<'_> {
    vec![
        ("id", row.id.as_str().into()),
        ("purchase_id", row.purchase.as_str().into()),
        ("demanded_by", row.demanded_by.as_str().into()),
        ("confirmable", i64::from(row.confirmable).into()),
        ("state", row.state.as_str().into()),
        ("decided_by", row.decided_by.as_deref().into()),
        ("created_at", row.created_at.into()),
        ("expires_at", row.expires_at.into()),
        ("decided_at", row.decided_at.into()),
    ]
}

pub(super) fn tab(row: &Tab) -> Cells<'_> {
    let state = match (row.open, row.used) {
        (true, _) => "open",
        (false, 0) => "released",
        (false, _) => "settled",
    };
    vec![
        ("id", row.id.as_str().into()),
        ("credential_id", row.credential.as_str().into()),
        ("service", row.service.as_str().into()),
        ("state", state.into()),
        ("currency", CURRENCY.as_str().into()),
        ("amount", row.amount.into()),
        ("used", row.used.into()),
        ("calls", row.calls.into()),
        ("created_at", row.created_at.into()),
        ("resolved_at", row.resolved_at.into()),
    ]
}

pub(super) fn topup(row: &TopupRow) -> Cells<'_> {
    let topup = &row.topup;
    vec![
        ("id", topup.id.as_str().into()),
        ("credential_id", topup.credential.as_str().into()),
        ("idempotency_key", topup.idempotency_key.as_str().into()),
        ("currency", CURRENCY.as_str().into()),
        ("amount", topup.cents.into()),
        ("session", topup.session.as_deref().into()),
        ("url", topup.url.as_deref().into()),
        ("payment", topup.payment.as_deref().into()),
        ("paid", topup.paid_cents.into()),
        ("returned", topup.returned_cents.into()),
        ("booked", row.booked.into()),
        ("bookings", row.bookings.into()),
        ("expired_at", row.expired.then_some(topup.updated_at).into()),
        ("created_at", topup.created_at.into()),
        ("updated_at", topup.updated_at.into()),
    ]
}

pub(super) fn dispute<'r>(row: &'r TopupRow, dispute: &'r Dispute) -> Cells<'r> {
    vec![
        ("id", dispute.id.as_str().into()),
        ("topup_id", row.topup.id.as_str().into()),
        ("state", dispute.state.as_str().into()),
        ("amount", dispute.cents.into()),
        ("updated_at", row.topup.updated_at.into()),
    ]
}

/// What others have told us.
pub(super) fn told<'r>(source: &'r str, event: &'r str, now: Timestamp) -> Cells<'r> {
    vec![("source", source.into()), ("event_id", event.into()), ("received_at", now.into())]
}

/// A journal's entry.
pub(super) fn entry<'r>(journal: &'r str, line: &Line<'r>) -> Cells<'r> {
    vec![
        ("journal_id", journal.into()),
        ("seq", line.seq.into()),
        ("account_id", line.account.into()),
        ("amount", line.amount.into()),
        ("currency", Cell::Text(line.currency.clone())),
        ("balance_after", line.balance.into()),
        ("account_version", line.version.into()),
    ]
}

/// A journal, with its place in the chain.
pub(super) fn journal<'r>(content: Content<'r>, position: i64, hash: &Hash) -> Cells<'r> {
    vec![
        ("id", Cell::Text(content.id)),
        ("kind", Cell::Text(content.kind)),
        ("credential_id", Cell::Text(content.credential)),
        ("purchase_id", content.purchase.map(Cell::Text).into()),
        ("fee_hold_id", content.tab.map(Cell::Text).into()),
        ("source_ref", content.source.map(Cell::Text).into()),
        ("description", Cell::Text(content.description)),
        ("created_at", content.created_at.into()),
        ("position", position.into()),
        ("hash", hex(hash).into()),
    ]
}
