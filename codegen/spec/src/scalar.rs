//! What a plain YAML scalar means, by the core schema of YAML 1.2.

use crate::Kind;
use serde_json::Number;

/// Resolves a plain scalar. Dates, versions like `1.2.3` and YAML 1.1's `yes` are text.
pub(crate) fn resolve(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "true" | "True" | "TRUE" => return Kind::Bool(true),
        "false" | "False" | "FALSE" => return Kind::Bool(false),
        _ => {}
    }
    number(text).map_or_else(|| Kind::String(text.to_owned()), Kind::Number)
}

fn number(text: &str) -> Option<Number> {
    let radix = |prefix: &str, radix| u64::from_str_radix(text.strip_prefix(prefix)?, radix).ok().map(Number::from);
    if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Some(number);
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        || !digits.contains(|c: char| c.is_ascii_digit())
        || !digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'))
    {
        return None;
    }
    let plain = text.strip_prefix('+').unwrap_or(text);
    if let Ok(signed) = plain.parse::<i64>() {
        return Some(signed.into());
    }
    if let Ok(unsigned) = plain.parse::<u64>() {
        return Some(unsigned.into());
    }
    plain.parse::<f64>().ok().and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, json: &str) {
        let span = crate::Span::whole(crate::FileId(0));
        assert_eq!(crate::Node { span, kind: resolve(text) }.to_json().to_string(), json, "{text}");
    }

    #[test]
    fn core_schema() {
        check("12", "12");
        check("-1.5e3", "-1500.0");
        check("0x1F", "31");
        check("18446744073709551615", "18446744073709551615");
        check("~", "null");
        check("True", "true");
        check("2024-01-01", r#""2024-01-01""#);
        check("1.2.3", r#""1.2.3""#);
        check("yes", r#""yes""#);
        check(".inf", r#"".inf""#);
        check("e5", r#""e5""#);
        check("-", r#""-""#);
        check("+1", "1");
        check("007", "7");
    }
}
