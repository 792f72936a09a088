//! Fresh ids that look like the ones of a provider.

use serde_json::Value;
use uuid::Uuid;

/// An id of the same form as `example` that `taken` does not know.
///
/// A UUID gives a UUID, a number a number. In other text, what stands behind the last separator is replaced character by
/// character (a digit by a digit, a letter by a letter of its case), so that `ride_5c81` keeps its prefix and its length
/// and still fits the provider's pattern.
pub(crate) fn like(example: Option<&Value>, serial: u64, taken: impl Fn(&str) -> bool) -> Value {
    match example {
        Some(Value::Number(_)) => {
            let mut id = 100_000 + serial;
            while taken(&id.to_string()) {
                id += 1;
            }
            id.into()
        }
        Some(Value::String(text)) if Uuid::try_parse(text).is_err() => {
            // Short forms run out; then the whole id is as long as it must be to be new.
            let id = (0..100).map(|_| same_form(text, Uuid::now_v7().as_u128())).find(|id| !taken(id));
            id.unwrap_or_else(|| format!("{text}{}", Uuid::now_v7().simple())).into()
        }
        _ => Uuid::now_v7().to_string().into(),
    }
}

fn same_form(example: &str, seed: u128) -> String {
    let start = example.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    // The random bits of a version 7 UUID are its low 62; a linear congruential step spreads them over all positions.
    let mut state = (seed & u128::from(u64::MAX >> 2)) as u64;
    let mut draw = |from: u8, choices: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(from + u8::try_from((state >> 33) % choices).unwrap_or(0))
    };
    let (kept, replaced) = example.split_at_checked(start).unwrap_or((example, ""));
    let fresh = replaced.chars().map(|c| match c {
        '0'..='9' => draw(b'0', 10),
        // Only the letters of hexadecimal digits, which most patterns allow.
        'a'..='z' => draw(b'a', 6),
        'A'..='Z' => draw(b'A', 6),
        other => other,
    });
    kept.chars().chain(fresh).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn form(example: &str) -> String {
        let id = like(Some(&json!(example)), 1, |id| id == example);
        let id = id.as_str().expect("text stays text").to_owned();
        assert_ne!(id, example);
        id.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect()
    }

    #[test]
    fn an_id_keeps_its_form() {
        assert_eq!(form("ride_5081"), "ride_9999");
        assert_eq!(form("ord-2026-000017"), "ord-9999-999999");
        assert_eq!(form("417882"), "999999");
        assert!(
            Uuid::try_parse(like(Some(&json!("c2d9a7c4-6f0e-4b57-8c35-9f1e6b7a2d03")), 1, |_| false).as_str().unwrap())
                .is_ok()
        );
        assert!(Uuid::try_parse(like(None, 1, |_| false).as_str().unwrap()).is_ok());
        assert_eq!(like(Some(&json!(7)), 5, |id| id == "100005"), json!(100_006));
    }

    #[test]
    fn a_form_that_has_run_out_grows() {
        assert!(like(Some(&json!("x-1")), 1, |id| id.len() == 3).as_str().unwrap().starts_with("x-1"));
    }
}
