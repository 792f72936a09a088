//! Text into the type that a schema names.

use crate::schema::{self, Named};
use serde_json::{Number, Value};

/// The value that `text` stands for under `schema`; the text itself where it fits no type that the schema allows.
///
/// A schema that allows strings gets a string: `00501` is a postal code, not five hundred and one.
pub fn coerce(text: &str, schema: &Value, named: &Named) -> Value {
    let types = schema::types(schema, named);
    let as_text = || Value::String(text.to_owned());
    if types.string || types.is_unknown() {
        return as_text();
    }
    if types.boolean && (text == "true" || text == "false") {
        return Value::Bool(text == "true");
    }
    if types.number
        && let Some(number) = number(text)
    {
        return Value::Number(number);
    }
    if types.null && (text.is_empty() || text == "null") {
        return Value::Null;
    }
    if types.object || types.array {
        let nested = serde_json::from_str(text).ok();
        return nested.filter(|v: &Value| v.is_object() || v.is_array()).unwrap_or_else(as_text);
    }
    as_text()
}

/// A number, without losing a digit of a large integer.
fn number(text: &str) -> Option<Number> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return None;
    }
    if text.contains(['.', 'e', 'E']) {
        return Number::from_f64(text.parse().ok()?);
    }
    text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, schema: Value, expected: Value) {
        assert_eq!(coerce(text, &schema, &Named::from([("Id".to_owned(), json!({"type": "integer"}))])), expected);
    }

    #[test]
    fn text_takes_the_type_that_the_schema_names() {
        check("5", json!({"type": "integer"}), json!(5));
        check("5", json!({"$ref": "#/$defs/Id"}), json!(5));
        check("-1.5", json!({"type": "number"}), json!(-1.5));
        check("18446744073709551615", json!({"type": "integer"}), json!(u64::MAX));
        check("true", json!({"type": ["boolean", "null"]}), json!(true));
        check("", json!({"type": ["integer", "null"]}), json!(null));
        check("00501", json!({"type": ["string", "integer"]}), json!("00501"));
        check("{\"a\":1}", json!({"type": "object"}), json!({"a": 1}));
        check("2", json!({"enum": [1, 2]}), json!(2));
    }

    #[test]
    fn what_fits_no_type_stays_text() {
        for bad in ["five", "", "inf", "NaN", "0x10", "1_000", "99999999999999999999999", "1e999"] {
            check(bad, json!({"type": "integer"}), json!(bad));
        }
        check("yes", json!({"type": "boolean"}), json!("yes"));
        check("5", json!(true), json!("5"));
    }
}
