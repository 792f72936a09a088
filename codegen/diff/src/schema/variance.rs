//! What becomes of a value's schema when a schema within it takes more.

use crate::found::Shift;
use serde_json::{Map, Value};

/// How a change of a schema shows where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Variance {
    /// As it is: who takes more makes the whole take more.
    Same,
    /// The other way round, as under `not`.
    Reversed,
    /// Either way, as under `if`, where more that fits means more for `then` and less for `else`.
    Unknown,
}

impl Variance {
    /// That of a schema under `keyword` of `object`, which itself stands as this says.
    pub(super) fn under(self, keyword: &str, object: &Map<String, Value>) -> Self {
        match keyword {
            "not" => self.then(Variance::Reversed),
            "if" => self.then(Variance::Unknown),
            // With more elements that match there may be too many.
            "contains" if object.contains_key("maxContains") => self.then(Variance::Unknown),
            _ => self,
        }
    }

    /// That of a schema which stands as `inner` says in one that stands as this says.
    pub(super) fn then(self, inner: Variance) -> Self {
        match (self, inner) {
            (Variance::Same, other) | (other, Variance::Same) => other,
            (Variance::Reversed, Variance::Reversed) => Variance::Same,
            _ => Variance::Unknown,
        }
    }

    /// What stands in two places.
    pub(super) fn or(self, other: Variance) -> Self {
        if self == other { self } else { Variance::Unknown }
    }

    /// How the whole changed where the schema changed so.
    pub(super) fn shift(self, shift: Shift) -> Shift {
        match (self, shift) {
            (Variance::Same, shift) => shift,
            (Variance::Reversed, Shift::Narrowed) => Shift::Widened,
            (Variance::Reversed, Shift::Widened) => Shift::Narrowed,
            _ => Shift::Changed,
        }
    }

    /// Behind the name of a schema in a sentence.
    pub(super) fn words(self) -> &'static str {
        match self {
            Variance::Same => "",
            Variance::Reversed => " under `not`",
            Variance::Unknown => " under a condition",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn twice_the_other_way_round_is_as_it_was() {
        let object = json!({"maxContains": 2});
        let under = |keywords: &[&str]| {
            let object = object.as_object().unwrap();
            keywords.iter().fold(Variance::Same, |variance, keyword| variance.under(keyword, object))
        };
        assert_eq!(under(&["not", "then", "not"]), Variance::Same);
        assert_eq!(under(&["not", "not", "not"]), Variance::Reversed);
        assert_eq!(under(&["if", "not"]), Variance::Unknown);
        assert_eq!(under(&["contains"]), Variance::Unknown);
        assert_eq!(Variance::Same.under("contains", &Map::new()), Variance::Same);
        assert_eq!(Variance::Unknown.shift(Shift::Narrowed), Shift::Changed);
    }
}
