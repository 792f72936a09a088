//! What a batch of commands must see of the database.

use crate::{CredentialId, FeeHoldId, PurchaseId, QuoteId, TopupId};
use std::collections::BTreeSet;

/// Names of rows. Everything that belongs to a named row and decides about money is loaded with it: the keys above a key, the
/// accounts of the uppermost, the key of a purchase.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    pub keys: BTreeSet<CredentialId>,
    /// Keys whose windows are asked about.
    pub windows: BTreeSet<CredentialId>,
    pub quotes: BTreeSet<QuoteId>,
    pub purchases: BTreeSet<PurchaseId>,
    /// Purchases whose approvals are asked about.
    pub approvals: BTreeSet<PurchaseId>,
    /// Purchases by who asked, and under which name.
    pub orders: BTreeSet<(CredentialId, String)>,
    pub tabs: BTreeSet<FeeHoldId>,
    pub sources: BTreeSet<String>,
    pub topups: BTreeSet<TopupId>,
    /// Top-ups by who asked, and under which name.
    pub payments: BTreeSet<(CredentialId, String)>,
    /// Messages, by source and id.
    pub inbox: BTreeSet<(String, String)>,
}
