//! What the gateway tells about itself and its services.

use serde_json::Value;
use tests::TestContext;

#[tokio::test]
async fn services_are_listed_and_described() {
    let context = TestContext::start().await;
    let list = context.get("/services", None).await;
    let ids: Vec<_> =
        list.expect(200)["services"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert_eq!(ids, context.catalog.entries().iter().map(|e| e.id.as_ref()).collect::<Vec<_>>());

    for service in context.catalog.services() {
        let one = context.get(&format!("/services/{}", service.id), None).await;
        assert_eq!(one.expect(200)["name"], service.name);
        let tools = context.get(&format!("/services/{}/tools", service.id), None).await;
        assert_eq!(tools.expect(200)["tools"].as_array().unwrap().len(), service.operations.len());
    }
}

#[tokio::test]
async fn the_aggregated_document_names_every_operation_and_resolves() {
    let context = TestContext::start().await;
    let answer = context.get("/openapi.json", None).await;
    let document = answer.expect(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    let mut operations = 0;
    for service in context.catalog.services() {
        for operation in &service.operations {
            let path = format!("/{}{}", service.id, operation.path);
            let method = operation.method.as_str().to_ascii_lowercase();
            let found = &document["paths"][&path][&method];
            assert!(found.is_object(), "{method} {path}");
            assert!(
                !operation.is_purchase() || found["responses"]["402"].is_object(),
                "{path} can be refused for money"
            );
            operations += 1;
        }
    }
    assert!(operations > 10);
    assert_references_resolve(document, document);

    let one = context.get("/rideshare/openapi.json", None).await;
    assert_references_resolve(one.expect(200), one.expect(200));
}

fn assert_references_resolve(document: &Value, node: &Value) {
    match node {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                let pointer = reference.strip_prefix('#').expect("references stay inside");
                assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
            }
            members.values().for_each(|value| assert_references_resolve(document, value));
        }
        Value::Array(items) => items.iter().for_each(|value| assert_references_resolve(document, value)),
        _ => {}
    }
}

#[tokio::test]
async fn the_front_page_is_a_page() {
    let context = TestContext::start().await;
    let page = context.get("/docs", None).await;
    page.expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    for service in context.catalog.services() {
        assert!(page.text.contains(&service.name), "{} is not on the page", service.name);
    }
    assert!(!page.text.contains("https://cdn"), "nothing is loaded from elsewhere");
}
