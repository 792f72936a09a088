//! JSON as people and programs write it.

use super::{check, check_refused, check_warned};

#[test]
fn what_may_stand_around_it() {
    check("\u{feff}{\"a\": 1}", r#"{"a":1}"#);
    check("\r\n\t{\r\n\t\"a\":\t[1,\r\n\t2]}\r", r#"{"a":[1,2]}"#);
    check(r#"{"a": [1, 2,], "b": {"c": 3,},}"#, r#"{"a":[1,2],"b":{"c":3}}"#);
}

#[test]
fn comments_are_read_over() {
    let said = "syntax: JSON has no comments";
    check_warned("{\n// c\n\"a\": 1 // {\n}", r#"{"a":1}"#, &format!("2:1 {said}"));
    check_warned("/* c\n */ {\"a\": \"//\" /**/}", r#"{"a":"//"}"#, &format!("1:1 {said}"));
    check("{/pets: {get: 1}}", r#"{"/pets":{"get":1}}"#);
    let (read, found) = super::read("{\"a\": 1, // c\n b: 2}");
    assert_eq!((read, found.len()), (None, 2), "{found:?}");
}

#[test]
fn flow_style_yaml_begins_like_json() {
    check("{a: 1, 'b': [x, y]}", r#"{"a":1,"b":["x","y"]}"#);
    check("{\"a\": b, \"c\": +1}", r#"{"a":"b","c":1}"#);
    check_warned("{\"a\": 1}\n---\n{\"b\": 2}", r#"{"a":1}"#, "2:1 several-documents");
}

#[test]
fn what_begins_like_json_is_told_as_json() {
    check_refused("{\"a\": 1\n \"b\": 2}", "2:2 syntax: this is not well-formed JSON: `,` or `}` is missing here");
    check_refused("{\"a\": 1}{", "1:9 syntax: this is not well-formed JSON: there is more text");
    check_refused("{a: 1, b: [x}", "1:13 syntax: this is not well-formed YAML");
}

#[test]
fn numbers_keep_their_value_or_say_so() {
    check(
        "[18446744073709551615, 9223372036854775808, -0.1, 1E+2, 0]",
        "[18446744073709551615,9223372036854775808,-0.1,100.0,0]",
    );
    for (literal, value) in [
        ("18446744073709551616", "1.8446744073709552e+19"),
        ("-9223372036854775809", "-9.223372036854776e+18"),
        ("1e400", "1.7976931348623157e+308"),
    ] {
        let warning = format!("1:2 number-inexact: the number {literal} does not fit into 64 bits");
        check_warned(&format!("[{literal}]"), &format!("[{value}]"), &warning);
    }
    check("[1e-400]", "[0.0]");
}

#[test]
fn strings() {
    check(r#"{"a": "\ud83d\ude00\u0000\/\"\\"}"#, r#"{"a":"😀\u0000/\"\\"}"#);
    check_warned(r#"{"a": "\ud800x"}"#, "{\"a\":\"\u{fffd}x\"}", "1:7 syntax: this string holds");
    check_warned("{\"a\": \"x\ty\nz\"}", r#"{"a":"x\ty\nz"}"#, "1:7 syntax: this string holds");
    check_refused(r#"{"a": "\q"}"#, "1:7 syntax: this is not well-formed JSON: this string has an unknown escape");
}

#[test]
fn of_two_equal_keys_the_last_counts() {
    check_warned(r#"{"a": 1, "b": 2, "a": {"c": 3}}"#, r#"{"a":{"c":3},"b":2}"#, "1:18 duplicate-key: the key `a`");
}
