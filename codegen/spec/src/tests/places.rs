//! Where things stand, and what holds for texts of ours.

use crate::{Kind, Node, Sources, parse, parse_document};

/// The text of a node, as the document has it.
#[track_caller]
fn check(text: &str, pointer: &str, expected: &str) {
    let mut sources = Sources::default();
    let file = sources.add("f", text);
    let root = parse_document(&sources, file).0.unwrap();
    let span = root.pointer(pointer).unwrap().span;
    assert_eq!(&text[span.start..span.end], expected);
}

#[test]
fn places_are_bytes() {
    check("\u{feff}é: ü # ß\nkey: 'välue' # c\n", "/key", "'välue'");
    check("\u{feff}{\"é\": \"ü\", \"key\": \"välue\"}", "/key", "\"välue\"");
    check("a:\r\n  b: 1\r\n  c: 2\r\n\r\nd: 3\r\n", "/a", "b: 1\r\n  c: 2");
    check("a:\n  - b\n  - c: 1\n\nd: 3\n", "/a", "- b\n  - c: 1");
    check("a: &x {k: é}\nb: [*x, 1]\nc: 2\n", "/b", "[*x, 1]");
}

#[test]
fn what_is_mended_keeps_its_place() {
    check("é: {\n\t\"b\": 1, # ü\n\tc: [\n\"ß\"]\n}\nd:\tx\n", "/é/c", "[\n\"ß\"]");
    check("é: {\n\t\"b\": 1, # ü\n\tc: [\n\"ß\"]\n}\nd:\tx\n", "/d", "x");
}

/// Two equal keys in a text of ours are an error, and so is a second document.
#[test]
fn our_own_texts_say_one_thing() {
    for (text, errors) in
        [("a: 1\na: 2\n", 1), ("{\"a\": 1, \"a\": 2}", 1), ("a: 1\n---\nb: 1\n", 1), ("a: 1e400\n", 0)]
    {
        let mut sources = Sources::default();
        let file = sources.add("f", text);
        let found = |(_, found): (Option<Node>, Vec<crate::Diagnostic>)| found.iter().filter(|d| d.is_error()).count();
        assert_eq!(found(parse(&sources, file)), errors, "{text}");
        assert_eq!(found(parse_document(&sources, file)), 0, "{text}");
    }
}

/// Each anchor keeps a copy, which counts; else nested anchors would fill the memory.
#[test]
fn nested_anchors_are_bounded() {
    let mut text = String::new();
    for level in 0..150 {
        text.push_str(&format!("{}a{level}: &a{level}\n", " ".repeat(level)));
    }
    let items = format!("{}- [{}]\n", " ".repeat(150), "1, ".repeat(1000));
    text.push_str(&items.repeat(100));
    let mut sources = Sources::default();
    let file = sources.add("f", text);
    let (root, found) = parse_document(&sources, file);
    assert!(root.is_none() && found[0].code == crate::codes::TOO_LARGE, "{found:?}");
}

#[test]
fn large_objects_are_read_in_linear_time() {
    let members: String = (0..200_000).map(|at| format!("  k{at}: 1\n")).collect();
    let text = format!("a: &a\n{members}b:\n  <<: *a\n");
    let mut sources = Sources::default();
    let file = sources.add("f", text);
    let root = parse_document(&sources, file).0.unwrap();
    assert!(matches!(&root.get("b").unwrap().kind, Kind::Object(members) if members.len() == 200_000));
}
