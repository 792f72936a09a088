//! What the documents say, by example.

use super::*;
use crate::testing;

fn document() -> Value {
    let mut shop = testing::service("https://api.example.com");
    shop.schemas.insert("a b/c".into(), json!({"type": "string"}));
    shop.schemas.insert("a_b_c".into(), json!({"items": {"$ref": "#/$defs/a b~1c"}}));
    let mut other = testing::service("https://api.example.org");
    other.id = "other".parse().unwrap();
    let catalog = Catalog::from_json([&shop, &other].map(|s| serde_json::to_string(s).unwrap())).unwrap();
    serde_json::from_slice(&Documents::default().all(&catalog, None)).unwrap()
}

#[test]
fn services_live_side_by_side() {
    let document = document();
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert!(paths.contains(&&"/shop/items/{id}".to_owned()) && paths.contains(&&"/other/orders".to_owned()));
    let order = &document["paths"]["/shop/orders"]["post"];
    assert_eq!(order["operationId"], "shop_place_order");
    assert_eq!(order["x-payment-info"]["amount"], Value::Null);
    assert!(order["responses"]["402"]["content"]["application/problem+json"].is_object());
    let headers: Vec<_> = order["parameters"].as_array().unwrap().iter().map(|header| &header["name"]).collect();
    assert_eq!(headers, ["Idempotency-Key", "Penumbra-Confirmation"]);
    assert_eq!(document["paths"]["/shop/search"]["get"]["x-payment-info"]["amount"], "5");
}

#[test]
fn every_reference_leads_somewhere_and_every_name_is_legal() {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|v| walk(v, found));
            }
            Value::Array(items) => items.iter().for_each(|v| walk(v, found)),
            _ => {}
        }
    }
    let (document, mut found) = (document(), Vec::new());
    walk(&document, &mut found);
    assert!(found.iter().any(|r| r.ends_with("shop.Cart")));
    for reference in found {
        assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some_and(Value::is_object), "{reference}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)), "{name}");
    }
}

/// Each status of an operation's answers with the media types it may have.
fn answers(tool: &str, documented: Value) -> String {
    let mut shop = testing::service("https://api.example.com");
    let op = shop.operations.iter_mut().find(|op| op.tool.as_str() == tool).unwrap();
    op.responses = serde_json::from_value(documented).unwrap();
    let names = Names::of(&shop);
    let responses = responses::responses(shop.operation(tool).unwrap(), &names);
    let line = |(status, response): (&String, &Value)| {
        assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{status}");
        let types: Vec<&str> = response["content"]
            .as_object()
            .into_iter()
            .flat_map(|content| content.keys())
            .map(String::as_str)
            .collect();
        format!("{status} {}", types.join(" | "))
    };
    responses.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn answers_are_the_providers_and_the_gateways_own() {
    let documented = json!([
        {"status": "200", "description": "An item", "content_type": "application/json"},
        {"status": "400", "description": "No", "content_type": "text/plain", "schema": {"type": "string"}},
        {"status": "409", "content_type": "application/json"},
        {"status": "5XX", "content_type": "application/problem+json", "schema": {"type": "object"}},
    ]);
    insta::assert_snapshot!(answers("get_item", documented), @r"
    200 application/json
    400 application/problem+json | text/plain
    409 application/json
    5XX application/problem+json
    default application/problem+json
    ");
    let searched = answers("search", json!([{"status": "200", "content_type": "application/json"}]));
    assert_eq!(searched, "200 application/json\n402 application/problem+json\ndefault application/problem+json");
    insta::assert_snapshot!(answers("get_item", json!([])), @"default */* | application/problem+json");
}

#[test]
fn a_purchase_passes_only_good_answers_on() {
    let documented = json!([
        {"status": "201", "content_type": "application/json"},
        {"status": "202", "content_type": "application/json", "schema": {"type": "object"}},
        {"status": "404", "content_type": "application/json"},
        {"status": "409", "content_type": "application/json"},
        {"status": "default", "content_type": "application/json"},
    ]);
    insta::assert_snapshot!(answers("place_order", documented), @r"
    201 application/json
    202 application/json
    400 application/problem+json
    401 application/problem+json
    402 application/problem+json
    403 application/problem+json
    409 application/problem+json
    413 application/problem+json
    415 application/problem+json
    422 application/problem+json
    429 application/problem+json
    500 application/problem+json
    502 application/problem+json
    503 application/problem+json
    504 application/problem+json
    default application/problem+json
    ");
    let documented = json!([{"status": "default", "content_type": "application/xml"}]);
    insta::assert_snapshot!(answers("place_order", documented), @r"
    202 application/json
    2XX application/xml
    400 application/problem+json
    401 application/problem+json
    402 application/problem+json
    403 application/problem+json
    409 application/problem+json
    413 application/problem+json
    415 application/problem+json
    422 application/problem+json
    429 application/problem+json
    500 application/problem+json
    502 application/problem+json
    503 application/problem+json
    504 application/problem+json
    default application/problem+json
    ");
}

#[test]
fn one_media_type_may_hold_either_schema() {
    let mut response =
        json!({"description": "", "content": {"application/problem+json": {"schema": {"type": "object"}}}});
    let either = json!({"anyOf": [{"type": "object"}, {"$ref": "#/x"}]});
    responses::add_content(&mut response, "application/problem+json", json!({"$ref": "#/x"}));
    assert_eq!(response["content"]["application/problem+json"]["schema"], either);
}

#[test]
fn every_operation_is_whole() {
    let document = document();
    let whole = |value: &Value| match value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).unwrap().clone(),
        None => value.clone(),
    };
    let mut ids = std::collections::HashSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for op in methods.as_object().unwrap().values() {
            assert!(ids.insert(op["operationId"].as_str().unwrap().to_owned()));
            let responses = op["responses"].as_object().unwrap();
            assert!(!responses.is_empty() && responses.values().all(|r| whole(r)["description"].is_string()), "{path}");
            let named = |p: &Value| {
                let p = whole(p);
                p["in"] == "path" && path.contains(&format!("{{{}}}", p["name"].as_str().unwrap()))
            };
            let declared = op["parameters"].as_array().map_or(0, |ps| ps.iter().filter(|p| named(p)).count());
            assert_eq!(declared, path.matches('{').count(), "{path}");
        }
    }
}

/// Whoever adds a route for the holder of a key, or for other programs, tells them of it.
#[test]
fn every_route_of_the_account_and_of_the_catalogue_is_told() {
    let document = document();
    let router = include_str!("../router.rs");
    let mut seen = 0;
    for line in router.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")) {
        let (path, methods) = line.split_once("\", ").unwrap();
        if !["/v1/", "/webhooks/", "/catalog"].iter().any(|told| path.starts_with(told)) {
            continue;
        }
        let told = document["paths"][path].as_object().unwrap_or_else(|| panic!("{path} is not told"));
        for method in ["get", "post", "put", "delete"].iter().filter(|method| methods.contains(&format!("{method}("))) {
            assert!(told.contains_key(*method), "{method} {path} is not told");
            seen += 1;
        }
    }
    let all = document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.starts_with("/v1/"));
    assert_eq!(seen, all.map(|(_, methods)| methods.as_object().unwrap().len()).sum::<usize>() + 3);
}

/// What is told is what is read.
#[test]
fn what_is_told_of_limits_and_topups_is_so() {
    let limits = own::schema("penumbra.Limits");
    let told: Vec<&String> = limits["properties"].as_object().unwrap().keys().collect();
    let all = ledger::Limits {
        purchase_cents: Some(1),
        budget_cents: Some(1),
        purchases: Some(1),
        window_seconds: Some(1),
        approval_above: Some(1),
        confirm_above: Some(1),
        confirm_destructive: true,
        services: Some(Vec::new()),
        expires_at: Some(jiff::Timestamp::UNIX_EPOCH),
    };
    let read = serde_json::to_value(all).unwrap();
    assert_eq!(told.len(), read.as_object().unwrap().len());
    assert!(told.iter().all(|name| read.get(name.as_str()).is_some()));
    let topup = &own::paths()["/v1/topups"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(topup["properties"]["amount_cents"]["minimum"], crate::stripe::MIN_CENTS);
}
