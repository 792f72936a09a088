//! What `search_services` answers.

use crate::catalog;
use crate::fake::{Fake, KEY};
use crate::session::{self, Era, ask};
use serde_json::json;
use uaps_model::Method;

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

#[test]
fn search_services_never_answers_at_length() {
    let services = (0..9).map(|n| {
        let tools = (0..40).map(|t| {
            let name = format!("reconcile_intercompany_ledger_accounts_{t}");
            catalog::operation(&name, Method::Post, "/reconcile", &"Reconcile the ledger accounts ".repeat(9))
        });
        let description = "Ledger accounts of companies, reconciled every night. ".repeat(9);
        catalog::service(&format!("ledger-{n}"), "Ledger", "finance", &description, tools.collect())
    });
    let backend = Fake::new(catalog::of(services));
    let answer = session::block_on(async {
        let client = session::open(backend, Some(KEY), Era::Discover).await;
        let asked = json!({"query": "reconcile ledger accounts"});
        session::call(&client, "search_services", asked).await.unwrap().structured_content.unwrap()
    });
    let text = answer.to_string();
    assert!(text.len() <= 1800, "{} bytes", text.len());
    assert_eq!(answer["total"], 9);
    assert!(
        answer["services"].as_array().unwrap().iter().all(|s| !s["tools"].as_array().unwrap().is_empty()),
        "{text}"
    );
}
