//! Reading Stripe's objects. What can't be read is said, and is never taken for nothing.

use ledger::{DisputeState, TopupId};
use serde_json::Value;

/// Under which name our top-up stands in the metadata of sessions and payments.
pub(super) const TOPUP_ID: &str = "topup_id";

/// The text of a member.
pub(super) fn text<'v>(object: &'v Value, member: &str) -> Option<&'v str> {
    object.get(member).and_then(Value::as_str)
}

/// The id that a member refers to, whether it is written as an id or as the whole object. Only what is safe in a path.
pub(super) fn reference(object: &Value, member: &str) -> Option<String> {
    let found = object.get(member)?;
    let id = found.as_str().or_else(|| text(found, "id"))?;
    let sane = (1..=200).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    sane.then(|| id.to_owned())
}

/// The top-up that an object is about, as far as it says.
pub(super) fn topup(object: &Value) -> Option<TopupId> {
    text(object.get("metadata")?, TOPUP_ID)?.parse().ok()
}

/// An amount of US cents, at least `least`.
pub(super) fn cents(object: &Value, member: &str, least: i64) -> Result<i64, String> {
    let currency = text(object, "currency").unwrap_or_default();
    if !currency.eq_ignore_ascii_case("usd") {
        return Err(format!("its currency is `{}`, not usd", shown(currency)));
    }
    match object.get(member).and_then(Value::as_i64).filter(|cents| *cents >= least) {
        Some(cents) => Ok(cents),
        None => Err(format!("its `{member}` is no whole number of cents from {least} on")),
    }
}

/// How far a dispute is. `None` where the bank only asks and has taken nothing, or where it was settled by a refund.
pub(super) fn dispute_state(object: &Value) -> Result<Option<DisputeState>, String> {
    match text(object, "status").unwrap_or_default() {
        "needs_response" | "under_review" => Ok(Some(DisputeState::Open)),
        "won" => Ok(Some(DisputeState::Won)),
        "lost" => Ok(Some(DisputeState::Lost)),
        "warning_needs_response" | "warning_under_review" | "warning_closed" | "prevented" => Ok(None),
        other => Err(format!("its status `{}` is none that is known", shown(other))),
    }
}

/// Foreign text, short enough for a line.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(object: Value, expected: Result<i64, &str>) {
        let found = cents(&object, "amount", 1);
        assert_eq!(found.as_ref().map_err(String::as_str).copied(), expected, "{object}");
    }

    #[test]
    fn only_whole_us_cents_are_an_amount() {
        let wrong = Err("its `amount` is no whole number of cents from 1 on");
        check(json!({"currency": "usd", "amount": 2500}), Ok(2500));
        check(json!({"currency": "USD", "amount": 1}), Ok(1));
        for amount in
            [json!(0), json!(-5), json!(25.0), json!(25.5), json!("2500"), json!(null), json!(1e30), json!([1])]
        {
            check(json!({"currency": "usd", "amount": amount}), wrong);
        }
        check(json!({"currency": "usd"}), wrong);
        check(json!({"currency": "eur", "amount": 5}), Err("its currency is `eur`, not usd"));
        check(json!({"amount": 5}), Err("its currency is ``, not usd"));
    }

    #[test]
    fn a_reference_is_an_id_or_an_object_and_safe_in_a_path() {
        let of = |value: Value| reference(&json!({"payment_intent": value}), "payment_intent");
        assert_eq!(of(json!("pi_1")).as_deref(), Some("pi_1"));
        assert_eq!(of(json!({"id": "pi_1"})).as_deref(), Some("pi_1"));
        for wrong in [json!(null), json!(""), json!("../charges"), json!("pi_1?x"), json!("a".repeat(201)), json!(5)] {
            assert_eq!(of(wrong), None);
        }
    }
}
