//! Money: keys, balances, holds, purchases and the journal they all end up in. Knows nothing of HTTP.
//!
//! A [`Ledger`] is one database. Every movement of money is a journal of entries that sum to zero, written once and
//! never changed; balances are what the entries add up to. Money is reserved before it is spent:
//!
//! ```text
//! begin_purchase --> sent --capture--> captured
//!                     |  \--release--> released
//!                     '--mark_unknown--> unknown --capture or release, on evidence-->
//! hold_fee --settle_fee or release_fee-->
//! ```
//!
//! Each public call is one durable transaction: when it returns, it has happened, and when it returns an error, nothing
//! has. Amounts are whole US cents, times are UTC.

mod audit;
mod balance;
mod check;
mod credential;
mod error;
mod fee;
mod fingerprint;
mod id;
mod key;
mod ledger;
mod limits;
mod purchase;
mod quote;
mod sqlite;
mod topup;
mod transaction;

pub use audit::{AuditCheck, AuditReport, ChainHead};
pub use balance::{Balance, Shortfall};
pub use credential::{CreatedKey, Credential, NewKey};
pub use error::LedgerError;
pub use fee::FeeHold;
pub use fingerprint::Fingerprint;
pub use id::{CredentialId, FeeHoldId, InvalidId, PurchaseId, QuoteId, TopupId, TransactionId};
pub use key::SecretKey;
pub use ledger::{Ledger, Settings};
pub use limits::{Exceeded, Limits};
pub use purchase::{Answer, Begun, Capture, NewPurchase, Purchase, PurchaseState, Unknown};
pub use quote::{NewQuote, Quote};
pub use topup::{BegunTopup, DisputeState, NewTopup, Payment, Topup, TopupState};
pub use transaction::{Summary, Transaction, TransactionKind, Wanted};

use uaps_model::Currency;

/// What accounts are kept in. Other currencies are refused.
pub const CURRENCY: Currency = Currency::USD;

/// The largest single amount, in cents: ten trillion. Sums of a million of these still fit.
pub const MAX_CENTS: i64 = 10_000_000_000_000;
