//! What can go wrong, and whose fault it is.

use crate::{
    ApprovalId, ApprovalState, CURRENCY, CredentialId, PurchaseId, PurchaseState, QuoteId, Shortfall, TopupId,
    TransactionId,
};
use uaps_model::{Currency, Fault};

/// Why the ledger did not do what it was asked. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// Not enough money for a fee.
    #[error("the balance is too low: {0}")]
    Insufficient(Shortfall),
    /// No such key.
    #[error("there is no key `{0}`")]
    UnknownCredential(CredentialId),
    /// The key was revoked, or its time is over.
    #[error("the key `{0}` is revoked or past its time")]
    Revoked(CredentialId),
    /// No such purchase.
    #[error("there is no purchase `{0}`")]
    UnknownPurchase(PurchaseId),
    /// The cursor is no line of this credential's statement.
    #[error("`{0}` is not a transaction of this key")]
    UnknownTransaction(TransactionId),
    /// The purchase has gone another way.
    #[error("the purchase `{purchase}` is {state} and can't become {wanted}")]
    WrongState {
        /// Which one.
        purchase: PurchaseId,
        /// How far it is.
        state: PurchaseState,
        /// What was asked for.
        wanted: PurchaseState,
    },
    /// More than what is left of the purchase.
    #[error("the purchase `{purchase}` has {left_cents} cents left to refund, not {cents}")]
    RefundTooHigh {
        /// Which one.
        purchase: PurchaseId,
        /// What was charged and not yet given back.
        left_cents: i64,
        /// What was asked for.
        cents: i64,
    },
    /// No such question.
    #[error("there is no approval `{0}`")]
    UnknownApproval(ApprovalId),
    /// The question was answered before, or its time is over.
    #[error("the approval `{approval}` is {state} already")]
    Decided {
        /// Which one.
        approval: ApprovalId,
        /// What became of it.
        state: ApprovalState,
    },
    /// The key is not above those whose limits ask.
    #[error(
        "the key `{key}` may not answer `{approval}`; a key above the one that set the question may, or the operator"
    )]
    MayNotApprove {
        /// Which question.
        approval: ApprovalId,
        /// Who tried.
        key: CredentialId,
    },
    /// No such top-up.
    #[error("there is no top-up `{0}`")]
    UnknownTopup(TopupId),
    /// What is said of a payment contradicts what was said before.
    #[error("the top-up `{topup}` {reason}")]
    PaymentConflict {
        /// Which one.
        topup: TopupId,
        /// How.
        reason: String,
    },
    /// The quote is unknown, or somebody else's, or of another service or amount.
    #[error("the quote `{0}` does not belong to this purchase")]
    QuoteMismatch(QuoteId),
    /// The same source of credit came before with another key or amount.
    #[error("the source `{source_ref}` is already booked for another key, purchase or amount")]
    SourceReused {
        /// What names the source.
        source_ref: String,
    },
    /// Accounts are kept in one currency.
    #[error("{what} is in {found}; accounts are kept in {kept}", kept = CURRENCY)]
    Currency {
        /// What was given.
        what: &'static str,
        /// Its currency.
        found: Currency,
    },
    /// A value that the books don't take.
    #[error("{what} {reason}")]
    Invalid {
        /// What was given.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A database URL that names no database we can use.
    #[error("the database URL {reason}; use sqlite://PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST/NAME")]
    Url {
        /// What is wrong with it. Holds no password.
        reason: String,
    },
    /// The database file can't be used.
    #[error("can't open the ledger `{path}`: {reason}")]
    Open {
        /// The file.
        path: String,
        /// What is wrong, and what mends it.
        reason: String,
    },
    /// A backup could not be written, or not be put back.
    #[error("can't copy the ledger to `{path}`: {reason}")]
    Copy {
        /// The file.
        path: String,
        /// What is wrong, and what mends it.
        reason: String,
    },
    /// There is no ledger, and none was to be made.
    #[error("there is no ledger at `{path}`; check the database URL")]
    Absent {
        /// The file.
        path: String,
    },
    /// The database was written by a newer version of this program.
    #[error(
        "the ledger has schema version {found}, this program knows up to {known}; run a newer program or restore an older backup"
    )]
    NewerSchema {
        /// What the database has.
        found: i64,
        /// The newest this program has.
        known: i64,
    },
    /// The schema can't be brought up to date.
    #[error("can't bring the ledger's schema up to date: {0}")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// Somebody else writes for too long.
    #[error("the ledger is busy: {0}; try again")]
    Busy(String),
    /// The database failed.
    #[error("the ledger's database failed: {0}")]
    Database(#[source] sqlx::Error),
    /// The database holds what this program can't have written.
    #[error("the ledger is damaged: {0}; run the audit")]
    Corrupt(String),
    /// The operating system gave no randomness.
    #[error("the system has no random numbers: {0}")]
    Random(String),
    /// The commit that carried this write and others failed. Whether it is there, only the database knows.
    #[error("the ledger's database failed while it committed: {0}")]
    Commit(String),
    /// A write died half-way and was rolled back.
    #[error("the ledger's write was interrupted and rolled back")]
    Interrupted,
}

impl LedgerError {
    /// Whose fault it is. Never a provider's: the ledger knows none.
    pub fn fault(&self) -> Fault {
        use LedgerError::*;
        match self {
            Insufficient(_)
            | UnknownCredential(_)
            | Revoked(_)
            | UnknownPurchase(_)
            | UnknownTransaction(_)
            | WrongState { .. }
            | RefundTooHigh { .. }
            | UnknownApproval(_)
            | Decided { .. }
            | MayNotApprove { .. }
            | UnknownTopup(_)
            | PaymentConflict { .. }
            | QuoteMismatch(_)
            | SourceReused { .. }
            | Currency { .. }
            | Invalid { .. } => Fault::Caller,
            Url { .. }
            | Open { .. }
            | Absent { .. }
            | Copy { .. }
            | NewerSchema { .. }
            | Migrate(_)
            | Busy(_)
            | Database(_)
            | Corrupt(_)
            | Random(_)
            | Commit(_)
            | Interrupted => Fault::Us,
        }
    }

    /// The same for another caller whom it concerns as well.
    pub(crate) fn share(&self) -> LedgerError {
        match self {
            LedgerError::Busy(text) => LedgerError::Busy(text.clone()),
            other => LedgerError::Commit(other.to_string()),
        }
    }

    /// Whether the same call may succeed later.
    pub fn retryable(&self) -> bool {
        matches!(self, LedgerError::Busy(_) | LedgerError::Interrupted)
    }
}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return LedgerError::Busy("no connection came free".to_owned());
        }
        let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default();
        let busy = match (code.len(), code.parse::<i64>()) {
            // PostgreSQL has five characters: serialization failure, deadlock, too many connections, lock timeout.
            (5, _) => matches!(&*code, "40001" | "40P01" | "53300" | "55P03"),
            // The low byte is SQLite's primary result code: 5 is BUSY, 6 is LOCKED.
            (_, Ok(code)) => matches!(code & 0xff, 5 | 6),
            _ => false,
        };
        if busy { LedgerError::Busy(error.to_string()) } else { LedgerError::Database(error) }
    }
}
