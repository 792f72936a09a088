//! What is said of a service whose parts don't fit together.

use super::*;
use serde_json::{Value, json};

fn service() -> Value {
    let operation = |tool: &str, method: &str, path: &str| {
        json!({
            "tool": tool, "operation_id": tool, "method": method, "path": path, "title": "",
            "access": "anonymous", "hints": {"read_only": true, "destructive": false, "idempotent": true},
            "responses": [], "input": {}, "example": {"arguments": {}, "status": 200},
        })
    };
    let mut get = operation("get_item", "GET", "/items/{id}.json");
    get["params"] = json!([{
        "name": "id", "key": "id", "place": "path", "style": "simple", "explode": false, "schema": {},
    }]);
    let mut service = json!({
        "format": crate::FORMAT, "id": "shop", "name": "", "description": "", "category": "", "version": "",
        "upstream": "", "auth": {"scheme": "none"}, "rate_limits": {"default_per_minute": 1, "burst": 1},
        "access": {}, "facts": {"description": "", "flow": "", "pricing_model": "", "typical_response_time": ""},
        "operations": [
            get, operation("list", "GET", "/items"), operation("add", "POST", "/items"),
            operation("quote", "POST", "/quotes"), operation("order", "POST", "/orders"),
        ],
    });
    let query = |name: &str| json!({"text": format!("$.{name}"), "segments": [name]});
    let cents = json!({"path": query("cents"), "unit": "minor", "currency": {"fixed": "USD"}});
    service["operations"][3]["commerce"] = json!({"role": "quote"});
    service["operations"][4]["commerce"] = json!({
        "role": "purchase", "quote": "quote", "quoted": cents, "charged": cents, "transaction_id": query("order"),
        "idempotency_header": "X-Request-Id", "lookup": {
            "tool": "get_item", "parameter": "id", "reference": "idempotency_header", "status": query("status"),
            "sold": ["paid"], "settles_after_seconds": 1, "charged": cents, "transaction_id": query("order"),
        },
    });
    service
}

/// What is said of the service with `value` at `pointer`, whose last member may be new.
#[track_caller]
fn check(pointer: &str, value: Value, expected: &str) {
    let mut service = service();
    let (above, member) = pointer.rsplit_once('/').unwrap();
    service.pointer_mut(above).unwrap()[member] = value;
    let service: Service = serde_json::from_value(service).unwrap();
    assert_eq!(service.check().unwrap_err().to_string(), expected);
}

#[test]
fn parts_that_do_not_fit_are_named() {
    assert_eq!(serde_json::from_value::<Service>(service()).unwrap().check(), Ok(()));
    check("/operations/1/tool", json!("add"), "/operations/2/tool is `add`, as another operation's");
    check(
        "/operations/2/method",
        json!("GET"),
        "/operations/2/path is `/items`, as another operation's of this method",
    );
    check(
        "/operations/1/path",
        json!("items"),
        "/operations/1/path is `items`; it must start with `/` and hold no control character",
    );
    check(
        "/operations/1/path",
        json!("/a\nb"),
        "/operations/1/path is `/a\\nb`; it must start with `/` and hold no control character",
    );
    check("/operations/1/path", json!("/a/../b"), "/operations/1/path is `/a/../b`, which leads elsewhere");
    check("/operations/1/path", json!("/a/%2E."), "/operations/1/path is `/a/%2E.`, which leads elsewhere");
    check("/operations/1/path", json!("/a/{id"), "/operations/1/path is `/a/{id`, with braces that don't close");
    check("/operations/1/path", json!("/a/{id}"), "/operations/1/path has `{id}`, which no parameter fills");
    check("/operations/1/path", json!("/a\\..\\b"), "/operations/1/path is `/a\\..\\b`, which holds a `\\`");
    check("/operations/0/fee_cents", json!(-1), "/operations/0/fee_cents is less than nothing");
    check("/operations/0/input", json!(true), "/operations/0/input is no object");
}

#[test]
fn a_key_has_a_place_and_a_name() {
    let auth = |value: Value, expected: &str| check("/auth", value, expected);
    auth(json!({"scheme": "apiKey", "in": "header"}), "/auth needs `in` and `name` for an API key");
    auth(
        json!({"scheme": "apiKey", "in": "query", "name": "a\nb"}),
        "/auth has the name `a\\nb`, which no header or parameter has",
    );
    auth(
        json!({"scheme": "jwt", "in": "header", "name": "Key"}),
        "/auth has `in` or `name`, which belong to an API key only",
    );
}

#[test]
fn what_an_order_needs_is_there() {
    let order = |member: &str, value: Value, expected: &str| {
        let pointer = format!("/operations/4/commerce{member}");
        check(&pointer, value, &format!("{pointer} {expected}"));
    };
    order("/quote", json!("list"), "names `list`, which is no quote of this service");
    order("/idempotency_header", json!("X Key"), "is `X Key`, which is no header's name");
    order("/idempotency_header", json!("AUTHORIZATION"), "is `AUTHORIZATION`, which has another job");
    order("/idempotency_header", json!("content-length"), "is `content-length`, which has another job");
    order("/lookup/tool", json!("add"), "names `add`, which looks nothing up");
    order("/lookup/parameter", json!("order"), "names `order`, which `get_item` does not take");
    order("/lookup/sold", json!([]), "is empty, so that nothing would ever be sold");
    order("/lookup/reference", json!({"parameter": "ref"}), "is a parameter `ref` that the order does not have");
    order(
        "/lookup/reference",
        json!({"body": {"text": "$", "segments": []}}),
        "is a member `$` that the order does not have",
    );
    // A header that the document does not declare carries nothing.
    check(
        "/operations/4/commerce/idempotency_header",
        Value::Null,
        "/operations/4/commerce/lookup/reference is a header that the order does not have",
    );
}

#[test]
fn nothing_is_too_long() {
    let long = |pointer: &str, most: usize| {
        let expected = format!("{pointer} has {} characters; shorten it to {most}", most + 1);
        check(pointer, json!("é".repeat(most + 1)), &expected);
    };
    for (pointer, most) in [
        ("/category", 80),
        ("/version", 80),
        ("/name", 200),
        ("/description", 2_000),
        ("/facts/flow", 2_000),
        ("/facts/pricing_model", 2_000),
        ("/operations/1/operation_id", 200),
        ("/operations/1/title", 200),
        ("/operations/1/description", 2_000),
        ("/operations/0/params/0/name", 200),
        ("/operations/0/params/0/key", 200),
    ] {
        long(pointer, most);
    }
    let op = &service()["operations"][1];
    check("/operations", vec![op.clone(); 5_001].into(), "/operations has 5001 entries; 5000 are the most");
    check(
        "/operations/1/example",
        json!({"arguments": {"body": "x".repeat(70_000)}, "status": 200}),
        "/operations/1/example/arguments has 68 KiB; 64 are the most",
    );
    let mut wide = service();
    wide["schemas"] = json!({"Wide": {"enum": ["x".repeat(300_000)]}, "Unused": {"enum": ["x".repeat(300_000)]}});
    assert_eq!(serde_json::from_value::<Service>(wide.clone()).unwrap().check(), Ok(()));
    wide["operations"][1]["input"] = json!({"properties": {"body": {"$ref": "#/$defs/Wide"}}});
    let flaw = serde_json::from_value::<Service>(wide).unwrap().check().unwrap_err().to_string();
    assert_eq!(flaw, "/operations/1/input has 293 KiB with all that it refers to; 256 are the most");
}
