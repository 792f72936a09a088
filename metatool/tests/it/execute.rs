//! What `execute` answers.

use crate::catalog;
use crate::fake::{DOUBTFUL, Fake};
use crate::session::{self, Era, ask};
use serde_json::json;

#[test]
fn execute_answers_with_what_came() {
    let call = json!({"service": "open-meteo", "tool": "get_forecast", "parameters": {"latitude": 1, "longitude": 2}});
    insta::assert_snapshot!(ask("execute", call), @r#"
    {
      "balance": {
        "available_cents": 10000,
        "currency": "USD",
        "held_cents": 0,
        "posted_cents": 10000
      },
      "content_type": "application/json",
      "method": "GET",
      "path": "/v1/forecast",
      "result": {
        "echo": {
          "latitude": 1,
          "longitude": 2
        },
        "utc_offset_seconds": 3600
      },
      "service": "open-meteo",
      "status": 200,
      "tool": "get_forecast"
    }
    "#);
}

#[test]
fn execute_of_a_quote_tells_what_it_means() {
    let call =
        json!({"service": "rideshare", "tool": "quote_ride", "parameters": {"body": {"pickup": "a", "dropoff": "b"}}});
    insta::assert_snapshot!(ask("execute", call), @r#"
    {
      "balance": {
        "available_cents": 10000,
        "currency": "USD",
        "held_cents": 0,
        "posted_cents": 10000
      },
      "content_type": "application/json",
      "hint": "request_ride would cost 19.99 USD and leave 80.01 USD",
      "method": "POST",
      "path": "/rides/quote",
      "result": {
        "total": 1999
      },
      "service": "rideshare",
      "status": 200,
      "tool": "quote_ride"
    }
    "#);
}

#[test]
fn execute_buys() {
    let call =
        json!({"service": "rideshare", "tool": "request_ride", "parameters": {"Idempotency-Key": "k1", "body": {}}});
    insta::assert_snapshot!(ask("execute", call), @r#"
    {
      "balance": {
        "available_cents": 8001,
        "currency": "USD",
        "held_cents": 0,
        "posted_cents": 8001
      },
      "content_type": "application/json",
      "cost": {
        "amount_cents": 1999,
        "currency": "USD",
        "kind": "purchase"
      },
      "method": "POST",
      "path": "/rides",
      "purchase": {
        "id": "pur_1",
        "replayed": false,
        "state": "captured"
      },
      "result": {
        "ride_id": "r-7",
        "total": 1999
      },
      "service": "rideshare",
      "status": 201,
      "tool": "request_ride"
    }
    "#);
}

#[test]
fn execute_warns_of_buying_twice_what_is_in_doubt() {
    let parameters = json!({"Idempotency-Key": DOUBTFUL, "body": {}});
    let answer = ask("execute", json!({"service": "rideshare", "tool": "request_ride", "parameters": parameters}));
    assert!(!answer.starts_with("ERROR") && answer.contains("Don't buy it again"), "{answer}");
}

#[test]
fn execute_passes_a_problem_on() {
    let call = json!({"service": "rideshare", "tool": "request_ride", "parameters": {}});
    insta::assert_snapshot!(ask("execute", call), @r#"
    ERROR {
      "detail": "Add `Idempotency-Key` to the parameters",
      "fault": "caller",
      "retryable": false,
      "status": 400,
      "title": "This needs an Idempotency-Key",
      "type": "urn:penumbra:problem:idempotency-key-required"
    }
    "#);
}

#[test]
fn execute_tells_whether_a_retry_helps() {
    let refused = json!({"service": "food-delivery", "tool": "search_restaurants", "parameters": {}});
    insta::assert_snapshot!(ask("execute", refused), @r#"
    ERROR {
      "balance": {
        "available_cents": 10000,
        "currency": "USD",
        "held_cents": 0,
        "posted_cents": 10000
      },
      "content_type": "application/json",
      "hint": "The provider refused; a retry won't help. Compare with list_tools {\"service\": \"food-delivery\", \"tool\": \"search_restaurants\"}",
      "method": "GET",
      "path": "/restaurants",
      "result": "no such town",
      "service": "food-delivery",
      "status": 404,
      "tool": "search_restaurants"
    }
    "#);
    let failed = ask("execute", json!({"service": "rideshare", "tool": "list_drivers", "parameters": {}}));
    assert!(failed.starts_with("ERROR") && failed.contains("may succeed later"), "{failed}");
}

#[test]
fn execute_names_all_wrong_arguments_at_once() {
    let call = json!({"servise": "rideshare", "tool": 7, "parameters": [], "latitude": 1});
    insta::assert_snapshot!(ask("execute", call), @r#"
    ERROR {
      "detail": "The arguments can't be used; call execute {\"service\": …, \"tool\": …, \"parameters\": {…}}",
      "errors": [
        {
          "detail": "is missing",
          "pointer": "/service"
        },
        {
          "detail": "must be a string, not a number",
          "pointer": "/tool"
        },
        {
          "detail": "must be an object, not an array",
          "pointer": "/parameters"
        },
        {
          "detail": "is not an argument; a parameter of the service's tool goes into `parameters`",
          "pointer": "/latitude"
        },
        {
          "detail": "is not an argument; did you mean `service`?",
          "pointer": "/servise"
        }
      ],
      "fault": "caller",
      "retryable": false,
      "status": 400,
      "title": "The parameters don't fit the operation",
      "type": "urn:penumbra:problem:invalid-parameters"
    }
    "#);
}

#[test]
fn models_that_write_json_as_text_and_null_for_nothing_are_understood() {
    let call = json!({"service": "open-meteo", "tool": "get_forecast", "parameters": "{\"latitude\": 1}"});
    let backend = Fake::new(catalog::three());
    let answer = session::block_on(async {
        let client = session::open(backend.clone(), None, Era::Handshake).await;
        let listed = json!({"service": "open-meteo", "query": null, "tool": null, "cursor": ""});
        assert_eq!(session::call(&client, "list_tools", listed).await.unwrap().is_error, Some(false));
        session::call(&client, "execute", call).await.unwrap().structured_content.unwrap()
    });
    assert_eq!(answer["result"]["echo"], json!({"latitude": 1}));
    assert_eq!(backend.calls.lock().unwrap().len(), 1);
}
