//! What validation says, by example.

use super::*;
use crate::testing;
use serde_json::json;

#[track_caller]
fn check(tool: &str, arguments: Value, expected: &[&str]) {
    let service = testing::service("https://api.example.com");
    let found = match Validators::default().check(&service, testing::op(&service, tool), &arguments) {
        Ok(()) => Vec::new(),
        Err(problem) => {
            assert_eq!(problem.status, 400);
            problem.errors.iter().map(|e| format!("{} {}", e.pointer, e.detail)).collect()
        }
    };
    assert_eq!(found, expected);
}

#[test]
fn what_fits_passes() {
    check("get_item", json!({"id": "1", "lang": "en"}), &[]);
    check("place_order", json!({"Idempotency-Key": "k", "body": {"item": "tea", "note": "hot"}}), &[]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    check("get_item", json!({"lan": "fr"}), &["/lan is unknown; did you mean `lang`?", "/id is required"]);
    check(
        "get_item",
        json!({"id": 1, "lang": "en "}),
        &["/id is not valid: it is not of type \"string\"", "/lang must be one of \"en\", \"de\"; did you mean `en`?"],
    );
    check(
        "quote_order",
        json!({"body": {"item": "tea", "count": 0}}),
        &["/body/count is not valid: it is less than the minimum of 1"],
    );
    check("add_review", json!({"id": "1", "body": {"star": 1}}), &["/body/star is unknown; did you mean `stars`?"]);
}

#[test]
fn a_schema_without_a_say_on_it_refuses_unknown_parameters_too() {
    check("search", json!({"q": "a", "limit/x": 1}), &["/limit~1x is unknown; known here: q"]);
}

#[test]
fn an_unreadable_pattern_is_left_out_and_a_costly_one_is_cut_off() {
    let mut service = testing::service("https://api.example.com");
    let mut check = |pattern: &str, text: &str| {
        service.operations[1].input = json!({"properties": {"q": {"type": "string", "pattern": pattern}}});
        Validators::default().check(&service, &service.operations[1], &json!({ "q": text })).is_ok()
    };
    assert!(check("(?<bad", "anything"));
    let started = std::time::Instant::now();
    assert!(!check(r"^(a|a|aa)+(?=b)\1$", &"a".repeat(60)));
    assert!(started.elapsed().as_secs() < 5);
}

#[test]
fn a_flood_of_names_costs_no_more_than_a_few() {
    let service = testing::service("https://api.example.com");
    let long = "ü".repeat(500_000);
    let flood = || (0..80_000).map(|n| (format!("stars-{n}"), json!(1))).chain([(long.clone(), json!(1))]).collect();
    let flood: serde_json::Map<String, Value> = flood();
    let started = std::time::Instant::now();
    for arguments in [
        Value::Object(flood.clone()),
        json!({"id": "1", "body": flood}),
        json!({ long.clone(): 1 }),
        json!({"id": "1", "body": { long.clone(): 1 }}),
        json!({"id": "1", "body": {"stars": { long.clone(): long.clone() }}}),
    ] {
        let problem =
            Validators::default().check(&service, testing::op(&service, "add_review"), &arguments).unwrap_err();
        assert!((1..=20).contains(&problem.errors.len()));
        assert!(serde_json::to_string(&problem).unwrap().len() < 10_000);
    }
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

/// A union that holds itself: each level doubles what there is to say.
#[test]
fn arguments_that_are_nested_too_deeply_cost_nothing() {
    let mut service = testing::service("https://api.example.com");
    let node = |kind: &str| {
        json!({"type": "object", "required": ["in", "kind"], "properties": {
        "in": {"$ref": "#/$defs/Cart"}, "kind": {"enum": [kind]}}})
    };
    service.schemas.insert("Cart".into(), json!({"oneOf": [node("a"), node("b")]}));
    let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!({"in": inner, "kind": "a"}));
    let told = |levels: usize| {
        let arguments = json!({"body": nested(levels)});
        let refused = Validators::default().check(&service, testing::op(&service, "quote_order"), &arguments);
        refused.unwrap_err().errors.first().map(|error| error.detail.clone()).unwrap_or_default()
    };
    assert!(!told(4).contains("deep") && !told(10).contains("deep"), "{} {}", told(4), told(10));
    assert!(told(14).contains("too deeply to say where"));
    // Without a bound this one would never end.
    assert_eq!(told(120), "is nested more than 32 levels deep");
}
