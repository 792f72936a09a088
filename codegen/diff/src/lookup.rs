//! How it is found out what became of an order. More that is asked, and later, is harmless; what counts as proof is not.

use crate::commerce::{amount, same_operation};
use crate::found::Found;
use crate::pairing::Pairs;
use crate::service::text;
use crate::{Effect, Kind, Subject};
use uaps_model::{Lookup, Reference};

/// Compares the look-ups of a purchase.
pub(crate) fn compare(
    old: Option<&Lookup>,
    new: Option<&Lookup>,
    pairs: &Pairs<'_>,
    subject: &Subject,
    found: &mut Found,
) {
    let (old, new) = match (old, new) {
        (None, None) => return,
        (Some(old), Some(new)) => (old, new),
        (old, new) => {
            let (effect, message) = match new {
                Some(new) => (Effect::Compatible, format!("`{}` tells what became of a purchase", new.tool)),
                None => (Effect::Breaking, "nothing tells any more what became of a purchase".to_owned()),
            };
            let tool = |lookup: Option<&Lookup>| lookup.map(|lookup| lookup.tool.to_string());
            let added = found.add(Kind::LookupChanged, effect, subject, "/commerce/lookup", message);
            added.values(tool(old), tool(new));
            // What a caller writes at that place is replaced from now on.
            if let Some(new) = new.filter(|new| new.reference != Reference::IdempotencyHeader) {
                carried("nowhere".to_owned(), place(new), subject, found);
            }
            return;
        }
    };
    let mut changed = |effect, pointer: &str, message: String, before: String, after: String| {
        if before != after {
            let pointer = format!("/commerce/lookup/{pointer}");
            found.add(Kind::LookupChanged, effect, subject, pointer, message).values(before, after);
        }
    };
    if !same_operation(&old.tool, &new.tool, pairs) {
        let message = format!("`{}` instead of `{}` tells what became of a purchase", new.tool, old.tool);
        changed(Effect::Breaking, "tool", message, old.tool.to_string(), new.tool.to_string());
    }
    let message = format!("the status of a purchase is read at `{}` instead of `{}`", new.status.text, old.status.text);
    changed(Effect::Breaking, "status", message, text(&old.status.segments), text(&new.status.segments));
    let message = "other statuses say that a purchase was sold".to_owned();
    changed(Effect::Breaking, "sold", message, values(&old.sold), values(&new.sold));
    let message = "other statuses say that a purchase was not made".to_owned();
    changed(Effect::Breaking, "not_sold", message, values(&old.not_sold), values(&new.not_sold));
    let (effect, message) = match new.missing_is_not_sold {
        true => (Effect::Breaking, "an answer of 404 says now that a purchase was not made"),
        false => (Effect::Compatible, "an answer of 404 says nothing of a purchase any more"),
    };
    let (before, after) = (text(&old.missing_is_not_sold), text(&new.missing_is_not_sold));
    changed(effect, "missing_is_not_sold", message.to_owned(), before, after);
    let (before, after) = (old.settles_after_seconds, new.settles_after_seconds);
    let effect = if after < before { Effect::Breaking } else { Effect::Compatible };
    let message = format!("a purchase counts as not made after {after} seconds instead of {before}");
    changed(effect, "settles_after_seconds", message, before.to_string(), after.to_string());
    if place(old) != place(new) {
        carried(place(old), place(new), subject, found);
    }
    let what = "the price that a look-up tells";
    amount("/commerce/lookup/charged", what, Some(&old.charged), Some(&new.charged), subject, found);
    if old.transaction_id.segments != new.transaction_id.segments {
        let (before, after) = (&old.transaction_id, &new.transaction_id);
        let message = format!("a look-up reads the sale's id at `{}` instead of `{}`", after.text, before.text);
        found
            .add(Kind::TransactionIdPathChanged, Effect::Breaking, subject, "/commerce/lookup/transaction_id", message)
            .values(text(&before.segments), text(&after.segments));
    }
}

/// Into an idempotency header no caller ever writes.
fn carried(before: String, after: String, subject: &Subject, found: &mut Found) {
    let (effect, message) = match after.as_str() {
        HEADER => (Effect::Compatible, format!("a purchase is looked up by {after}, and not by {before}")),
        _ => (
            Effect::Breaking,
            format!("the gateway writes a purchase's id into {after}, over what a caller wrote there"),
        ),
    };
    found.add(Kind::LookupChanged, effect, subject, "/commerce/lookup/reference", message).values(before, after);
}

const HEADER: &str = "its idempotency header";

/// Where an order carries the reference, in words.
fn place(lookup: &Lookup) -> String {
    match &lookup.reference {
        Reference::IdempotencyHeader => HEADER.to_owned(),
        Reference::Parameter(name) => format!("its parameter `{name}`"),
        Reference::Body(query) => format!("`{}` of its body", query.text),
    }
}

/// Statuses, whose order means nothing.
fn values(statuses: &[serde_json::Value]) -> String {
    let mut texts: Vec<_> = statuses.iter().map(ToString::to_string).collect();
    texts.sort();
    texts.join(", ")
}
