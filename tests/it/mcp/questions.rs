//! Questions as people put them, to the services that are compiled in: what `specs/` says of each is enough to find it.

use rmcp::ServiceExt;
use rmcp::model::CallToolRequestParams;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::json;
use tests::TestContext;

const QUESTIONS: &[(&str, &str)] = &[
    ("order a pizza to my door", "food-delivery"),
    ("what is on the menu", "food-delivery"),
    ("get me a taxi to the airport", "rideshare"),
    ("will it rain tomorrow", "open-meteo"),
    ("book a table for dinner", "table-booking"),
    ("restaurant reservation for four", "table-booking"),
    ("buy a red lipstick", "beauty-store"),
    ("which foundation suits my skin", "beauty-store"),
    ("who won the football match", "sports-results"),
    ("league table", "sports-results"),
    ("find me a job in Lisbon", "professional-network"),
    ("look up someone's career", "professional-network"),
    ("exchange rate from dollars to euros", "frankfurter"),
    ("convert money to another currency", "frankfurter"),
    ("bank holidays next year", "nager-date"),
    ("when is the next long weekend", "nager-date"),
    ("books by an author", "open-library"),
    ("ISBN of an edition", "open-library"),
    ("was there an earthquake in Japan", "usgs-earthquakes"),
    ("encyclopedia article about a person", "wikipedia"),
    ("what happened on this day in history", "wikipedia"),
];

#[tokio::test]
async fn a_plain_question_finds_its_service_first() {
    let context = TestContext::start().await;
    let config = StreamableHttpClientTransportConfig::with_uri(format!("{}/mcp", context.url));
    let client = ().serve(StreamableHttpClientTransport::from_config(config)).await.expect("the session opens");
    let mut wrong = Vec::new();
    for (question, expected) in QUESTIONS {
        let arguments = json!({ "query": question }).as_object().cloned().unwrap_or_default();
        let call = CallToolRequestParams::new("search_services").with_arguments(arguments);
        let answer =
            client.call_tool(call).await.expect("the search is answered").structured_content.unwrap_or_default();
        let first = &answer["services"][0]["id"];
        if first != expected {
            wrong.push(format!("{question}: {first}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    client.cancel().await.expect("the session closes");
}
