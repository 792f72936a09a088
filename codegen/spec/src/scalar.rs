//! What a plain YAML scalar means, by the core schema of YAML 1.2, and what number a literal stands for.

use crate::{Diagnostic, Kind, Span, codes};
use serde_json::Number;

/// Resolves a plain scalar. Dates, versions like `1.2.3` and YAML 1.1's `yes` are text.
pub(crate) fn resolve(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "true" | "True" | "TRUE" => return Kind::Bool(true),
        "false" | "False" | "FALSE" => return Kind::Bool(false),
        _ => {}
    }
    plain_number(text).map_or_else(|| Kind::String(text.to_owned()), Kind::Number)
}

fn plain_number(text: &str) -> Option<Number> {
    let radix = |prefix: &str, radix| {
        let digits = text.strip_prefix(prefix).filter(|digits| !digits.starts_with(['+', '-']))?;
        u64::from_str_radix(digits, radix).ok().map(Number::from)
    };
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
    number(text.strip_prefix('+').unwrap_or(text))
}

/// The number of a decimal literal, or the nearest that a value can hold.
pub(crate) fn number(literal: &str) -> Option<Number> {
    if let Ok(signed) = literal.parse::<i64>() {
        return Some(signed.into());
    }
    if let Ok(unsigned) = literal.parse::<u64>() {
        return Some(unsigned.into());
    }
    Number::from_f64(literal.parse::<f64>().ok()?.clamp(f64::MIN, f64::MAX))
}

/// Whether a literal's number is another than the one it was read as: a whole number of more than 64 bits, or one beyond
/// every float. That the digits of a fraction are rounded surprises nobody.
pub(crate) fn is_inexact(literal: &str, number: &Number) -> bool {
    let Some(float) = number.as_f64().filter(|_| number.is_f64()) else { return false };
    float.abs() == f64::MAX || literal.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+'))
}

/// What is said of such a number.
pub(crate) fn inexact(literal: &str, number: &Number, span: Span) -> Diagnostic {
    let shown: String = literal.chars().take(40).collect();
    let message = format!("the number {shown} does not fit into 64 bits, and is read as {number}");
    Diagnostic::warning(codes::NUMBER_INEXACT, message, span)
        .help("leave it out where it only says \"any number\"; put it in quotes where it is a name or an identifier")
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
        check("1e400", "1.7976931348623157e+308");
    }

    #[test]
    fn numbers_that_change() {
        let is_inexact = |literal| is_inexact(literal, &number(literal).unwrap());
        for literal in ["9223372036854775808", "-9223372036854775808", "0.1000000000000000055", "1e300"] {
            assert!(!is_inexact(literal), "{literal}");
        }
        for literal in ["18446744073709551616", "-9223372036854775809", "1e400", "-1e400"] {
            assert!(is_inexact(literal), "{literal}");
        }
    }
}
