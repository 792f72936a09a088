//! What is suggested of documents that sell something.

#![allow(clippy::unwrap_used, reason = "a test that can not go on fails")]

use scaffold::{AuthChoice, FactChoices, NewProvider, render};
use uaps_model::ServiceId;

/// The overlay but for its facts, and the questions.
#[track_caller]
fn check(document: &str) -> String {
    let new = NewProvider {
        id: ServiceId::new("shop").unwrap(),
        name: "Shop".into(),
        upstream: "https://api.shop.example".into(),
        source: "openapi.yaml".into(),
        category: None,
        description: None,
        tags: Vec::new(),
        auth: AuthChoice::default(),
        facts: FactChoices::default(),
        has_purchases: true,
        precheck_pattern: None,
        bundled: Vec::new(),
    };
    let made = render(&new, document).unwrap();
    let overlay = made.files.iter().find(|file| file.path == "overlay.yaml").map_or("", |file| &file.text);
    let mut shown = overlay.split_once("provider's document\"\n").map_or("", |(_, rest)| rest).to_owned();
    for question in &made.questions {
        shown.push_str(&format!("decide: {}\n  edit: {}\n", question.what, question.edit));
    }
    shown
}

#[test]
fn a_pair_is_found_by_its_words_and_its_money() {
    insta::assert_snapshot!(
        check(
            r##"openapi: 3.0.3
info: { title: Rides, version: "1" }
paths:
  /v1/estimates:
    get:
      operationId: getEstimates
      responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Estimate" } } } } }
  /v1/bookings:
    post:
      operationId: createBooking
      parameters: [ { name: X-Idempotency-Key, in: header, schema: { type: string } } ]
      responses: { "201": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Booking" } } } } }
  /v1/bookings/{id}/cancel:
    post:
      operationId: cancelBooking
      parameters: [ { name: id, in: path, required: true, schema: { type: string } } ]
      responses: { "200": { description: ok } }
components:
  schemas:
    Money:
      required: [amount]
      properties: { amount: { type: string, pattern: '^[0-9]+\.[0-9]{2}$' }, currency_code: { type: string } }
    Estimate: { required: [distance_km, price], properties: { distance_km: { type: number }, price: { $ref: "#/components/schemas/Money" } } }
    Booking: { properties: { booking_id: { type: string }, total: { $ref: "#/components/schemas/Money" } } }
"##
        ),
        @r#"
      # To decide: is POST /v1/bookings the purchase that GET /v1/estimates quotes?
      # - target: "$.components.schemas.Booking"
      #   description: The provider always answers this
      #   update:
      #     required:
      #       - booking_id
      #       - total
      # - target: "$.components.schemas.Money"
      #   description: The provider always answers this
      #   update:
      #     required:
      #       - currency_code
      # - target: "$.paths['/v1/estimates'].get"
      #   description: Where the quote tells its price
      #   update:
      #     x-purchase-precheckout: true
      #     x-amount-path: "$.price.amount"
      #     x-amount-unit: major
      #     x-currency-path: "$.price.currency_code"
      # - target: "$.paths['/v1/bookings'].post"
      #   description: The purchase that GET /v1/estimates quotes
      #   update:
      #     x-purchase-endpoint: true
      #     x-purchase-precheck: "/v1/estimates"
      #     x-amount-path: "$.total.amount"
      #     x-amount-unit: major
      #     x-currency-path: "$.total.currency_code"
      #     x-transaction-id-path: "$.booking_id"
      #     x-idempotency-header: X-Idempotency-Key
    decide: is POST /v1/bookings the purchase that GET /v1/estimates quotes?
      edit: if so, take the comment signs off the block at the end and check its paths; if not, delete the block. The block says that the provider always answers `booking_id`, `currency_code`, `total`, which its document leaves open.
    "#
    );
}

#[test]
fn swagger_has_pairs_too() {
    insta::assert_snapshot!(
        check(
            r##"swagger: "2.0"
info: { title: Shop, version: "1" }
paths:
  /orders/quote:
    post:
      operationId: quoteOrder
      responses: { "200": { description: ok, schema: { required: [total_cents], properties: { total_cents: { type: integer } } } } }
  /orders:
    post:
      operationId: createOrder
      responses: { "200": { description: ok, schema: { required: [id, total_cents], properties: { id: { type: string }, total_cents: { type: integer } } } } }
"##
        ),
        @r#"
      # To decide: is POST /orders the purchase that POST /orders/quote quotes?
      # - target: "$.paths['/orders/quote'].post"
      #   description: Where the quote tells its price
      #   update:
      #     x-purchase-precheckout: true
      #     x-amount-path: "$.total_cents"
      #     x-amount-unit: minor
      #     x-currency: USD
      # - target: "$.paths['/orders'].post"
      #   description: The purchase that POST /orders/quote quotes
      #   update:
      #     x-purchase-endpoint: true
      #     x-purchase-precheck: "/orders/quote"
      #     x-amount-path: "$.total_cents"
      #     x-amount-unit: minor
      #     x-currency: USD
      #     x-transaction-id-path: "$.id"
    decide: is POST /orders the purchase that POST /orders/quote quotes?
      edit: if so, take the comment signs off the block at the end and check its paths; if not, delete the block. No currency stands beside the price; USD is a guess.
    "#
    );
}

#[test]
fn a_sale_without_a_quote_is_asked_for() {
    insta::assert_snapshot!(
        check(
            "openapi: 3.0.3\ninfo: { title: Shop, version: '1' }\npaths: { /orders: { post: { operationId: createOrder, responses: { '200': { description: ok } } } } }\n"
        ),
        @r"
    decide: no operation looks like the quote of POST /orders
      edit: name the quote's path with --precheck-pattern; what can't be quoted can't be sold through the gateway
    "
    );
}

#[test]
fn words_of_a_document_stay_in_their_comment() {
    let inject = r#"\n  - target: \"$.paths\"\n    remove: true\n  #"#;
    let schema = r#"{"200": {"description": "ok", "content": {"application/json": {"schema": {"properties": {"price_cents": {"type": "integer"}}}}}}}"#;
    let operation = |id: &str| format!(r#"{{"post": {{"operationId": "{id}", "responses": {schema}}}}}"#);
    let document = format!(
        r#"{{"openapi": "3.0.3", "info": {{"title": "T", "version": "1"}}, "paths": {{"/shop{inject}/quote": {}, "/shop{inject}/orders": {}}}}}"#,
        operation("quote_order"),
        operation("place_order"),
    );
    let shown = check(&document);
    assert!(shown.contains("remove: true"), "{shown}");
    assert!(!shown.lines().any(|line| line.trim_start().starts_with("- target: \"$.paths\"")), "{shown}");
}
