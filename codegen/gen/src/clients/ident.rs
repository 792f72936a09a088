//! Names that Rust accepts, and that heck's casing, typify's, leaves as they are.

use std::collections::BTreeSet;

/// `findPetsByStatus`, `X-Request-ID` and `HTTPServer` become `find_pets_by_status`, `x_request_id`, `http_server`.
/// Starts with a letter; may be a keyword.
pub(super) fn snake(text: &str) -> String {
    let name = words(text).join("_").to_ascii_lowercase();
    match name.chars().next() {
        Some(c) if c.is_ascii_alphabetic() => name,
        Some(_) => format!("x{name}"),
        None => "x".to_owned(),
    }
}

/// `FindPetsByStatus`. Starts with a letter.
pub(super) fn pascal(text: &str) -> String {
    let name: String = words(text).iter().map(|word| capitalised(word)).collect();
    match name.chars().next() {
        Some(c) if c.is_ascii_alphabetic() => name,
        Some(_) => format!("X{name}"),
        None => "X".to_owned(),
    }
}

/// What stays of a name when casing and separators don't count. Names that differ here differ in Rust, in any casing.
pub(super) fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + &letters.as_str().to_ascii_lowercase())
        .unwrap_or_default()
}

/// Splits at everything but ASCII letters and digits, before a capital that follows a small letter or a digit, and
/// before the last capital of a run that a small letter follows.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut letters = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = letters.next() {
        if !c.is_ascii_alphanumeric() {
            words.extend(Some(std::mem::take(&mut word)).filter(|w| !w.is_empty()));
        } else {
            let starts = c.is_ascii_uppercase()
                && (before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || before.is_ascii_uppercase() && letters.peek().is_some_and(char::is_ascii_lowercase));
            if starts {
                words.extend(Some(std::mem::take(&mut word)).filter(|w| !w.is_empty()));
            }
            word.push(c);
        }
        before = c;
    }
    words.extend(Some(word).filter(|w| !w.is_empty()));
    words
}

/// A set of names in which none is another in other casing.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A set in which `reserved` are taken from the start.
    pub(super) fn with_reserved(reserved: &[&str]) -> Self {
        Names { taken: reserved.iter().map(|name| folded(name)).collect() }
    }

    /// `wanted`, or `wanted` with the first number that makes it new.
    pub(super) fn claim(&mut self, wanted: String, separator: &str) -> String {
        if self.taken.insert(folded(&wanted)) {
            return wanted;
        }
        // Ends: each number is tried once, and the set is finite.
        let mut number = 2_usize;
        loop {
            let name = format!("{wanted}{separator}{number}");
            if self.taken.insert(folded(&name)) {
                return name;
            }
            number += 1;
        }
    }
}

/// Type names that mean something else wherever generated code stands.
const PRELUDE: &[&str] = &[
    "Self",
    "Error",
    "Result",
    "Ok",
    "Err",
    "Option",
    "Some",
    "None",
    "String",
    "Vec",
    "Box",
    "From",
    "Into",
    "TryFrom",
    "TryInto",
    "Default",
    "Clone",
    "Copy",
    "Debug",
    "Display",
    "Drop",
    "Eq",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Fn",
    "FnMut",
    "FnOnce",
    "FromStr",
    "Iterator",
    "IntoIterator",
    "ToString",
    "ToOwned",
    "AsRef",
    "AsMut",
    "Send",
    "Sync",
    "Sized",
    "Unpin",
    "Future",
    "Extend",
    "Deref",
    "Serialize",
    "Deserialize",
    "Client",
    "Value",
    "Static",
];

/// Names for types: Pascal case, none a prelude name.
#[derive(Debug, Default)]
pub(super) struct TypeNames(Names);

impl TypeNames {
    /// A type name made of `wanted`, as near to it as can be.
    pub(super) fn claim(&mut self, wanted: &str) -> String {
        let mut name = pascal(wanted);
        if PRELUDE.iter().any(|p| p.eq_ignore_ascii_case(&name)) {
            name.push_str("Model");
        }
        self.0.claim(name, "N")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, as_snake: &str, as_pascal: &str) {
        assert_eq!((snake(text).as_str(), pascal(text).as_str()), (as_snake, as_pascal));
    }

    #[test]
    fn words_are_found_in_any_style() {
        check("findPetsByStatus", "find_pets_by_status", "FindPetsByStatus");
        check("X-Request-ID", "x_request_id", "XRequestId");
        check("HTTPServer2Go", "http_server2_go", "HttpServer2Go");
        check("filter[name]", "filter_name", "FilterName");
        check("3d", "x3d", "X3d");
        check("été", "t", "T");
        check("", "x", "X");
    }

    #[test]
    fn no_two_names_differ_by_casing_alone() {
        let mut names = TypeNames::default();
        let claimed: Vec<_> = ["Foo_Bar", "FooBar", "foobar", "Error", "Foo"].iter().map(|n| names.claim(n)).collect();
        assert_eq!(claimed, ["FooBar", "FooBarN2", "FoobarN3", "ErrorModel", "Foo"]);
    }
}
