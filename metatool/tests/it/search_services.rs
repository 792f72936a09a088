//! What `search_services` answers.

use crate::session::ask;
use serde_json::json;

#[test]
fn search_services_shows_the_best_tools() {
    insta::assert_snapshot!(ask("search_services", json!({"query": "taxi to the airport"})), @r#"
    {
      "services": [
        {
          "category": "mobility",
          "id": "rideshare",
          "more_tools": 0,
          "summary": "Taxi rides in the city: drivers nearby, prices and booking",
          "tools": [
            "list_drivers(): Drivers nearby [fee 0.05 USD, identified]",
            "request_ride(body{pickup, dropoff}, Idempotency-Key): Request a ride [price from quote_ride, authenticated]",
            "quote_ride(body{pickup, dropoff}): Price of a ride [quote, anonymous]"
          ],
          "why": "tags: taxi"
        }
      ],
      "total": 1
    }
    "#);
}

#[test]
fn search_services_mends_a_slip() {
    insta::assert_snapshot!(ask("search_services", json!({"query": "piza", "category": "food"})), @r#"
    {
      "corrected": {
        "piza": "pizza"
      },
      "services": [
        {
          "category": "food",
          "id": "food-delivery",
          "more_tools": 0,
          "summary": "Restaurants that deliver pizza, sushi and other meals to your door",
          "tools": [
            "place_order(): Order a meal [free, anonymous]",
            "search_restaurants(): Restaurants that deliver [fee 0.02 USD, anonymous]"
          ],
          "why": "description: pizza"
        }
      ],
      "total": 1
    }
    "#);
}

#[test]
fn search_services_names_the_categories_where_nothing_fits() {
    insta::assert_snapshot!(ask("search_services", json!({"query": "xyzzy"})), @r#"
    {
      "categories": {
        "food": 1,
        "information": 1,
        "mobility": 1
      },
      "hint": "Nothing fits; try other words, or an empty `query` with one of `categories`",
      "services": [],
      "total": 0
    }
    "#);
}

#[test]
fn search_services_suggests_a_category() {
    insta::assert_snapshot!(ask("search_services", json!({"query": "", "category": "mobilty"})), @r#"
    {
      "categories": {
        "food": 1,
        "information": 1,
        "mobility": 1
      },
      "hint": "There is no category `mobilty`; did you mean `mobility`?",
      "services": [],
      "total": 0
    }
    "#);
}
