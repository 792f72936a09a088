//! Patterns that only decimal numbers match.

/// Whether a pattern is anchored and knows nothing but digits and a point.
pub(crate) fn is_decimal(pattern: &str) -> bool {
    let Some(inner) = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')) else { return false };
    let plain = inner.replace("\\d", "0").replace("\\.", "").replace("[.]", "").replace("0-9", "0").replace("1-9", "0");
    plain.contains('0') && plain.chars().all(|c| c.is_ascii_digit() || "[](){}?+*,|:".contains(c))
}

#[cfg(test)]
mod tests {
    use super::is_decimal;

    #[test]
    fn patterns_of_decimals() {
        for good in [r"^\d+$", r"^[0-9]+(\.[0-9]{1,2})?$", r"^(0|[1-9]\d*)[.]\d\d$"] {
            assert!(is_decimal(good), "{good}");
        }
        for bad in ["", r"\d+", r"^\w+$", r"^\$\d+$", r"^.*$", r"^\d+ USD$"] {
            assert!(!is_decimal(bad), "{bad}");
        }
    }
}
