//! Lists, newest first, in pages.

use crate::book::Book;
use crate::json;
use serde_json::{Value, json as value};
use std::collections::HashMap;

/// The list at a path, or nothing where there is none.
pub(crate) fn list(book: &Book, path: &str, query: &HashMap<String, String>) -> Option<Value> {
    let payment = query.get("payment_intent");
    let of = |id: &str| payment.is_none_or(|payment| payment == id);
    let expanded = query.get("expand[]").is_some_and(|what| what == "data.latest_charge");
    let mut all: Vec<Value> = match path {
        "/v1/checkout/sessions" => book.sessions.iter().map(|session| json::session(book, session)).collect(),
        "/v1/payment_intents" => book.payments.iter().map(|payment| json::payment(book, payment, expanded)).collect(),
        "/v1/refunds" => book.refunds.iter().filter(|refund| of(&refund.payment)).map(json::refund).collect(),
        "/v1/disputes" => {
            let found = book.disputes.iter().filter(|dispute| of(&dispute.payment));
            found.map(|dispute| json::dispute(book, dispute)).collect()
        }
        _ => return None,
    };
    all.reverse();
    let since: i64 = query.get("created[gte]").and_then(|text| text.parse().ok()).unwrap_or(i64::MIN);
    all.retain(|object| object["created"].as_i64().is_some_and(|created| created >= since));
    if let Some(after) = query.get("starting_after") {
        let place = all.iter().position(|object| object["id"] == after.as_str());
        all = all.split_off(place.map_or(all.len(), |place| place + 1));
    }
    let limit = query.get("limit").and_then(|text| text.parse().ok()).unwrap_or(10).clamp(1, 100);
    let more = all.len() > limit;
    all.truncate(limit);
    Some(value!({"object": "list", "url": path, "has_more": more, "data": all}))
}
