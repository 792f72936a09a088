//! What a call costs, and the part it plays in a purchase. Whatever touches money is breaking unless it can only be less.

use crate::found::{Found, subject};
use crate::lookup;
use crate::pairing::Pairs;
use crate::service::text;
use crate::{Effect, Kind, Subject};
use uaps_model::{Amount, Commerce, Operation, ToolName};

/// Compares fees, roles, pairs and the way to a price.
pub(crate) fn compare(before: &Operation, after: &Operation, pairs: &Pairs<'_>, found: &mut Found) {
    let subject = subject(before);
    fee(before, after, &subject, found);
    match (&before.commerce, &after.commerce) {
        (Some(Commerce::Quote { amount: old }), Some(Commerce::Quote { amount: new })) => {
            amount("/commerce/amount", "the price that this quote tells", old.as_ref(), new.as_ref(), &subject, found);
        }
        (Some(old @ Commerce::Purchase { .. }), Some(new @ Commerce::Purchase { .. })) => {
            purchase(old, new, pairs, &subject, found);
        }
        (old, new) => role(old.as_ref(), new.as_ref(), &subject, found),
    }
}

fn fee(before: &Operation, after: &Operation, subject: &Subject, found: &mut Found) {
    let (old, new) = (before.fee_cents, after.fee_cents);
    let (kind, effect) = match new.cmp(&old) {
        std::cmp::Ordering::Greater => (Kind::FeeRaised, Effect::Breaking),
        std::cmp::Ordering::Less => (Kind::FeeLowered, Effect::Compatible),
        std::cmp::Ordering::Equal => return,
    };
    let message = format!("a call costs {new} US cents instead of {old}");
    found.add(kind, effect, subject, "/fee_cents", message).values(old.to_string(), new.to_string());
}

fn role(old: Option<&Commerce>, new: Option<&Commerce>, subject: &Subject, found: &mut Found) {
    let name = |commerce: Option<&Commerce>| match commerce {
        None => "none",
        Some(Commerce::Quote { .. }) => "quote",
        Some(Commerce::Purchase { .. }) => "purchase",
    };
    let (old, new) = (name(old), name(new));
    if old == new {
        return;
    }
    let (effect, message) = match (old, new) {
        (_, "purchase") => (Effect::Breaking, "a call spends money now, and needs an `Idempotency-Key`"),
        ("purchase", _) => (Effect::Breaking, "a call is no purchase any more: nothing is quoted, held or charged"),
        ("none", _) => (Effect::Compatible, "a call tells a price now"),
        _ => (Effect::Breaking, "a call is no quote any more"),
    };
    found.add(Kind::PurchaseRoleChanged, effect, subject, "/commerce", message).values(old.to_owned(), new.to_owned());
}

fn purchase(old: &Commerce, new: &Commerce, pairs: &Pairs<'_>, subject: &Subject, found: &mut Found) {
    let (
        Commerce::Purchase {
            quote: old_quote,
            quoted: old_quoted,
            charged: old_charged,
            transaction_id: old_id,
            idempotency_header: old_header,
            lookup: old_lookup,
        },
        Commerce::Purchase { quote, quoted, charged, transaction_id, idempotency_header, lookup },
    ) = (old, new)
    else {
        return;
    };
    if !same_operation(old_quote, quote, pairs) {
        let message = format!("the purchase is quoted by `{quote}` instead of `{old_quote}`");
        found
            .add(Kind::PurchasePairingChanged, Effect::Breaking, subject, "/commerce/quote", message)
            .values(old_quote.to_string(), quote.to_string());
    }
    amount("/commerce/quoted", "the quoted price", Some(old_quoted), Some(quoted), subject, found);
    amount("/commerce/charged", "the charged price", Some(old_charged), Some(charged), subject, found);
    if old_id.segments != transaction_id.segments {
        let message = format!("the sale's id is read at `{}` instead of `{}`", transaction_id.text, old_id.text);
        found
            .add(Kind::TransactionIdPathChanged, Effect::Breaking, subject, "/commerce/transaction_id", message)
            .values(text(&old_id.segments), text(&transaction_id.segments));
    }
    let same_header = match (old_header, idempotency_header) {
        (Some(old), Some(new)) => old.eq_ignore_ascii_case(new),
        (old, new) => old == new,
    };
    if !same_header {
        let (effect, message) = match idempotency_header {
            Some(header) => {
                (Effect::Compatible, format!("the provider knows a purchase that is sent again by `{header}`"))
            }
            None => (Effect::Breaking, "the provider no longer knows a purchase that is sent again".to_owned()),
        };
        found
            .add(Kind::IdempotencyHeaderChanged, effect, subject, "/commerce/idempotency_header", message)
            .values(old_header.clone(), idempotency_header.clone());
    }
    lookup::compare(old_lookup.as_deref(), lookup.as_deref(), pairs, subject, found);
}

/// Whether two tool names mean one operation. A quote that was only renamed still quotes the same purchase.
pub(crate) fn same_operation(before: &ToolName, after: &ToolName, pairs: &Pairs<'_>) -> bool {
    match pairs.both.iter().find(|(old, _)| old.tool == *before) {
        Some((_, new)) => new.tool == *after,
        None => false,
    }
}

/// How a price is read: where, what the number counts, and of which currency.
pub(crate) fn amount(
    pointer: &str,
    what: &str,
    old: Option<&Amount>,
    new: Option<&Amount>,
    subject: &Subject,
    found: &mut Found,
) {
    let (old, new) = match (old, new) {
        (None, None) => return,
        (Some(old), Some(new)) => (old, new),
        (old, new) => {
            let (effect, message) = match new {
                Some(new) => (Effect::Compatible, format!("{what} is read at `{}`", new.path.text)),
                None => (Effect::Breaking, format!("{what} is no longer read")),
            };
            let segments = |amount: Option<&Amount>| amount.map(|amount| text(&amount.path.segments));
            found
                .add(Kind::AmountPathChanged, effect, subject, format!("{pointer}/path"), message)
                .values(segments(old), segments(new));
            return;
        }
    };
    if old.path.segments != new.path.segments {
        let message = format!("{what} is read at `{}` instead of `{}`", new.path.text, old.path.text);
        found
            .add(Kind::AmountPathChanged, Effect::Breaking, subject, format!("{pointer}/path"), message)
            .values(text(&old.path.segments), text(&new.path.segments));
    }
    if old.unit != new.unit {
        let (before, after) = (text(&old.unit), text(&new.unit));
        let message = format!("{what} is in {after} units instead of {before}");
        found
            .add(Kind::AmountUnitChanged, Effect::Breaking, subject, format!("{pointer}/unit"), message)
            .values(before, after);
    }
    if old.currency != new.currency {
        let (before, after) = (currency(old), currency(new));
        let message = format!("{what} is in {after} instead of {before}");
        found
            .add(Kind::CurrencyChanged, Effect::Breaking, subject, format!("{pointer}/currency"), message)
            .values(before, after);
    }
}

fn currency(amount: &Amount) -> String {
    match &amount.currency {
        uaps_model::CurrencySource::Fixed(currency) => currency.to_string(),
        uaps_model::CurrencySource::Path(path) => format!("the currency at `{}`", path.text),
    }
}
