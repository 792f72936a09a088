//! How something is bought, in words an assistant can follow.

use uaps_model::{Commerce, IDEMPOTENCY_KEY, Operation, Service};

/// What to do with a quote or a purchase; empty for anything else.
pub(super) fn steps(service: &Service, operation: &Operation) -> Vec<String> {
    match &operation.commerce {
        Some(Commerce::Purchase { quote, .. }) => vec![
            format!(
                "execute {quote} with the same parameters, without {IDEMPOTENCY_KEY}: it tells the price, which holds \
                 for 15 minutes"
            ),
            "Tell the user what is bought and its price, and ask for consent".into(),
            format!(
                "execute {} with a new unique {IDEMPOTENCY_KEY}: the price is held, then charged once",
                operation.tool
            ),
            format!(
                "No answer, or status 202: never choose another key. Repeat the same call with the same \
                 {IDEMPOTENCY_KEY} to learn what became of it"
            ),
        ],
        Some(Commerce::Quote { .. }) => match purchase_of(service, operation) {
            Some(purchase) => vec![format!(
                "To buy at this price, execute {} with the same parameters and a new unique {IDEMPOTENCY_KEY} within \
                 15 minutes",
                purchase.tool
            )],
            None => Vec::new(),
        },
        None => Vec::new(),
    }
}

/// The purchase that a quote belongs to.
pub(super) fn purchase_of<'s>(service: &'s Service, quote: &Operation) -> Option<&'s Operation> {
    service
        .operations
        .iter()
        .find(|op| matches!(&op.commerce, Some(Commerce::Purchase { quote: named, .. }) if *named == quote.tool))
}
