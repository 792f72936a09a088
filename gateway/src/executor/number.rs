//! Numbers as they go out.

use super::BuildError;
use crate::schema::{self, Named};
use serde_json::Value;
use std::borrow::Cow;
use uaps_model::FieldError;

/// Every whole number below this is exact as a float.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whole numbers without a fraction: `5.0` goes out as `5`, in a query as in JSON.
pub fn plain(value: &Value) -> Cow<'_, Value> {
    if has_whole_float(value) { Cow::Owned(written_plain(value)) } else { Cow::Borrowed(value) }
}

/// A number that is written with a fraction of nothing.
fn whole(value: &Value) -> Option<i64> {
    let Value::Number(number) = value else { return None };
    let float = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT)?;
    // Exact: it is whole and smaller than 2^53.
    Some(float as i64)
}

fn has_whole_float(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_whole_float),
        Value::Object(members) => members.values().any(has_whole_float),
        other => whole(other).is_some(),
    }
}

fn written_plain(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(written_plain).collect(),
        Value::Object(members) => members.iter().map(|(name, v)| (name.clone(), written_plain(v))).collect(),
        other => whole(other).map_or_else(|| other.clone(), Value::from),
    }
}

/// Refuses integers that reading JSON has rounded already: what goes out would not be what the caller wrote.
pub fn unrounded(value: &Value, schema: &Value, named: &Named, at: &str) -> Result<(), BuildError> {
    match value {
        Value::Number(number) if number.is_f64() => {
            let float = number.as_f64().unwrap_or_default();
            if float.fract() == 0.0 && float.abs() >= EXACT && schema::is_integer(schema, named) {
                let detail = "is an integer beyond 64 bits, which can't be sent exactly".to_owned();
                return Err(BuildError::Argument(FieldError { pointer: at.to_owned(), detail }));
            }
            Ok(())
        }
        Value::Array(items) => match schema::items(schema, named) {
            Some(schema) => {
                items.iter().enumerate().try_for_each(|(i, v)| unrounded(v, schema, named, &format!("{at}/{i}")))
            }
            None => Ok(()),
        },
        Value::Object(members) => {
            members.iter().try_for_each(|(name, v)| match schema::property(schema, name, named) {
                Some(schema) => unrounded(v, schema, named, &format!("{at}{}", super::pointer(name))),
                None => Ok(()),
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, schema: Value, expected: Option<&str>) {
        let value: Value = serde_json::from_str(text).unwrap();
        let named = Named::from([("Id".to_owned(), json!({"type": ["integer", "null"]}))]);
        let found = unrounded(&value, &schema, &named, "/p").err();
        let pointer = found.map(|error| match error {
            BuildError::Argument(field) => field.pointer,
            other => panic!("{other}"),
        });
        assert_eq!(pointer.as_deref(), expected, "{text}");
    }

    #[test]
    fn an_integer_that_was_rounded_is_refused_where_it_stands() {
        check("12345678901234567890123", json!({"type": "integer"}), Some("/p"));
        check("[1, 12345678901234567890123]", json!({"items": {"$ref": "#/$defs/Id"}}), Some("/p/1"));
        check("{\"a/b\": -1e30}", json!({"properties": {"a/b": {"type": "integer"}}}), Some("/p/a~1b"));
        check("18446744073709551615", json!({"type": "integer"}), None);
        check("1e30", json!({"type": "number"}), None);
        check("1e30", json!({"type": ["integer", "number"]}), None);
        check("5.0", json!({"type": "integer"}), None);
    }

    #[test]
    fn whole_numbers_lose_their_fraction() {
        let value: Value = serde_json::from_str(r#"{"a": [5.0, 0.5, 1e30, -2.0], "b": "5.0"}"#).unwrap();
        assert_eq!(plain(&value).to_string(), r#"{"a":[5,0.5,1e+30,-2],"b":"5.0"}"#);
        assert!(matches!(plain(&json!({"a": [5, 0.5, "x"]})), Cow::Borrowed(_)));
    }
}
