//! Money: keys, balances, holds, purchases and the journal they all end up in. Knows nothing of HTTP.
//!
//! A [`Ledger`] is one database. Every movement of money is a journal of entries that sum to zero, written once and
//! never changed; balances are what the entries add up to. Money is reserved before it is spent:
//!
//! ```text
//! begin_purchase --> held --approve--> sent --capture--> captured --refund--> refunded
//!                \    '--deny, expire--> released
//!                 '--> sent --release--> released
//!                       '--mark_unknown--> unknown --capture or release, on evidence-->
//! hold_fee --settle or drop-->
//! begin_topup --apply_payment--> paid, returned
//! ```
//!
//! Each public call that changes something is one durable transaction: when it returns, it has happened, and when it returns
//! an error, nothing has. Only fees are settled together. Amounts are whole US cents, times are UTC.
//!
//! The rules are in `books` and need no database; SQL is in `store`.

mod approval;
mod audit;
mod balance;
mod books;
mod check;
mod credential;
mod error;
mod fingerprint;
mod id;
mod key;
mod ledger;
mod limits;
mod meter;
mod purchase;
mod quote;
mod settings;
mod store;
mod topup;
mod transaction;

pub use approval::{Approval, ApprovalState, Approver, Decision};
pub use audit::{AuditCheck, AuditReport, ChainHead};
pub use balance::{Balance, Shortfall};
pub use credential::{CreatedKey, Credential, NewKey};
pub use error::LedgerError;
pub use fingerprint::Fingerprint;
pub use id::{ApprovalId, CredentialId, FeeHoldId, InvalidId, PurchaseId, QuoteId, TopupId, TransactionId};
pub use key::SecretKey;
pub use ledger::Ledger;
pub use limits::{Exceeded, Limits};
pub use meter::FeeHold;
pub use purchase::{Answer, Begun, Capture, NewPurchase, Purchase, PurchaseState, Unknown};
pub use quote::{NewQuote, Quote};
pub use settings::{Clock, Settings};
pub use topup::{BegunTopup, DisputeState, NewTopup, Payment, Topup, TopupState};
pub use transaction::{Summary, Transaction, TransactionKind, Wanted};

use uaps_model::Currency;

/// What accounts are kept in. Other currencies are refused.
pub const CURRENCY: Currency = Currency::USD;

/// The largest single amount, in cents: ten trillion. Sums of a million of these still fit.
pub const MAX_CENTS: i64 = 10_000_000_000_000;
