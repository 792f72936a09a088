//! Limits, where the money is held: those of the key and of every key above it.

use super::Books;
use crate::approval::Demand;
use crate::{Credential, CredentialId, Exceeded, LedgerError, Purchase, PurchaseState};
use jiff::{SignedDuration, Timestamp};

/// What a window has used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    /// Purchases from this moment on are in it.
    pub since: Timestamp,
    pub spent: i64,
    pub purchases: i64,
    /// When its oldest purchase began.
    pub oldest: Option<Timestamp>,
}

/// What a purchase counts for: cents, and whether it counts as one.
pub(super) type Weight = (i64, i64);

pub(super) fn weight(purchase: &Purchase) -> Weight {
    match (purchase.state, purchase.charged) {
        (PurchaseState::Released, _) => (0, 0),
        (_, Some(charged)) => (charged.cents - purchase.refunded_cents, 1),
        (_, None) => (purchase.held.cents, 1),
    }
}

/// Puts a purchase's weight into the windows that it counts in: its key's, and those of the keys above.
pub(super) fn count(books: &mut Books, purchase: &Purchase, before: Weight, after: Weight) {
    let Ok(line) = books.lineage(&purchase.credential) else { return };
    for key in line {
        let Some(mut window) = books.windows.get(&key).copied() else { continue };
        if purchase.created_at > window.since {
            window.spent += after.0 - before.0;
            window.purchases += after.1 - before.1;
            window.oldest = window.oldest.or(Some(purchase.created_at));
            books.windows.put(key, window);
        }
    }
}

/// The limit that a purchase of so many cents would break, if any.
pub(super) fn exceeded(
    books: &Books,
    key: &CredentialId,
    service: &str,
    cents: i64,
) -> Result<Option<Exceeded>, LedgerError> {
    for of in books.lineage(key)? {
        if let Some(exceeded) = one(books, of, service, cents) {
            return Ok(Some(exceeded));
        }
    }
    Ok(None)
}

fn one(books: &Books, of: CredentialId, service: &str, cents: i64) -> Option<Exceeded> {
    let limits = &books.keys.get(&of)?.credential.limits;
    if !limits.allow(service) {
        return Some(Exceeded { limit: "services", allowed: 0, used: 0, resets_at: None, of });
    }
    if let Some(allowed) = limits.purchase_cents.filter(|allowed| cents > *allowed) {
        return Some(Exceeded { limit: "purchase_cents", allowed, used: 0, resets_at: None, of });
    }
    // Only limits that look at a window have one.
    let window = books.windows.get(&of)?;
    let length = SignedDuration::from_millis(limits.window());
    let resets_at = window.oldest.and_then(|oldest| oldest.checked_add(length).ok());
    if let Some(allowed) = limits.budget_cents.filter(|allowed| window.spent.saturating_add(cents) > *allowed) {
        return Some(Exceeded { limit: "budget_cents", allowed, used: window.spent, resets_at, of });
    }
    if let Some(allowed) = limits.purchases.map(i64::from).filter(|allowed| window.purchases >= *allowed) {
        return Some(Exceeded { limit: "purchases", allowed, used: window.purchases, resets_at, of });
    }
    None
}

/// What the limits of a key, and of those above it, want for so many cents.
pub(super) fn demand(books: &Books, key: &CredentialId, cents: i64) -> Result<Option<Demand>, LedgerError> {
    let line = books.lineage(key)?;
    Ok(Demand::of(line.iter().filter_map(|id| books.keys.get(id)).map(|key| &key.credential), cents))
}

/// A key and those above it, upwards.
pub(super) fn line(books: &Books, key: &CredentialId) -> Result<Vec<Credential>, LedgerError> {
    let line = books.lineage(key)?;
    Ok(line.iter().filter_map(|id| books.keys.get(id)).map(|key| key.credential.clone()).collect())
}
