//! A credential's statement.

use crate::{LedgerError, PurchaseId, TransactionId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionKind {
    /// Money came in.
    Credit,
    /// A fixed fee of a call.
    Usage,
    /// A purchase was captured, or what an earlier one still owed was paid.
    Purchase,
    /// Money of a purchase came back.
    Refund,
}

impl TransactionKind {
    pub(crate) fn parse(text: &str) -> Result<Self, LedgerError> {
        match text {
            "credit" => Ok(TransactionKind::Credit),
            "usage" => Ok(TransactionKind::Usage),
            "purchase" => Ok(TransactionKind::Purchase),
            "refund" => Ok(TransactionKind::Refund),
            _ => Err(LedgerError::Corrupt(format!("`{text}` is no type of transaction"))),
        }
    }
}

/// One line of a statement: a change of a credential's balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transaction {
    /// Its id, which is also the cursor of the page after it.
    pub id: TransactionId,
    /// Why money moved.
    #[serde(rename = "type")]
    pub kind: TransactionKind,
    /// The change in cents: negative is spent.
    pub amount_cents: i64,
    /// The posted balance after it, in cents.
    pub balance_after_cents: i64,
    /// The service it was spent at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The operation it was spent on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The purchase it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase_id: Option<PurchaseId>,
    /// For people.
    pub description: String,
    /// When.
    pub created_at: Timestamp,
}
