//! Quotes and purchases.

use crate::{Amount, Lookup, Query, ToolName};
use serde::{Deserialize, Serialize};

/// The header, and the parameter of every purchase tool, by which a caller says "this is the same purchase again".
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The part an operation plays in a purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "one stands in each of few operations, and none is moved about")]
pub enum Commerce {
    /// `x-purchase-precheckout`: tells a price and commits to nothing.
    Quote {
        /// How the price is read from the quote's answer. Absent where only the purchase says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Amount>,
    },
    /// `x-purchase-endpoint`: spends money.
    Purchase {
        /// The tool that quotes it; its arguments are the purchase's own, by name.
        quote: ToolName,
        /// How the price is read from the quote's answer.
        quoted: Amount,
        /// How the price is read from the purchase's answer.
        charged: Amount,
        /// The provider's own id of the sale, in the purchase's answer.
        transaction_id: Query,
        /// `x-idempotency-header`: the provider honours it, so that a resend is safe.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        idempotency_header: Option<String>,
        /// `x-purchase-lookup`: how to find out what became of an order. Absent where the provider offers no way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lookup: Option<Box<Lookup>>,
    },
}
