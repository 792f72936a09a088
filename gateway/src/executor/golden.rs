//! The table of the OpenAPI Specification 3.0.3 ("Style Examples"), and what it leaves open.
//!
//! The table shows values as a reader decodes them, so the wire is decoded before it is compared; how it is encoded is
//! checked apart. Members of objects go out by name: B, G, R.

use super::*;
use crate::executor::{header, path, query};
use serde_json::json;
use uaps_model::{Param, Place, Style};

pub(super) fn param(name: &str, place: Place, style: Style, explode: bool, schema: Value) -> Param {
    Param {
        name: name.into(),
        key: name.into(),
        place,
        required: place == Place::Path,
        style,
        explode,
        allow_reserved: false,
        json: false,
        schema,
    }
}

/// What goes over the wire for the parameter `color`.
fn wire(place: Place, style: Style, explode: bool, value: &Value) -> String {
    let param = param("color", place, style, explode, json!(true));
    let pairs = |pairs: Vec<(String, String)>, between| {
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(between)
    };
    match place {
        Place::Path => path::write(&param, value).unwrap(),
        Place::Query => {
            let mut found = Vec::new();
            query::write(&param, value, &mut found).unwrap();
            pairs(found, "&")
        }
        Place::Header => header::header(&param, value).unwrap().unwrap_or_default(),
        Place::Cookie => {
            let mut found = Vec::new();
            header::cookie(&param, value, &mut found);
            pairs(found, "; ")
        }
    }
}

/// The four columns of the table: empty, string, array, object. `None` is "n/a".
#[track_caller]
fn check(place: Place, style: Style, explode: bool, row: [Option<&str>; 4]) {
    let values = [json!(""), json!("blue"), json!(["blue", "black", "brown"]), json!({"R": 100, "G": 200, "B": 150})];
    for (value, expected) in values.iter().zip(row) {
        if let Some(expected) = expected {
            let found = encode::decode(&wire(place, style, explode, value)).unwrap();
            assert_eq!(found, expected, "{style:?} {explode} {value}");
        }
    }
}

#[test]
fn the_table_of_the_specification() {
    use Place::*;
    let row = |a: &'static str, b, c, d| [Some(a), Some(b), Some(c), Some(d)];
    check(
        Path,
        Style::Matrix,
        false,
        row(";color", ";color=blue", ";color=blue,black,brown", ";color=B,150,G,200,R,100"),
    );
    check(
        Path,
        Style::Matrix,
        true,
        row(";color", ";color=blue", ";color=blue;color=black;color=brown", ";B=150;G=200;R=100"),
    );
    check(Path, Style::Label, false, row(".", ".blue", ".blue.black.brown", ".B.150.G.200.R.100"));
    check(Path, Style::Label, true, row(".", ".blue", ".blue.black.brown", ".B=150.G=200.R=100"));
    check(Query, Style::Form, false, row("color=", "color=blue", "color=blue,black,brown", "color=B,150,G,200,R,100"));
    check(
        Query,
        Style::Form,
        true,
        row("color=", "color=blue", "color=blue&color=black&color=brown", "B=150&G=200&R=100"),
    );
    check(Cookie, Style::Form, false, row("color=", "color=blue", "color=blue,black,brown", "color=B,150,G,200,R,100"));
    check(
        Cookie,
        Style::Form,
        true,
        row("color=", "color=blue", "color=blue; color=black; color=brown", "B=150; G=200; R=100"),
    );
    for place in [Path, Header] {
        check(place, Style::Simple, false, [None, Some("blue"), Some("blue,black,brown"), Some("B,150,G,200,R,100")]);
        check(place, Style::Simple, true, [None, Some("blue"), Some("blue,black,brown"), Some("B=150,G=200,R=100")]);
    }
    check(
        Query,
        Style::SpaceDelimited,
        false,
        [None, None, Some("color=blue black brown"), Some("color=B 150 G 200 R 100")],
    );
    check(
        Query,
        Style::PipeDelimited,
        false,
        [None, None, Some("color=blue|black|brown"), Some("color=B|150|G|200|R|100")],
    );
    check(Query, Style::DeepObject, true, [None, None, None, Some("color[B]=150&color[G]=200&color[R]=100")]);
}

#[test]
fn the_wire_is_encoded_after_rfc_3986() {
    let query = |style, explode, value: Value| wire(Place::Query, style, explode, &value);
    assert_eq!(query(Style::Form, false, json!(["a,b", "c&d", "é~"])), "color=a%2Cb,c%26d,%C3%A9~");
    assert_eq!(query(Style::SpaceDelimited, false, json!(["a", "b"])), "color=a%20b");
    assert_eq!(query(Style::PipeDelimited, false, json!(["a", "b"])), "color=a%7Cb");
    assert_eq!(
        query(Style::DeepObject, true, json!({"a": {"b": [1, true]}})),
        "color%5Ba%5D%5Bb%5D%5B0%5D=1&color%5Ba%5D%5Bb%5D%5B1%5D=true"
    );
    assert_eq!(wire(Place::Path, Style::Simple, false, &json!("a/b c?d#e%")), "a%2Fb%20c%3Fd%23e%25");
    assert_eq!(wire(Place::Path, Style::Label, false, &json!(["1.5", "2"])), ".1%2E5.2");
}

#[test]
fn other_types_and_nothing() {
    let query = |explode, value: Value| wire(Place::Query, Style::Form, explode, &value);
    assert_eq!(query(true, json!(true)), "color=true");
    assert_eq!(query(true, json!(-1.5)), "color=-1.5");
    assert_eq!(query(true, json!(null)), "");
    assert_eq!(query(true, json!([])), "");
    assert_eq!(query(false, json!(["a", null, "b"])), "color=a,b");
    assert_eq!(query(true, json!([{"a": 1}])), "color=%7B%22a%22%3A1%7D");
}

#[test]
fn reserved_characters_stay_where_the_document_allows_them() {
    let mut param = param("next", Place::Query, Style::Form, true, json!({"type": "string"}));
    param.allow_reserved = true;
    let mut pairs = Vec::new();
    query::write(&param, &json!("/a?b=c:d@e,f;$!()*'[x]&y+z#"), &mut pairs).unwrap();
    // `&`, `+`, `#` and brackets would change the query itself.
    assert_eq!(pairs, [("next".to_owned(), "/a?b=c:d@e,f;$!()*%27%5Bx%5D%26y%2Bz%23".to_owned())]);
}

#[test]
fn json_parameters_are_json_text() {
    let mut param = param("filter", Place::Query, Style::Form, true, json!({"type": "object"}));
    param.json = true;
    let mut pairs = Vec::new();
    query::write(&param, &json!({"a": [1]}), &mut pairs).unwrap();
    assert_eq!(pairs, [("filter".to_owned(), "%7B%22a%22%3A%5B1%5D%7D".to_owned())]);
    assert_eq!(header::header(&param, &json!({"a": "é😀"})).unwrap().unwrap(), r#"{"a":"\u00e9\ud83d\ude00"}"#);
}

#[test]
fn a_template_may_hold_a_query_and_a_fragment() {
    let mut service = crate::testing::service("https://api.example.com");
    let mut url = |template: &str| {
        service.operations[1].path = template.to_owned();
        build(&service, &service.operations[1], &json!({"q": "tea"})).unwrap().url.to_string()
    };
    assert_eq!(url("/search#by_text"), "https://api.example.com/search?q=tea");
    assert_eq!(url("/search?mode=text"), "https://api.example.com/search?mode=text&q=tea");
}
