//! The gateway's own paths of topping a key up.

use serde_json::{Map, Value, json};
use uaps_model::IDEMPOTENCY_KEY;

/// The path items. `v1` and `webhooks` are no service's ids, so they collide with nothing.
pub fn paths() -> Map<String, Value> {
    let key = json!([{"bearer": []}, {"apiKey": []}]);
    let create = json!({
        "operationId": "v1_create_topup",
        "tags": ["topups"],
        "summary": "Top the key up",
        "description": "Answers with a page on which the amount is paid. The balance grows once the payment is confirmed.",
        "security": key,
        "parameters": [{
            "name": IDEMPOTENCY_KEY,
            "in": "header",
            "required": true,
            "description": "Names this top-up. Sending it again opens no second one.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        }],
        "requestBody": {"required": true, "content": {"application/json": {"schema": {
            "type": "object",
            "additionalProperties": false,
            "required": ["amount_cents"],
            "properties": {"amount_cents": {"type": "integer", "minimum": crate::stripe::MIN_CENTS}},
        }}}},
        "responses": responses("201", "The top-up and its page.", opened(), &["400", "401", "409", "422", "502", "503", "504"]),
    });
    let show = json!({
        "operationId": "v1_show_topup",
        "tags": ["topups"],
        "summary": "How far a top-up is",
        "security": key,
        "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
        "responses": responses("200", "The top-up.", shown(), &["401", "404"]),
    });
    let webhook = json!({
        "operationId": "webhooks_stripe",
        "tags": ["topups"],
        "summary": "What Stripe says of a payment",
        "description": "For Stripe alone, which signs the body.",
        "security": [],
        "parameters": [
            {"name": "Stripe-Signature", "in": "header", "required": true, "schema": {"type": "string"}},
        ],
        "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": responses("200", "It was taken in.", json!({"type": "object"}), &["400", "413", "415", "503"]),
    });
    Map::from_iter([
        ("/v1/topups".to_owned(), json!({ "post": create })),
        ("/v1/topups/{id}".to_owned(), json!({ "get": show })),
        ("/webhooks/stripe".to_owned(), json!({ "post": webhook })),
    ])
}

fn responses(status: &str, description: &str, schema: Value, problems: &[&str]) -> Value {
    let well = json!({"description": description, "content": {"application/json": {"schema": schema}}});
    let problem = json!({
        "description": "A problem.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/penumbra.Problem"}}},
    });
    let problems = problems.iter().map(|status| ((*status).to_owned(), problem.clone()));
    Map::from_iter(std::iter::once((status.to_owned(), well)).chain(problems)).into()
}

fn opened() -> Value {
    json!({
        "type": "object",
        "required": ["id", "amount_cents", "currency", "url", "location", "created_at"],
        "properties": {
            "id": {"type": "string"},
            "amount_cents": {"type": "integer"},
            "currency": {"const": "USD"},
            "url": {"type": "string", "format": "uri"},
            "location": {"type": "string"},
            "created_at": {"type": "string", "format": "date-time"},
        },
    })
}

fn shown() -> Value {
    let cents = json!({"type": "integer", "minimum": 0});
    json!({
        "type": "object",
        "required": ["id", "state", "amount_cents", "paid_cents", "returned_cents", "disputed_cents", "currency"],
        "properties": {
            "id": {"type": "string"},
            "state": {"enum": ["open", "paid", "expired", "returned"]},
            "amount_cents": cents,
            "paid_cents": cents,
            "returned_cents": cents,
            "disputed_cents": cents,
            "currency": {"const": "USD"},
            "url": {"type": ["string", "null"], "format": "uri"},
            "created_at": {"type": "string", "format": "date-time"},
            "updated_at": {"type": "string", "format": "date-time"},
        },
    })
}
