//! One visit of an assistant, the same over every transport.

use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::{Peer, RoleClient};
use serde_json::{Value, json};
use tests::TestContext;

async fn call(client: &Peer<RoleClient>, tool: &'static str, arguments: Value) -> CallToolResult {
    let arguments = arguments.as_object().cloned().unwrap_or_default();
    client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await.expect("the call is answered")
}

async fn ok(client: &Peer<RoleClient>, tool: &'static str, arguments: Value) -> Value {
    let result = call(client, tool, arguments).await;
    let content = result.structured_content.clone().unwrap_or_default();
    assert_ne!(result.is_error, Some(true), "{tool}: {content}");
    content
}

/// Looks around, searches, lists, quotes, buys, and watches the balance fall.
pub async fn visit(client: &Peer<RoleClient>, context: &TestContext, key: &str) {
    let tools = client.list_all_tools().await.expect("the tools are listed");
    let mut names: Vec<_> = tools.iter().map(|t| t.name.to_string()).collect();
    names.sort();
    assert_eq!(names, ["execute", "get_started", "health", "list_tools", "search_services"]);
    assert!(tools.iter().all(|t| t.output_schema.is_some()), "each answer has a schema");

    let started = ok(client, "get_started", json!({})).await;
    assert!(started.to_string().contains("search_services"), "{started}");

    let found = ok(client, "search_services", json!({"query": "order dinner from a restaurant"})).await;
    assert_eq!(found["services"][0]["id"], "food-delivery", "{found}");

    let listed = ok(client, "list_tools", json!({"service": "food-delivery"})).await;
    assert!(listed.to_string().contains("place_order"), "{listed}");
    let detail = ok(client, "list_tools", json!({"service": "food-delivery", "tool": "place_order"})).await;
    assert!(detail.to_string().contains("Idempotency-Key"), "{detail}");

    let before = context.balance(key).await.0;
    let arguments = context.purchase("food-delivery", "place_order", "visit");
    let request = json!({"service": "food-delivery", "tool": "place_order", "parameters": arguments});
    let bought = ok(client, "execute", request.clone()).await;
    let paid = bought["cost"]["amount_cents"].as_i64().expect("it cost something");
    assert_eq!(bought["balance"]["available_cents"], before - paid, "{bought}");
    assert_eq!(context.balance(key).await.0, before - paid);
    assert_eq!(context.sandbox.orders("food-delivery"), 1);

    let again = ok(client, "execute", request).await;
    assert_eq!(again["purchase"]["id"], bought["purchase"]["id"]);
    assert_eq!(context.sandbox.orders("food-delivery"), 1);

    let wrong =
        call(client, "execute", json!({"service": "food-delivery", "tool": "place_order", "parameters": {}})).await;
    assert_eq!(wrong.is_error, Some(true));
    let wrong = wrong.structured_content.unwrap_or_default();
    assert!(wrong.to_string().contains("urn:penumbra:problem:"), "{wrong}");

    let health = ok(client, "health", json!({})).await;
    assert!(health.to_string().contains("food-delivery"), "{health}");

    let unknown = client.call_tool(CallToolRequestParams::new("no_such_tool")).await;
    assert!(unknown.is_err(), "an unknown tool is a protocol error");
    context.audit().await;
}
