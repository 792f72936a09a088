//! Made numbers. They are examples, never money.

use serde_json::{Map, Number, Value};

/// A whole number within the bounds, 1 where it may be.
pub(crate) fn integer(schema: &Map<String, Value>, salt: usize) -> Value {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let whole = |n: f64| n as i64;
    let least = [
        bound("minimum").map(|n| whole(n.ceil())),
        bound("exclusiveMinimum").map(|n| whole(n.floor()).saturating_add(1)),
    ]
    .into_iter()
    .flatten()
    .max();
    let most = [
        bound("maximum").map(|n| whole(n.floor())),
        bound("exclusiveMaximum").map(|n| whole(n.ceil()).saturating_sub(1)),
    ]
    .into_iter()
    .flatten()
    .min();
    let salt = i64::try_from(salt).unwrap_or(0);
    let mut value = 1.max(least.unwrap_or(1)).min(most.unwrap_or(i64::MAX));
    let step = bound("multipleOf").map(whole).filter(|step| *step > 1).unwrap_or(1);
    let over = value.rem_euclid(step);
    if over != 0 {
        // Up to the next multiple where there is room, else down.
        let up = value.saturating_add(step - over);
        value = if most.is_none_or(|most| up <= most) { up } else { value.saturating_sub(over) };
    }
    value.saturating_add(salt.saturating_mul(step)).into()
}

/// A number within the bounds; whole where that will do, because it reads better.
pub(crate) fn number(schema: &Map<String, Value>, salt: usize) -> Value {
    let whole = integer(schema, salt);
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let inside = |n: f64| {
        bound("minimum").is_none_or(|least| n >= least)
            && bound("exclusiveMinimum").is_none_or(|least| n > least)
            && bound("maximum").is_none_or(|most| n <= most)
            && bound("exclusiveMaximum").is_none_or(|most| n < most)
    };
    let least = bound("minimum").or(bound("exclusiveMinimum"));
    let most = bound("maximum").or(bound("exclusiveMaximum"));
    let step = bound("multipleOf").filter(|step| step.fract() != 0.0);
    let middle = least.zip(most).map(|(least, most)| f64::midpoint(least, most));
    let mut tries = step.into_iter().chain(whole.as_f64()).chain(middle).chain(least).chain(most);
    tries.find(|n| inside(*n)).map_or(whole, |n| {
        if n.fract() == 0.0 && n.abs() < 1.0e15 { (n as i64).into() } else { Number::from_f64(n).into() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(schema: Value, expected_integer: Value, expected_number: Value) {
        let schema = schema.as_object().unwrap();
        assert_eq!((integer(schema, 0), number(schema, 0)), (expected_integer, expected_number));
    }

    #[test]
    fn numbers_keep_their_bounds() {
        check(json!({}), json!(1), json!(1));
        check(json!({"minimum": 10, "maximum": 20}), json!(10), json!(10));
        check(json!({"exclusiveMinimum": 3, "multipleOf": 5}), json!(5), json!(5));
        check(json!({"maximum": -3}), json!(-3), json!(-3));
        check(json!({"minimum": 7, "maximum": 9, "multipleOf": 4}), json!(8), json!(8));
        check(json!({"exclusiveMinimum": 0, "exclusiveMaximum": 1}), json!(0), json!(0.5));
        check(json!({"multipleOf": 0.25}), json!(1), json!(0.25));
        check(json!({"minimum": 1e300}), json!(i64::MAX), json!(1e300));
    }
}
