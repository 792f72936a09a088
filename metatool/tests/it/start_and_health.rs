//! What `get_started` and `health` answer.

use crate::catalog;
use crate::fake::{Fake, KEY};
use crate::session::{self, Era, ask};
use serde_json::json;

#[test]
fn get_started_tells_what_is_loaded() {
    insta::assert_snapshot!(ask("get_started", json!({})), @r#"
    {
      "account": {
        "available": "100.00 USD",
        "held": "0.00 USD",
        "level": "authenticated"
      },
      "categories": {
        "food": 1,
        "information": 1,
        "mobility": 1
      },
      "services": 3,
      "steps": [
        "search_services {query}: services and their best tools for a task",
        "list_tools {service, tool}: one tool in full, with an example call",
        "execute {service, tool, parameters}: call it. Each tool shows [cost, access]",
        "Buying: execute the quote tool, ask the user, then execute the purchase with a new Idempotency-Key"
      ],
      "tools": 7
    }
    "#);
}

#[test]
fn health_begins_with_what_is_wrong() {
    let how = match cfg!(feature = "encoder") {
        true => "by meaning and by words",
        false => "by words only: this build has no encoder (cargo feature `encoder`)",
    };
    insta::assert_snapshot!(ask("health", json!({})).replace(how, "[how]"), @r#"
    {
      "overall": "down",
      "search": "[how]",
      "services": [
        {
          "advice": "Use another service, or try again in a minute",
          "detail": "The provider refuses connections",
          "service": "rideshare",
          "status": "down"
        },
        {
          "advice": "Use another service; the gateway's operator must set its credential",
          "detail": "PROVIDER_FOOD_DELIVERY_API_KEY is not set",
          "service": "food-delivery",
          "status": "unconfigured"
        },
        {
          "latency_ms": 12,
          "service": "open-meteo",
          "status": "ok"
        }
      ],
      "summary": "1 of 3 services work"
    }
    "#);
}

#[test]
fn a_gateway_that_hangs_does_not_hang_the_assistant() {
    let ask = |tool: &'static str| {
        session::block_on(async move {
            let client = session::open(Fake::stuck(catalog::three()), Some(KEY), Era::Discover).await;
            let before = std::time::Instant::now();
            let result = session::call(&client, tool, json!({})).await.unwrap();
            assert!(before.elapsed().as_millis() < 3000, "{:?}", before.elapsed());
            result.structured_content.unwrap()
        })
    };
    assert_eq!(ask("health")["type"], "urn:penumbra:problem:unavailable");
    assert!(ask("get_started")["account"]["note"].as_str().unwrap().contains("too long"));
}
