//! Prices that providers named.

use super::{Books, Command, Needs};
use crate::{CredentialId, LedgerError, NewQuote, Quote, QuoteId};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// A year. No price holds longer, whatever a caller says.
const MAX_LIFE: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Remembers a price.
#[derive(Debug)]
pub(crate) struct RecordQuote {
    pub id: QuoteId,
    pub new: NewQuote,
}

impl Command for RecordQuote {
    type Out = QuoteId;

    fn needs(&self, needs: &mut Needs) {
        needs.keys.insert(self.new.credential.clone());
    }

    fn apply(&self, books: &mut Books) -> Result<QuoteId, LedgerError> {
        let new = self.new.clone();
        books.accounts_of_valid(&new.credential)?;
        let quote = Quote {
            id: self.id.clone(),
            credential: new.credential,
            service: new.service,
            tool: new.tool,
            fingerprint: new.fingerprint,
            amount: new.amount,
            created_at: books.now,
            expires_at: later(books.now, new.expires_in.min(MAX_LIFE)),
        };
        books.quotes.put(quote.id.clone(), quote);
        Ok(self.id.clone())
    }
}

/// A moment so much later, or the last of all moments.
pub(super) fn later(now: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Refuses a quote that is not this purchase's. Whether it still holds was decided when it was looked up: a moment later
/// it may have run out, and the price is still the one that was named.
pub(super) fn must_fit(
    books: &Books,
    id: &QuoteId,
    key: &CredentialId,
    service: &str,
    cents: i64,
) -> Result<(), LedgerError> {
    let fits = books
        .quotes
        .get(id)
        .is_some_and(|quote| quote.credential == *key && quote.service == service && quote.amount.cents == cents);
    if fits { Ok(()) } else { Err(LedgerError::QuoteMismatch(id.clone())) }
}
