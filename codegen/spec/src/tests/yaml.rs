//! YAML as people and programs write it.

use super::{check, check_refused, check_warned};

#[test]
fn keys_keep_their_spelling() {
    check("200: a\n'404': b\n", r#"{"200":"a","404":"b"}"#);
    check("3.10: a\n007: b\n0x1F: c\n1e3: d\n", r#"{"007":"b","0x1F":"c","1e3":"d","3.10":"a"}"#);
    check(
        "2001-12-14: a\n12:30: b\n2001-12-14 21:59:43: c\n",
        r#"{"12:30":"b","2001-12-14":"a","2001-12-14 21:59:43":"c"}"#,
    );
    check("on: 1\nNO: 2\ny: 3\nTrue: 4\nnull: 5\n~: 6\n", r#"{"NO":2,"True":4,"null":5,"on":1,"y":3,"~":6}"#);
    check("\"a b\": 1\n'c: d': 2\n? e\n: 3\n", r#"{"a b":1,"c: d":2,"e":3}"#);
    check_warned("200: a\n\"200\": b\n", r#"{"200":"b"}"#, "2:1 duplicate-key: the key `200` occurs twice");
    check_refused("{id}: 1\n", "1:1 syntax: a key must be text");
    check_refused("? {id: 1}\n: 1\n", "1:3 syntax: a key must be text");
    check_refused("? [a]\n: 1\n", "1:3 syntax: a key must be text");
}

#[test]
fn what_yaml_1_1_took_for_something_else_is_text() {
    check("[yes, No, on, OFF, y, n]", r#"["yes","No","on","OFF","y","n"]"#);
    check("a: 190:20:30\nb: 1_000\nc: 0b11\n", r#"{"a":"190:20:30","b":"1_000","c":"0b11"}"#);
    check(
        "a: 2001-12-14\nb: 2001-12-14t21:59:43.10-05:00\n",
        r#"{"a":"2001-12-14","b":"2001-12-14t21:59:43.10-05:00"}"#,
    );
    check("a: .inf\nb: -.INF\nc: .nan\n", r#"{"a":".inf","b":"-.INF","c":".nan"}"#);
    check("a: =\nb: <<\n", r#"{"a":"=","b":"<<"}"#);
    check("%YAML 1.1\n---\na: yes\n", r#"{"a":"yes"}"#);
}

#[test]
fn numbers() {
    check("a: 0o14\nb: 014\nc: 0xFF\nd: +1\ne: .5\nf: 5.\n", r#"{"a":12,"b":14,"c":255,"d":1,"e":0.5,"f":5.0}"#);
    check(
        "a: 18446744073709551615\nb: -9223372036854775808\n",
        r#"{"a":18446744073709551615,"b":-9223372036854775808}"#,
    );
    let warning = "1:4 number-inexact: the number 18446744073709551616 does not fit";
    check_warned("a: 18446744073709551616\n", r#"{"a":1.8446744073709552e+19}"#, warning);
    check_warned("a: -1e400\n", r#"{"a":-1.7976931348623157e+308}"#, "1:4 number-inexact: the number -1e400");
}

#[test]
fn tags() {
    check("a: !!str 200\nb: !<tag:yaml.org,2002:str> 12\nc: ! 1\n", r#"{"a":"200","b":"12","c":"1"}"#);
    check("a: !!int \"3\"\nb: !!bool 'true'\nc: !!null ''\nd: !!float 3\n", r#"{"a":3,"b":true,"c":null,"d":3}"#);
    check("a: !Ref x\nb: !Sub\n  - y\nc: !!map {d: 1}\n", r#"{"a":"x","b":["y"],"c":{"d":1}}"#);
    check("a: !!timestamp 2001-01-01\nb: !!binary aGk=\n", r#"{"a":"2001-01-01","b":"aGk="}"#);
    check_refused("a: !e!x 1\n", "1:4 syntax: this is not well-formed YAML: the handle wasn't declared");
}

#[test]
fn anchors_and_merge_keys() {
    check("a: &x {k: 1}\nb: *x\nc: {<<: *x, m: 2}\n", r#"{"a":{"k":1},"b":{"k":1},"c":{"k":1,"m":2}}"#);
    check("&k a: 1\nb: *k\n", r#"{"a":1,"b":"a"}"#);
    check("a: &x 1\n*x : 2\n", r#"{"1":2,"a":1}"#);
    check(
        "x: &x {a: 1, b: 1}\ny:\n  <<: [*x, {b: 2, c: 2}]\n  a: 0\n",
        r#"{"x":{"a":1,"b":1},"y":{"a":0,"b":1,"c":2}}"#,
    );
    check("l: &l [{a: 1}]\nz:\n  <<: *l\n", r#"{"l":[{"a":1}],"z":{"a":1}}"#);
    check("z:\n  <<: {a: 1}\n  <<: {a: 2, b: 2}\n", r#"{"z":{"a":1,"b":2}}"#);
    check("a: {\"<<\": {b: 1}}\n", r#"{"a":{"<<":{"b":1}}}"#);
    check_refused("a:\n  <<: text\n", "2:7 syntax: `<<` merges an object");
    check_refused("a: *nowhere\n", "1:4 syntax: this is not well-formed YAML");
    check_refused("a: &a [*a]\n", "1:8 syntax: this alias has no anchor");
}

#[test]
fn of_two_equal_keys_the_last_counts() {
    check_warned("a: 1\nb: 2\na: {c: 3}\n", r#"{"a":{"c":3},"b":2}"#, "3:1 duplicate-key: the key `a` occurs twice");
    check("a: {b: 1}\nc: {b: 1}\n", r#"{"a":{"b":1},"c":{"b":1}}"#);
}

#[test]
fn tabs_that_mean_one_thing() {
    check("-\ta\n-\tb\n", r#"["a","b"]"#);
    check("a:\tb\nc:\t-1\nd:\t\te\n", r#"{"a":"b","c":-1,"d":"e"}"#);
    check("a: 1\t# c\n\t\n  \t# d\nb: 2\t\n", r#"{"a":1,"b":2}"#);
    check("a: \"x\ty\"\nb: 'x\ty'\nc: x\ty\nd: |\n  x\ty\n", r#"{"a":"x\ty","b":"x\ty","c":"x\ty","d":"x\ty\n"}"#);
    check("a: {\n\t\"b\": 1,\n\tc: [\n\t\td # e]\n\t]\n}\nf: [\n\t1\n\t]\n", r#"{"a":{"b":1,"c":["d"]},"f":[1]}"#);
}

#[test]
fn pasted_json_needs_no_indentation() {
    check(
        "a:\n  example: {\n\"b\": \"}'\",\n'c': '''{',\nd: it's # ]\n}\ne: 1\n",
        r#"{"a":{"example":{"b":"}'","c":"'{","d":"it's"}},"e":1}"#,
    );
    check("a: [1,\n2,\n3]\n", r#"{"a":[1,2,3]}"#);
    let many = "- a: {\n\"b\": 1\n  }\n".repeat(20);
    check(&many, &format!("[{}]", [r#"{"a":{"b":1}}"#; 20].join(",")));
}

#[test]
fn tabs_that_indent_are_shown() {
    let said = "syntax: a tab indents this line, and YAML is indented with spaces";
    check_refused("a:\n\tb: 1\n", &format!("2:1 {said}"));
    check_refused("a:\n  - b: 1\n\t  c: 2\n", &format!("3:1 {said}"));
    check_refused("a: b\n\tc\n", &format!("2:1 {said}"));
    check_refused("a: |\n\n\tx\n", &format!("3:1 {said}"));
    check_refused("a: \"x\n\ty\"\n", &format!("2:1 {said}"));
}

#[test]
fn only_the_first_document_is_read() {
    check("---\na: 1\n...\n", r#"{"a":1}"#);
    check("# c\n%YAML 1.2\n--- # d\na: 1\n...\n# e\n", r#"{"a":1}"#);
    check_warned("a: 1\n---\nb: 2\n", r#"{"a":1}"#, "2:1 several-documents: a second YAML document");
    check_warned("a: 1\n...\nb: [\n", r#"{"a":1}"#, "3:1 several-documents: a second YAML document");
}

#[test]
fn line_ends() {
    check("a: 1\r\nb: |\r\n  x\r\n  y\r\n", r#"{"a":1,"b":"x\ny\n"}"#);
    check("a: 1\rb: |\r  x\r  y\r", r#"{"a":1,"b":"x\ny\n"}"#);
    check("a: 1  \nb: x   \nc:  \n", r#"{"a":1,"b":"x","c":null}"#);
}

#[test]
fn text_of_every_kind() {
    check("\u{feff}a: é # ü\nb: '日本'\n", r#"{"a":"é","b":"日本"}"#);
    check("a: >-\n  x\n  y\n\n  z\nb: |+\n  x\n\n", r#"{"a":"x y\nz","b":"x\n\n"}"#);
    check(r#"a: "\x41\u00e9\U0001F600\/\0""#, r#"{"a":"Aé😀/\u0000"}"#);
    check("a: http://x/y#z\nb: x #y\n", r##"{"a":"http://x/y#z","b":"x"}"##);
    let long = "x".repeat(1 << 20);
    check(&format!("a: {long}\n"), &format!(r#"{{"a":"{long}"}}"#));
    check_refused("a: \"\\ud83d\\ude00\"\n", "1:4 syntax: this is not well-formed YAML: while parsing a quoted scalar");
    check_refused("a: 1\nb: \0\n", "2:4 syntax: this is not well-formed YAML: found unprintable character");
}

#[test]
fn nothing_is_no_document() {
    for text in ["", "  \n", "# a\n", "\u{feff}"] {
        check_refused(text, "1:1 syntax: this document is empty");
    }
}
