//! Alternatives without a name.

use super::shapes::check_named;

/// The property `name` from one list of alternatives to another.
#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    check_named([from, ""], [to, ""], expected);
}

const X: &str = "{ type: object, properties: { x: { type: string } } }";
const Y: &str = "{ type: object, properties: { y: { type: string } } }";
const SHORT: &str = "{ type: string, maxLength: 3 }";
const WORD: &str = "{ type: string, pattern: a }";

#[test]
fn parts_that_change_places() {
    for (from, to) in [
        (format!("{{ oneOf: [{X}, {Y}] }}"), format!("{{ oneOf: [{Y}, {X}] }}")),
        (
            format!("{{ anyOf: [{{ anyOf: [{X}, {Y}] }}, {{ anyOf: [{SHORT}, {WORD}] }}] }}"),
            format!("{{ anyOf: [{{ anyOf: [{WORD}, {SHORT}] }}, {{ anyOf: [{Y}, {X}] }}] }}"),
        ),
        (
            format!("{{ allOf: [{{ anyOf: [{X}, {Y}] }}, {{ anyOf: [{SHORT}, {WORD}] }}] }}"),
            format!("{{ allOf: [{{ anyOf: [{WORD}, {SHORT}] }}, {{ anyOf: [{Y}, {X}] }}] }}"),
        ),
        (format!("{{ not: {{ anyOf: [{X}, {Y}] }} }}"), format!("{{ not: {{ anyOf: [{Y}, {X}] }} }}")),
    ] {
        check(&from, &to, &[]);
    }
}

#[test]
fn parts_that_stand_there_twice() {
    let (once, twice) = (format!("{{ anyOf: [{X}, {Y}] }}"), format!("{{ anyOf: [{X}, {Y}, {X}] }}"));
    check(&twice, &twice, &[]);
    check(&twice, &format!("{{ anyOf: [{Y}, {X}, {X}] }}"), &[]);
    check(&once, &twice, &[]);
    check(&twice, &once, &[]);
}

/// What nothing but its place tells apart is compared with what stands there now.
#[test]
fn parts_that_keep_their_places() {
    let more = |part: &str| part.replace("properties: {", "properties: { n: { type: string },");
    check(
        &format!("{{ anyOf: [{SHORT}, {X}, {Y}] }}"),
        &format!("{{ anyOf: [{}, {}, {SHORT}] }}", more(X), more(Y)),
        &[
            "> property-added /|57d4c4/n",
            "< property-added /|57d4c4/n",
            "> property-added /|df0cd7/n",
            "< property-added /|df0cd7/n",
        ],
    );
    // One less: whose place was whose, nobody knows.
    check(
        &format!("{{ anyOf: [{SHORT}, {X}, {Y}] }}"),
        &format!("{{ anyOf: [{}, {SHORT}] }}", more(X)),
        &[
            "!> alternative-removed /|57d4c4",
            "< alternative-removed /|57d4c4",
            "!> alternative-removed /|df0cd7",
            "< alternative-removed /|df0cd7",
            "> alternative-added /|object",
            "!< alternative-added /|object",
        ],
    );
}

#[test]
fn one_list_of_alternatives_more() {
    let one = format!("{{ allOf: [{{ anyOf: [{SHORT}, {WORD}] }}, {{ minLength: 1 }}] }}");
    let two = format!(
        "{{ allOf: [{{ anyOf: [{{ minLength: 2 }}, {{ format: uuid }}] }}, {{ anyOf: [{WORD}, {SHORT}] }}, {{ minLength: 1 }}] }}"
    );
    check(&one, &two, &["!> constraint-changed", "< constraint-changed"]);
    check(&two, &one, &["> constraint-changed", "!< constraint-changed"]);
}
