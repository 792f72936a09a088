//! What `list_tools` answers.

use crate::catalog;
use crate::fake::Fake;
use crate::session::{self, Era, ask};
use serde_json::{Value, json};

#[test]
fn list_tools_has_a_line_a_tool() {
    insta::assert_snapshot!(ask("list_tools", json!({"service": "rideshare"})), @r#"
    {
      "flow": "quote_ride, then request_ride",
      "pricing": "Rides cost what the quote says; looking at drivers costs a small fee",
      "service": "rideshare",
      "tools": [
        "list_drivers(): Drivers nearby [fee 0.05 USD, identified]",
        "request_ride(body{pickup, dropoff}, Idempotency-Key): Request a ride [price from quote_ride, authenticated]",
        "quote_ride(body{pickup, dropoff}): Price of a ride [quote, anonymous]"
      ],
      "total": 3
    }
    "#);
}

#[test]
fn list_tools_filters() {
    insta::assert_snapshot!(ask("list_tools", json!({"service": "open-meteo", "query": "past"})), @r#"
    {
      "service": "open-meteo",
      "tools": [
        "get_archive(): Weather of the past [free, anonymous]"
      ],
      "total": 1
    }
    "#);
}

#[test]
fn list_tools_shows_a_purchase_in_full() {
    insta::assert_snapshot!(ask("list_tools", json!({"service": "rideshare", "tool": "request_ride"})), @r##"
    {
      "access": "authenticated",
      "cost": "price from quote_ride",
      "example": {
        "parameters": {
          "Idempotency-Key": "a-new-unique-text",
          "body": {
            "dropoff": "Airport",
            "pickup": "Main St 1"
          }
        },
        "service": "rideshare",
        "tool": "request_ride"
      },
      "input_schema": {
        "$defs": {
          "RideOrder": {
            "properties": {
              "dropoff": {
                "type": "string"
              },
              "pickup": {
                "type": "string"
              },
              "seats": {
                "type": "integer"
              }
            },
            "required": [
              "pickup",
              "dropoff"
            ],
            "type": "object"
          }
        },
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {
          "Idempotency-Key": {
            "type": "string"
          },
          "body": {
            "$ref": "#/$defs/RideOrder"
          }
        },
        "required": [
          "body",
          "Idempotency-Key"
        ],
        "type": "object"
      },
      "method": "POST",
      "output": "{eta?: string<date-time>, ride_id: string, total: integer}",
      "path": "/rides",
      "service": "rideshare",
      "steps": [
        "execute quote_ride with the same parameters, without Idempotency-Key: it tells the price, which holds for 15 minutes",
        "Tell the user what is bought and its price, and ask for consent",
        "execute request_ride with a new unique Idempotency-Key: the price is held, then charged once",
        "No answer, or status 202: never choose another key. Repeat the same call with the same Idempotency-Key to learn what became of it"
      ],
      "title": "Request a ride",
      "tool": "request_ride"
    }
    "##);
}

#[test]
fn list_tools_knows_what_was_meant() {
    insta::assert_snapshot!(ask("list_tools", json!({"service": "ridshare"})), @r#"
    ERROR {
      "detail": "There is no service `ridshare`; did you mean `rideshare`?",
      "fault": "caller",
      "retryable": false,
      "status": 404,
      "suggestions": [
        "rideshare"
      ],
      "title": "There is no such service",
      "type": "urn:penumbra:problem:unknown-service"
    }
    "#);
}

#[test]
fn list_tools_refuses_a_foreign_cursor() {
    insta::assert_snapshot!(ask("list_tools", json!({"service": "rideshare", "cursor": "AAAA"})), @r#"
    ERROR {
      "detail": "The cursor can't be used; ask without it for the first page",
      "errors": [
        {
          "detail": "is not a cursor of this list; it must come from `next_cursor` of the same service and query",
          "pointer": "/cursor"
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
fn pages_hold_every_tool_once() {
    let mut giant = catalog::service("giant", "Giant", "records", "Records", Vec::new());
    for n in 0..767 {
        let title = format!("Read the records of year {n}, with all that was written beside them");
        giant.operations.push(catalog::operation(&format!("read_{n}"), uaps_model::Method::Get, "/r", &title));
    }
    let seen = session::block_on(async {
        let client = session::open(Fake::new(catalog::of([giant])), None, Era::Discover).await;
        let mut seen = Vec::new();
        let mut cursor = Value::Null;
        loop {
            let arguments = json!({"service": "giant", "cursor": cursor});
            let page = session::call(&client, "list_tools", arguments).await.unwrap().structured_content.unwrap();
            assert!(page.to_string().len() < 5600, "a page stays near 1,500 tokens: {}", page.to_string().len());
            seen.extend(page["tools"].as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()));
            match page.get("next_cursor") {
                Some(next) => cursor = next.clone(),
                None => break seen,
            }
        }
    });
    assert_eq!(seen.len(), 767);
    assert!(seen[766].starts_with("read_766()"), "{}", seen[766]);
}
