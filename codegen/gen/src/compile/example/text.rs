//! Made texts, by format.

use super::{BYTES, pattern};
use serde_json::{Map, Value};

/// A text that nothing is known of.
pub(super) const PLAIN: &str = "example";

/// Longest text that is made to satisfy `minLength`.
const MAX: usize = 4096;

/// A text for a flattened schema; `salt` makes different ones for a list of unique items.
pub(crate) fn text(schema: &Map<String, Value>, salt: usize) -> String {
    let count = |keyword: &str| schema.get(keyword).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let min = count("minLength").unwrap_or(0).min(MAX);
    let max = count("maxLength").unwrap_or(MAX).max(min);
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        // No text at all shows nothing, and can't stand in a path.
        && let Some(text) = pattern::matching(pattern, min.max(1).min(max), max, salt)
            .or_else(|| pattern::matching(pattern, min, max, salt))
    {
        return text;
    }
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let mut text = of_format(format, salt);
    let length = text.chars().count();
    if length < min {
        text.extend(std::iter::repeat_n('x', min - length));
    } else if length > max {
        // The end tells texts apart, the beginning reads better.
        let skipped = if salt == 0 { 0 } else { length - max };
        text = text.chars().skip(skipped).take(max).collect();
    }
    text
}

fn of_format(format: &str, salt: usize) -> String {
    let number = salt + 1;
    match format {
        "date-time" => format!("2026-01-15T09:30:{:02}Z", salt % 60),
        "date" => format!("2026-01-{:02}", 15 + salt % 14),
        "time" => format!("09:30:{:02}Z", salt % 60),
        "duration" => format!("PT{number}H"),
        "email" | "idn-email" => format!("person{number}@example.com"),
        "hostname" | "idn-hostname" => format!("host{number}.example.com"),
        "ipv4" => format!("192.0.2.{}", number % 255),
        "ipv6" => format!("2001:db8::{:x}", number % 0xffff),
        "uri" | "url" | "iri" | "uri-reference" | "iri-reference" => format!("https://example.com/{number}"),
        "uuid" | "guid" => format!("5f0c1e52-93d4-4c1e-8f6b-{number:012x}"),
        "byte" | "binary" | "base64" => BYTES.to_owned(),
        "phone" | "phone-number" => format!("+1212555{:04}", number % 10_000),
        "int32" | "int64" | "integer" | "decimal" | "number" | "double" | "float" => number.to_string(),
        "json" => "{}".to_owned(),
        "json-pointer" => format!("/{number}"),
        _ if salt == 0 => PLAIN.to_owned(),
        _ => format!("{PLAIN}{number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(schema: Value, expected: &str) {
        assert_eq!(text(schema.as_object().unwrap(), 0), expected);
    }

    #[test]
    fn texts_fit() {
        check(json!({}), "example");
        check(json!({"format": "uuid"}), "5f0c1e52-93d4-4c1e-8f6b-000000000001");
        check(json!({"minLength": 10}), "examplexxx");
        check(json!({"maxLength": 2}), "ex");
        check(json!({"pattern": "^[A-Z]{3}$"}), "AAA");
        check(json!({"pattern": "(?<=x)y", "maxLength": 3}), "exa");
    }
}
