//! One form for every way of writing the same request.

use ledger::Fingerprint;
use serde_json::Value;

/// SHA-256 of `[service, tool, arguments]` in a form where neither the order of keys nor `1.0` for `1` makes a
/// difference. Null and absent stay different.
pub fn fingerprint(service: &str, tool: &str, arguments: &Value) -> Fingerprint {
    let mut text = String::new();
    write(&Value::from(vec![service.into(), tool.into(), arguments.clone()]), &mut text);
    Fingerprint::of(text)
}

/// Values come from JSON texts of bounded depth, so the recursion is bounded too.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()).and_then(whole) {
            Some(whole) => out.push_str(&whole.to_string()),
            None => out.push_str(&number.to_string()),
        },
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (at, (key, member)) in members.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(member, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// A float that is a whole number within the range where floats are exact.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    // The range makes the conversion exact.
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and within 2^53")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn spelling_does_not_matter_and_meaning_does() {
        let of = |value: Value| fingerprint("rideshare", "quote", &value);
        let text = |text: &str| serde_json::from_str(text).unwrap();
        assert_eq!(of(text(r#"{"a": 1, "b": [1.0, "é"]}"#)), of(text(r#"{"b":[1,"\u00e9"],"a":1e0}"#)));
        for other in [json!({"a": "1"}), json!({"a": 1, "b": null}), json!({"a": 1.5}), json!({"a": 2}), json!([1])] {
            assert_ne!(of(json!({"a": 1})), of(other.clone()), "{other}");
        }
        assert_ne!(fingerprint("a", "b", &json!({})), fingerprint("ab", "", &json!({})));
    }
}
