//! Limits of numbers, lengths and counts.

use serde_json::Number;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A limit and whether it is itself out of bounds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound<'s> {
    keyword: &'static str,
    value: &'s Number,
}

/// What is limited, and from which side.
type Side = (&'static str, End);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Low,
    High,
}

/// Keyword, what it limits, from which side.
const KEYWORDS: [(&str, &str, End); 12] = [
    ("minimum", "value", End::Low),
    ("exclusiveMinimum", "value", End::Low),
    ("maximum", "value", End::High),
    ("exclusiveMaximum", "value", End::High),
    ("minLength", "length", End::Low),
    ("maxLength", "length", End::High),
    ("minItems", "items", End::Low),
    ("maxItems", "items", End::High),
    ("minProperties", "properties", End::Low),
    ("maxProperties", "properties", End::High),
    ("minContains", "matches", End::Low),
    ("maxContains", "matches", End::High),
];

/// The tightest limits.
#[derive(Debug, Clone, Default)]
pub(super) struct Bounds<'s>(BTreeMap<Side, Bound<'s>>);

impl<'s> Bounds<'s> {
    /// Takes a keyword if it is a limit.
    pub(super) fn add(&mut self, keyword: &str, value: &'s Number) -> bool {
        let Some((keyword, what, end)) = KEYWORDS.into_iter().find(|(name, ..)| *name == keyword) else { return false };
        // Nothing has fewer than no characters.
        if end == End::Low && what != "value" && what != "matches" && compare(value, &Number::from(0)).is_le() {
            return true;
        }
        let bound = Bound { keyword, value };
        let tightest = self.0.entry((what, end)).or_insert(bound);
        if bound.tightness(tightest, end) == Ordering::Greater {
            *tightest = bound;
        }
        true
    }

    /// The limits that differ: how, before, after. `Greater` where the new one is tighter.
    pub(super) fn differences(&self, new: &Bounds<'s>) -> Vec<(Ordering, Option<String>, Option<String>)> {
        let sides: std::collections::BTreeSet<_> = self.0.keys().chain(new.0.keys()).copied().collect();
        let differences = sides.into_iter().map(|side| {
            let (old, new) = (self.0.get(&side), new.0.get(&side));
            let order = match (old, new) {
                (Some(old), Some(new)) => new.tightness(old, side.1),
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (None, None) => Ordering::Equal,
            };
            (order, old.map(Bound::words), new.map(Bound::words))
        });
        differences.filter(|(order, ..)| order.is_ne()).collect()
    }
}

impl Bound<'_> {
    fn tightness(&self, other: &Bound<'_>, end: End) -> Ordering {
        let order = compare(self.value, other.value);
        let order = if end == End::High { order.reverse() } else { order };
        let exclusive = |bound: &Bound<'_>| bound.keyword.starts_with("exclusive");
        order.then(exclusive(self).cmp(&exclusive(other)))
    }

    fn words(&self) -> String {
        format!("{} {}", self.keyword, self.value)
    }
}

/// By value: exactly where both are integers.
fn compare(a: &Number, b: &Number) -> Ordering {
    let whole = |n: &Number| n.as_i64().map(i128::from).or_else(|| n.as_u64().map(i128::from));
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal),
    }
}

/// A number that can divide.
pub(super) fn divisor(number: &Number) -> Option<&Number> {
    number.as_f64().is_some_and(|n| n > 0.0).then_some(number)
}

/// Whether every multiple of `a` is one of `b`.
pub(super) fn is_multiple(a: &Number, b: &Number) -> bool {
    let (Some(a), Some(b)) = (a.as_f64(), b.as_f64()) else { return false };
    let ratio = a / b;
    ratio.is_finite() && (ratio - ratio.round()).abs() < 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// What is said of `new` after `old`.
    #[track_caller]
    fn check(old: &Value, new: &Value, expected: &[(Ordering, &str, &str)]) {
        let read = |value: &'static Value| {
            let mut bounds = Bounds::default();
            for (keyword, value) in value.as_object().unwrap() {
                assert!(bounds.add(keyword, value.as_number().unwrap()));
            }
            bounds
        };
        let leak = |value: &Value| -> &'static Value { Box::leak(Box::new(value.clone())) };
        let found = read(leak(old)).differences(&read(leak(new)));
        let found: Vec<_> =
            found.iter().map(|(o, a, b)| (*o, a.as_deref().unwrap_or(""), b.as_deref().unwrap_or(""))).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn tighter_and_looser() {
        use Ordering::{Greater, Less};
        check(&json!({"minimum": 1, "maximum": 9}), &json!({"minimum": 1.0, "maximum": 9}), &[]);
        check(&json!({"minimum": 1}), &json!({"minimum": 2}), &[(Greater, "minimum 1", "minimum 2")]);
        check(&json!({"maximum": 1}), &json!({"maximum": 2}), &[(Less, "maximum 1", "maximum 2")]);
        check(&json!({"minimum": 0}), &json!({"exclusiveMinimum": 0}), &[(Greater, "minimum 0", "exclusiveMinimum 0")]);
        check(&json!({"minLength": 0}), &json!({}), &[]);
        check(&json!({}), &json!({"maxLength": 5}), &[(Greater, "", "maxLength 5")]);
        check(
            &json!({"maximum": 9007199254740993_u64}),
            &json!({"maximum": 9007199254740992_u64}),
            &[(Greater, "maximum 9007199254740993", "maximum 9007199254740992")],
        );
    }

    #[test]
    fn multiples() {
        let number = |text: &str| text.parse::<Number>().unwrap();
        assert!(is_multiple(&number("0.3"), &number("0.1")));
        assert!(is_multiple(&number("10"), &number("5")));
        assert!(!is_multiple(&number("5"), &number("10")));
    }
}
