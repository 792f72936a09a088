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
    /// The name used in JSON and in queries.
    pub fn as_str(self) -> &'static str {
        match self {
            TransactionKind::Credit => "credit",
            TransactionKind::Usage => "usage",
            TransactionKind::Purchase => "purchase",
            TransactionKind::Refund => "refund",
        }
    }

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

/// Which lines of a statement. What is not said is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Why money moved.
    pub kind: Option<TransactionKind>,
    /// The service it was spent at.
    pub service: Option<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// What came and went within a time, in cents. `opening + credits + refunds - usage - purchases = closing`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The posted balance before.
    pub opening_cents: i64,
    /// Money that came in.
    pub credits_cents: i64,
    /// Money that came back.
    pub refunds_cents: i64,
    /// Fees.
    pub usage_cents: i64,
    /// What was bought, and what was paid of earlier purchases.
    pub purchases_cents: i64,
    /// The posted balance after.
    pub closing_cents: i64,
    /// Lines of the statement.
    pub lines: u64,
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
