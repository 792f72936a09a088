//! What an attacker would write into arguments and documents.

use super::golden::param;
use super::*;
use crate::testing;
use proptest::prelude::*;
use serde_json::json;
use uaps_model::{MediaType, Place, Style};

fn get_item(id: Value) -> Result<OutboundRequest, BuildError> {
    let service = testing::service("https://api.example.com/v1/");
    build(&service, testing::op(&service, "get_item"), &json!({ "id": id }))
}

#[test]
fn a_value_can_not_leave_its_segment() {
    let steps = ["../../admin", "a/..", "a/./b", "..\\x?y#z", "a\\..", "./"];
    for bad in ["", ".", "..", "\0", "a\r\nb", "\u{7f}"].into_iter().chain(steps) {
        assert!(matches!(get_item(json!(bad)), Err(BuildError::Argument(e)) if e.pointer == "/id"), "{bad:?}");
    }
    assert!(get_item(json!([])).is_err());
    assert!(get_item(json!(null)).is_err());
    let path = |id| get_item(json!(id)).unwrap().url.to_string();
    assert_eq!(path("..a/.b/c..."), "https://api.example.com/v1/items/..a%2F.b%2Fc...");
    assert_eq!(path("%2e%2e"), "https://api.example.com/v1/items/%252e%252e");
    assert_eq!(path("//evil.example"), "https://api.example.com/v1/items/%2F%2Fevil.example");
    assert_eq!(path("a\\x?y#z"), "https://api.example.com/v1/items/a%5Cx%3Fy%23z");
    assert_eq!(path("@evil.example:1"), "https://api.example.com/v1/items/%40evil.example%3A1");
}

#[test]
fn two_values_can_not_make_a_dot_segment_together() {
    let mut service = testing::service("https://api.example.com");
    let op = &mut service.operations[0];
    op.path = "/x/{a}{b}/y".into();
    op.params = ["a", "b"].map(|name| param(name, Place::Path, Style::Simple, false, json!(true))).to_vec();
    let op = op.clone();
    assert!(build(&service, &op, &json!({"a": ".", "b": "."})).is_err());
    assert!(build(&service, &op, &json!({"a": ".", "b": "x"})).is_ok());
}

#[test]
fn a_query_value_adds_no_parameter() {
    let service = testing::service("https://api.example.com");
    let url = |q| build(&service, testing::op(&service, "search"), &json!({ "q": q })).unwrap().url.to_string();
    assert_eq!(url("a&admin=true#x"), "https://api.example.com/search?q=a%26admin%3Dtrue%23x");
}

#[test]
fn a_header_takes_no_line_breaks_and_no_framing() {
    let mut service = testing::service("https://api.example.com");
    let op = &mut service.operations[0];
    let names = ["X-Trace", "Host", "Content-Length", "Transfer-Encoding", "Authorization", "Cookie", "Connection"];
    op.params.extend(names.map(|name| param(name, Place::Header, Style::Simple, false, json!({"type": "string"}))));
    let op = op.clone();
    let with = |name: &str, value: &str| build(&service, &op, &json!({"id": "1", name: value}));
    for bad in ["a\r\nX-Evil: 1", "a\nb", "a\0", "é", "\u{7f}"] {
        assert!(matches!(with("X-Trace", bad), Err(BuildError::Argument(_))), "{bad:?}");
    }
    assert_eq!(with("X-Trace", "a b").unwrap().headers["x-trace"], "a b");
    for name in &names[1..] {
        assert!(with(name, "evil").unwrap().headers.get(*name).is_none(), "{name}");
    }
}

#[test]
fn multipart_names_and_files_stay_inside_their_part() {
    let mut service = testing::service("https://api.example.com");
    let schema = json!({"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}});
    let media = MediaType::new("multipart/form-data", schema);
    let op = &mut service.operations[2];
    op.body.as_mut().unwrap().media = vec![media];
    let op = op.clone();
    let file = json!({"filename": "a\"\r\nX: y", "content_type": "text/plain", "data_base64": "aGk="});
    let sent = build(&service, &op, &json!({"id": "1", "body": {"file": file, "n\r\nX: y": "t"}})).unwrap();
    let text = String::from_utf8(sent.body.unwrap().to_vec()).unwrap();
    assert!(!text.contains("\r\nX: y"), "{text}");
    let bad = json!({"filename": "a", "content_type": "text/plain\r\nX: y", "data_base64": "aGk="});
    assert!(build(&service, &op, &json!({"id": "1", "body": {"file": bad}})).is_err());
    assert!(build(&service, &op, &json!({"id": "1", "body": {"file": "not base64!"}})).is_err());
}

#[test]
fn depth_is_bounded() {
    let mut service = testing::service("https://api.example.com");
    let op = &mut service.operations[1];
    op.params = vec![param("q", Place::Query, Style::DeepObject, true, json!({"type": "object"}))];
    let op = op.clone();
    let deep = (0..100).fold(json!(1), |inner, _| json!({"a": inner}));
    assert!(matches!(build(&service, &op, &json!({"q": deep})), Err(BuildError::Argument(_))));
    let query = format!("q{}=1", "[a]".repeat(100));
    let headers = HeaderMap::new();
    let inbound = InboundRequest { path: &[], query: Some(&query), headers: &headers, body: &[] };
    assert!(matches!(decode(&service, &op, &inbound), Err(DecodeError::Fields { .. })));
}

#[test]
fn many_pairs_of_a_query_are_read_in_one_go() {
    let mut service = testing::service("https://api.example.com");
    let op = &mut service.operations[1];
    op.params = vec![
        param("q", Place::Query, Style::Form, true, json!({"type": "array"})),
        param("d", Place::Query, Style::DeepObject, true, json!({"type": "object"})),
    ];
    let op = op.clone();
    let headers = HeaderMap::new();
    let decoded = |query: &str| {
        let inbound = InboundRequest { path: &[], query: Some(query), headers: &headers, body: &[] };
        decode(&service, &op, &inbound)
    };
    let started = std::time::Instant::now();
    let known: Vec<String> = (0..80_000).map(|n| if n % 2 == 0 { "q=1".into() } else { format!("d[{n}]=1") }).collect();
    let arguments = decoded(&known.join("&")).unwrap();
    assert_eq!((arguments["q"].as_array().unwrap().len(), arguments["d"].as_object().unwrap().len()), (40_000, 40_000));
    let unknown: Vec<String> = (0..80_000).map(|n| format!("name-{n}=1")).collect();
    for query in [unknown.join("&"), "x".repeat(1024 * 1024)] {
        let Err(DecodeError::Fields { errors, .. }) = decoded(&query) else { panic!("it was read") };
        assert!(errors.len() <= MAX_ERRORS && errors.iter().all(|e| e.pointer.chars().count() <= 82), "{errors:?}");
    }
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn the_gateways_own_key_is_never_read_as_a_parameter() {
    let mut service = testing::service("https://api.example.com");
    let op = &mut service.operations[0];
    op.params.extend(
        ["X-API-Key", "Authorization", "Cookie"].map(|n| param(n, Place::Header, Style::Simple, false, json!(true))),
    );
    let op = op.clone();
    let headers: HeaderMap = [("x-api-key", "unified-1"), ("authorization", "Bearer unified-1"), ("cookie", "a=b")]
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    let path = [("id".to_owned(), "1".to_owned())];
    let inbound = InboundRequest { path: &path, query: None, headers: &headers, body: &[] };
    assert_eq!(Value::Object(decode(&service, &op, &inbound).unwrap()), json!({"id": "1"}));
}

proptest! {
    #[test]
    fn any_path_value_is_refused_or_stays_one_segment(id in any::<String>()) {
        if let Ok(request) = get_item(json!(id)) {
            prop_assert_eq!(request.url.host_str(), Some("api.example.com"));
            let segments: Vec<&str> = request.url.path_segments().unwrap().collect();
            prop_assert_eq!(segments.len(), 3);
            prop_assert_eq!(encode::decode(segments[2]), Some(id));
            prop_assert_eq!(request.url.query(), None);
        }
    }

    #[test]
    fn no_request_panics_the_decoder(query in any::<String>(), body in any::<Vec<u8>>(), kind in "[ -~]{0,40}", raw in any::<String>()) {
        let mut service = testing::service("https://api.example.com");
        let op = &mut service.operations[2];
        let styles = [(Style::Form, false), (Style::SpaceDelimited, false), (Style::PipeDelimited, false), (Style::DeepObject, true)];
        for (at, (style, explode)) in styles.into_iter().enumerate() {
            op.params.push(param(&format!("p{at}"), Place::Query, style, explode, json!({"type": "array"})));
        }
        for style in [Style::Matrix, Style::Label] {
            op.params.push(param(&format!("{style:?}"), Place::Path, style, true, json!({"type": "object"})));
        }
        for kind in ["multipart/form-data", "text/csv"] {
            op.body.as_mut().unwrap().media.push(MediaType::new(kind, json!(true)));
        }
        let op = op.clone();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        let path = ["id", "Matrix", "Label"].map(|name| (name.to_owned(), raw.clone()));
        for kind in [kind.as_str(), "multipart/form-data; boundary=a", "application/json", "application/x-www-form-urlencoded"] {
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
            let _ = decode(&service, &op, &InboundRequest { path: &path, query: Some(&query), headers: &headers, body: &body });
        }
    }
}
