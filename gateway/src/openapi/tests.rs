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
    assert_eq!(order["parameters"][0]["name"], "Idempotency-Key");
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
        let name = reference.strip_prefix("#/components/schemas/").unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{reference}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)), "{name}");
    }
}

#[test]
fn every_operation_is_whole() {
    let document = document();
    let mut ids = std::collections::HashSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for op in methods.as_object().unwrap().values() {
            assert!(ids.insert(op["operationId"].as_str().unwrap().to_owned()));
            let responses = op["responses"].as_object().unwrap();
            assert!(!responses.is_empty() && responses.values().all(|r| r["description"].is_string()), "{path}");
            let named = |p: &Value| p["in"] == "path" && path.contains(&format!("{{{}}}", p["name"].as_str().unwrap()));
            let declared = op["parameters"].as_array().map_or(0, |ps| ps.iter().filter(|p| named(p)).count());
            assert_eq!(declared, path.matches('{').count(), "{path}");
        }
    }
}
