//! One operation as the gateway serves it.

use super::names::Names;
use super::responses;
use crate::pipeline::required_level;
use serde_json::{Map, Value, json};
use uaps_model::{AccessLevel, Commerce, Encoding, IDEMPOTENCY_KEY, MediaType, Operation, Param, Place, Service};

/// The header in which a person's answer comes back.
const CONFIRMATION: &str = "Penumbra-Confirmation";

/// The operation object.
pub fn operation(service: &Service, op: &Operation, names: &Names) -> Value {
    let mut out = Map::new();
    let mut set = |key: &str, value: Value| drop(out.insert(key.to_owned(), value));
    // Service ids hold no underscore, so this is unique across services.
    set("operationId", format!("{}_{}", service.id, op.tool).into());
    set("tags", json!([service.id]));
    set("summary", op.title.as_str().into());
    if !op.description.is_empty() {
        set("description", op.description.as_str().into());
    }
    if op.deprecated {
        set("deprecated", true.into());
    }
    set("security", security(op));
    let mut parameters: Vec<Value> = op.params.iter().map(|param| parameter(param, names)).collect();
    let declared = op.params_in(Place::Header).any(|p| p.name.eq_ignore_ascii_case(IDEMPOTENCY_KEY));
    if op.is_purchase() && !declared {
        parameters.push(json!({
            "name": IDEMPOTENCY_KEY,
            "in": "header",
            "required": true,
            "description": "Names this purchase. Sending it again buys nothing again.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        }));
    }
    if op.is_purchase() || op.hints.destructive {
        parameters.push(json!({
            "name": CONFIRMATION,
            "in": "header",
            "description": "The token of an earlier answer's `confirmation`, once a person has said yes.",
            "schema": {"type": "string"},
        }));
    }
    if !parameters.is_empty() {
        set("parameters", parameters.into());
    }
    if let Some(body) = &op.body {
        let content: Map<String, Value> =
            body.media.iter().map(|media| (media.content_type.clone(), media_type(media, names))).collect();
        set("requestBody", json!({"required": body.required, "content": content}));
    }
    set("responses", responses::responses(op, names).into());
    if let Some(info) = payment(op) {
        set("x-payment-info", info);
    }
    out.into()
}

/// Anonymous operations take a key too, for its own rate limit.
fn security(op: &Operation) -> Value {
    match required_level(op) {
        AccessLevel::Anonymous => json!([{}, {"bearer": []}, {"apiKey": []}]),
        _ => json!([{"bearer": []}, {"apiKey": []}]),
    }
}

fn parameter(param: &Param, names: &Names) -> Value {
    let place = match param.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    };
    let mut out = Map::new();
    out.insert("name".into(), param.name.as_str().into());
    out.insert("in".into(), place.into());
    out.insert("required".into(), (param.required || param.place == Place::Path).into());
    let schema = names.rewrite(&param.schema);
    if param.json {
        out.insert("content".into(), json!({"application/json": {"schema": schema}}));
    } else {
        out.insert("schema".into(), schema);
        out.insert("style".into(), json!(param.style));
        out.insert("explode".into(), param.explode.into());
        if param.allow_reserved && param.place == Place::Query {
            out.insert("allowReserved".into(), true.into());
        }
    }
    out.into()
}

fn media_type(media: &MediaType, names: &Names) -> Value {
    let mut out = Map::from_iter([("schema".to_owned(), names.rewrite(&media.schema))]);
    if !media.encoding.is_empty() {
        let encoding: Map<String, Value> = media.encoding.iter().map(|(name, e)| (name.clone(), encoded(e))).collect();
        out.insert("encoding".into(), encoding.into());
    }
    out.into()
}

fn encoded(encoding: &Encoding) -> Value {
    match encoding {
        Encoding::Media { content_type } => json!({ "contentType": content_type }),
        Encoding::Styled { style, explode, allow_reserved } => {
            json!({"style": style, "explode": explode, "allowReserved": allow_reserved})
        }
    }
}

/// What a call costs. `amount` is null where only a quote can tell.
fn payment(op: &Operation) -> Option<Value> {
    match &op.commerce {
        Some(Commerce::Purchase { quote, .. }) => Some(json!({
            "intent": "charge", "method": "credits", "amount": null, "currency": "USD", "quote": quote,
            "fee": (op.fee_cents > 0).then_some(op.fee_cents),
        })),
        _ if op.fee_cents > 0 => {
            let amount = op.fee_cents.to_string();
            Some(json!({"intent": "charge", "method": "credits", "amount": amount, "currency": "USD"}))
        }
        _ => None,
    }
}
