//! What is refused, and why.

use super::*;

#[track_caller]
fn check_error(text: &str, code: crate::Code) {
    let (_, diagnostics) = parse(text, FileId(0));
    assert_eq!(diagnostics.first().map(|d| d.code), Some(code), "{text:.40}");
}

#[test]
fn a_bracket_that_is_not_closed() {
    let (_, found) = parse("a: [1, 2\nb: 3\n", FileId(0));
    assert!(found[0].help.as_ref().unwrap().contains("brackets"), "{found:?}");
}

#[test]
fn what_is_refused() {
    check_error("a: [1\nb: 2", codes::SYNTAX);
    check_error("", codes::SYNTAX);
    check_error("? [1]\n: 2", codes::SYNTAX);
    check_error("a: *nowhere", codes::SYNTAX);
    check_error(&"[".repeat(300), codes::TOO_LARGE);
}

#[test]
fn a_billion_laughs_are_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let refs = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
    }
    check_error(&text, codes::TOO_LARGE);
}

#[test]
fn a_long_text_is_not_copied_without_end() {
    let text = |key: String, uses: &str| format!("{key}\nb: [{}]\n", vec![uses; 3000].join(", "));
    check_error(&text(format!("a: &a {}", "x".repeat(1_000_000)), "*a"), codes::TOO_LARGE);
    check_error(&text(format!("a: &a {{{}: 1}}", "x".repeat(1_000_000)), "*a"), codes::TOO_LARGE);
}

#[test]
fn aliases_do_not_deepen_a_document_without_end() {
    let mut text = String::from("a0: &a0 []\n");
    for level in 1..100 {
        text.push_str(&format!("a{level}: &a{level} {}*a{}{}\n", "[".repeat(90), level - 1, "]".repeat(90)));
    }
    check_error(&text, codes::TOO_LARGE);
}
