//! What is written is read back: the property that makes a REST call and a tool call the same value.

use super::golden::param;
use super::*;
use crate::testing;
use proptest::prelude::*;
use serde_json::json;
use uaps_model::{Encoding, MediaType, Param, Place, Style, match_path};

/// Builds a request and decodes it again, as the routes would.
#[track_caller]
fn check(params: Vec<Param>, template: &str, media: Option<MediaType>, arguments: Value) {
    let mut service = testing::service("https://api.example.com/base");
    let op = &mut service.operations[2];
    (op.params, op.path) = (params, template.to_owned());
    op.body = media.map(|media| uaps_model::Body { required: false, media: vec![media] });
    let op = op.clone();
    let sent = build(&service, &op, &arguments).unwrap_or_else(|error| panic!("{error}: {arguments}"));
    let path = match_path(&op.path, sent.url.path().strip_prefix("/base").unwrap()).unwrap();
    let body = sent.body.clone().unwrap_or_default();
    let inbound = InboundRequest { path: &path, query: sent.url.query(), headers: &sent.headers, body: &body };
    let read = decode(&service, &op, &inbound).unwrap_or_else(|error| panic!("{error:?}: {}", sent.url));
    // `Cookie` is the gateway's to read in a REST request too, so cookies are compared like the rest.
    assert_eq!(Value::Object(read), arguments, "{}", sent.url);
}

/// A schema and a value of it. Texts are not empty, because an empty element and no element look the same.
fn scalar(text: &'static str) -> impl Strategy<Value = (Value, Value)> {
    prop_oneof![
        text.prop_map(|t| (json!({"type": "string"}), json!(t))),
        any::<i64>().prop_map(|n| (json!({"type": "integer"}), json!(n))),
        (-1e9..1e9f64).prop_map(|n| (json!({"type": ["number", "null"]}), json!(n))),
        any::<bool>().prop_map(|b| (json!({"type": "boolean"}), json!(b))),
    ]
}

fn value(text: &'static str) -> impl Strategy<Value = (Value, Value)> {
    let list = (scalar(text), 1..5usize).prop_flat_map(move |((schema, first), n)| {
        let item = schema.clone();
        let more = proptest::collection::vec(scalar(text), n).prop_map(move |more| {
            let same = more.into_iter().filter(|(s, _)| *s == item).map(|(_, v)| v);
            std::iter::once(first.clone()).chain(same).collect::<Value>()
        });
        more.prop_map(move |items| (json!({"type": "array", "items": schema.clone()}), items))
    });
    let record = proptest::collection::btree_map("m_[a-z]{1,6}", scalar(text), 1..4).prop_map(|members| {
        let properties: Map<String, Value> = members.iter().map(|(k, (s, _))| (k.clone(), s.clone())).collect();
        let values: Map<String, Value> = members.into_iter().map(|(k, (_, v))| (k, v)).collect();
        (json!({"type": "object", "properties": properties}), values.into())
    });
    prop_oneof![scalar(text), list, record]
}

/// Printable text of any script, without control characters.
const TEXT: &str = "[^\\p{C}]{1,12}";
/// Text without the separators of `spaceDelimited` and `pipeDelimited`.
const WORD: &str = "[^\\p{C}\\p{Z}|]{1,12}";
/// Text that a header carries as it is, also as an element of a list.
const TOKEN: &str = "[!-+\\--~]{1,12}";

/// Every example of the compiled-in services fits its schema and survives the way over the wire.
#[test]
fn examples_of_the_catalogue() {
    let catalog = generated::catalog();
    for service in catalog.services() {
        for op in &service.operations {
            let arguments = op.example.arguments.clone();
            if let Err(problem) = crate::validate::Validators::default().check(service, op, &arguments) {
                panic!("{} {}: {problem:?}", service.id, op.tool);
            }
            let sent = build(service, op, &arguments).unwrap();
            let base = url::Url::parse(&service.upstream).unwrap();
            let path = sent.url.path().strip_prefix(base.path().trim_end_matches('/')).unwrap();
            let (found, variables) = service.route(op.method, path).unwrap();
            assert_eq!(found.tool, op.tool, "{path}");
            let body = sent.body.clone().unwrap_or_default();
            let inbound =
                InboundRequest { path: &variables, query: sent.url.query(), headers: &sent.headers, body: &body };
            let mut read = decode(service, op, &inbound).unwrap();
            let key = arguments.get(uaps_model::IDEMPOTENCY_KEY).filter(|_| op.is_purchase());
            read.extend(key.map(|key| (uaps_model::IDEMPOTENCY_KEY.to_owned(), key.clone())));
            assert_eq!(Value::Object(read), arguments, "{} {}", service.id, op.tool);
        }
    }
}

proptest! {
    #[test]
    fn path((schema, value) in value("[^\\p{C}.]{1,12}"), style in 0..3usize, explode: bool) {
        let style = [Style::Simple, Style::Label, Style::Matrix][style];
        // An exploded `simple` object can't be told from one with `=` in a name; names here have none.
        check(vec![param("p", Place::Path, style, explode, schema)], "/a/{p}/b", None, json!({"p": value}));
    }

    #[test]
    fn query((schema, value) in value(TEXT), explode: bool, json_text: bool) {
        let mut param = param("p[q]", Place::Query, Style::Form, explode, schema);
        param.json = json_text;
        check(vec![param], "/a", None, json!({"p[q]": value}));
    }

    #[test]
    fn delimited((schema, value) in value(WORD), pipe: bool) {
        let style = if pipe { Style::PipeDelimited } else { Style::SpaceDelimited };
        check(vec![param("p", Place::Query, style, false, schema)], "/a", None, json!({"p": value}));
    }

    #[test]
    fn deep((schema, inner) in value(TEXT)) {
        let schema = json!({"type": "object", "properties": {"a": {"type": "object", "properties": {"b": schema}}}});
        check(vec![param("p", Place::Query, Style::DeepObject, true, schema)], "/a", None, json!({"p": {"a": {"b": inner}}}));
    }

    #[test]
    fn header((schema, value) in value(TOKEN), explode: bool) {
        let nested_equals = explode && value.as_object().is_some();
        check(vec![param("X-P", Place::Header, Style::Simple, nested_equals, schema)], "/a", None, json!({"X-P": value}));
    }

    #[test]
    fn cookie((schema, value) in value(TEXT), explode: bool) {
        check(vec![param("p", Place::Cookie, Style::Form, explode, schema)], "/a", None, json!({"p": value}));
    }

    #[test]
    fn bodies((schema, value) in value(TEXT), bytes in any::<Vec<u8>>(), kind in 0..3usize) {
        let content_type = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"][kind];
        let schema = json!({"type": "object", "properties": {"f": schema, "file": {"type": "string", "format": "binary"}}});
        let mut body = json!({"f": value});
        if kind == 2 {
            use base64::Engine;
            body["file"] = base64::engine::general_purpose::STANDARD.encode(&bytes).into();
        }
        let media = MediaType::new(content_type, schema);
        check(vec![], "/a", Some(media), json!({ "body": body }));
    }

    #[test]
    fn encoded_bodies((schema, value) in value(TOKEN), style in 0..6usize, multipart: bool) {
        let (content_type, same) = match multipart {
            true => ("multipart/form-data", "a, b"),
            false => ("application/x-www-form-urlencoded", "a, b"),
        };
        // A scalar has no `deepObject`, and one that is not exploded no separator, in which it could be read apart.
        let styled = |style, explode| Encoding::Styled { style, explode, allow_reserved: false };
        let encoding = match style {
            0 => styled(Style::Form, true),
            1 => styled(Style::Form, false),
            2 => styled(Style::DeepObject, true),
            3 => styled(Style::TabDelimited, false),
            4 => Encoding::Media { content_type: "application/json".into() },
            _ => Encoding::Media { content_type: "text/plain".into() },
        };
        let schema = json!({"type": "object", "properties": {"f": schema, "g": {"type": "string"}}});
        let mut media = MediaType::new(content_type, schema);
        media.encoding.insert("f".into(), encoding);
        check(vec![], "/a", Some(media), json!({ "body": {"f": value, "g": same} }));
    }

    #[test]
    fn text_and_bytes(text in "[^\\p{C}]{1,40}", bytes in proptest::collection::vec(any::<u8>(), 1..64)) {
        use base64::Engine;
        let media = |content_type: &str| MediaType::new(content_type, json!({"type": "string"}));
        check(vec![], "/a", Some(media("text/csv")), json!({ "body": text }));
        check(vec![], "/a", Some(media("image/png")), json!({ "body": base64::engine::general_purpose::STANDARD.encode(bytes) }));
    }
}
