//! What things cost in the sandbox.
//!
//! The price of a call follows from the arguments that its quote takes, and from nothing else, so that a quote and a
//! purchase with the same arguments always agree. In minor units (cents) it is 500, and for each value in the arguments,
//! however deep:
//!
//! | value | adds |
//! |---|---|
//! | a whole number `n` from 0 to 1,000 (a quantity, say) | `n` × 100 |
//! | `true` | 25 |
//! | any other number, and text | 3 for each character |
//! | `false`, `null`, an empty list or object | nothing |
//!
//! No price exceeds 1,000,000. `{"seats": 2, "product": "xl"}` costs 500 + 200 + 6 = 706, that is 7.06.

use serde_json::Value;

const BASE: i64 = 500;
const EACH: i64 = 100;
const FLAG: i64 = 25;
const CHARACTER: i64 = 3;
const MOST: i64 = 1_000_000;

/// The price of `arguments` in minor units.
pub fn of(arguments: &Value) -> i64 {
    let mut total = BASE;
    let mut todo = vec![arguments];
    while let Some(value) = todo.pop() {
        match value {
            Value::Array(items) => todo.extend(items),
            Value::Object(members) => todo.extend(members.values()),
            leaf => total = total.saturating_add(worth(leaf)),
        }
    }
    total.min(MOST)
}

fn worth(leaf: &Value) -> i64 {
    match leaf {
        Value::Bool(true) => FLAG,
        Value::Number(number) => {
            // `2.0` and `2` are the same number, and one client may write the one and the next the other.
            let text = number.to_string();
            let whole = text.strip_suffix(".0").unwrap_or(&text);
            match whole.parse::<i64>() {
                Ok(n @ 0..=1_000) => n * EACH,
                _ => characters(whole),
            }
        }
        Value::String(text) => characters(text),
        _ => 0,
    }
}

fn characters(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(MOST).saturating_mul(CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[track_caller]
    fn check(arguments: Value, cents: i64) {
        assert_eq!(of(&arguments), cents, "{arguments}");
    }

    #[test]
    fn the_table_of_the_manual() {
        check(json!({}), 500);
        check(json!({"seats": 2, "product": "xl"}), 706);
        check(json!({"seats": 2.0, "product": "xl"}), 706);
        check(json!({"items": [{"id": "ab", "quantity": 3}, {"id": "c", "quantity": 1}]}), 500 + 6 + 300 + 3 + 100);
        check(json!({"latitude": 40.75, "year": 2026, "gift": true, "note": null}), 500 + 15 + 12 + 25);
        check(json!({"below": -3}), 506);
        check(json!("x".repeat(500_000)), 1_000_000);
    }

    proptest! {
        #[test]
        fn the_order_of_members_changes_nothing(mut members in proptest::collection::vec(("[a-z]{1,8}", any::<i32>()), 0..8)) {
            members.sort();
            members.dedup_by(|a, b| a.0 == b.0);
            let forwards: serde_json::Map<_, _> = members.iter().cloned().map(|(k, v)| (k, v.into())).collect();
            let backwards: serde_json::Map<_, _> = members.into_iter().rev().map(|(k, v)| (k, v.into())).collect();
            prop_assert_eq!(of(&forwards.into()), of(&backwards.into()));
        }
    }
}
