//! Two providers, written down as the compiler would.

use serde_json::{Value, json};
use std::sync::Arc;
use uaps_model::*;

/// A café with a key, whole cents, and a quote that leaves its amount to the purchase; and a cab firm without a key that
/// counts in dollars, names its currency, numbers its rides and knows no idempotency.
pub fn catalog() -> Arc<Catalog> {
    let texts = [cafe(), cab()].map(|service| serde_json::to_string(&service).expect("a service is JSON"));
    Arc::new(Catalog::from_json(texts).expect("the services are of this format"))
}

fn cafe() -> Service {
    let order = json!({
        "order": "ord_71", "status": "brewing", "items": [{"name": "tea", "count": 1}],
        "pricing": {"goods": 400, "tip": 50, "total": 450}
    });
    let cancelled =
        json!({"order": "ord_71", "status": "cancelled", "pricing": {"goods": 400, "tip": 50, "total": 450}});
    let basket = json!({"table": 4, "items": [{"name": "tea", "count": 1}]});
    let amount = Amount {
        path: path("$.pricing.total"),
        unit: AmountUnit::Minor,
        currency: CurrencySource::Fixed(Currency::USD),
    };
    let id = param("order", Place::Path, true);
    let auth = Auth { scheme: AuthScheme::ApiKey, place: Some(SecretPlace::Header), name: Some("X-Key".into()) };
    let schemas = [("Basket".to_owned(), json!({"type": "object", "properties": {"table": {}, "items": {}}}))];
    Service {
        schemas: schemas.into(),
        operations: vec![
            Operation {
                body: Some(json_body("Basket")),
                commerce: Some(Commerce::Quote { amount: None }),
                ..operation(
                    "quote",
                    Method::Post,
                    "/quote",
                    json!({"body": basket}),
                    json!({"pricing": {"total": 450}}),
                )
            },
            Operation {
                body: Some(json_body("Basket")),
                commerce: Some(Commerce::Purchase {
                    quote: "quote".parse().expect("a legal name"),
                    quoted: amount.clone(),
                    charged: amount,
                    transaction_id: path("$.order"),
                    idempotency_header: Some("Once".into()),
                    lookup: None,
                }),
                ..operation("buy", Method::Post, "/orders", json!({"body": basket}), order.clone())
            },
            Operation {
                params: vec![id.clone()],
                responses: vec![announced("200"), announced("404")],
                ..operation("look_up", Method::Get, "/orders/{order}", json!({"order": "ord_71"}), order)
            },
            Operation {
                params: vec![id],
                responses: vec![announced("200"), announced("404")],
                ..operation("cancel", Method::Post, "/orders/{order}/cancel", json!({"order": "ord_71"}), cancelled)
            },
            Operation {
                params: vec![param("lang", Place::Query, true), param("X-Shop", Place::Header, true)],
                responses: vec![announced("200"), announced("404")],
                ..operation(
                    "menu",
                    Method::Get,
                    "/shops/{shop}/menu",
                    json!({"shop": "s1", "lang": "en"}),
                    json!(["tea"]),
                )
            },
        ],
        ..service("cafe", auth)
    }
}

fn cab() -> Service {
    let fare = json!({"fare": {"amount": "18.40", "currency": "USD"}});
    let ride = json!({"id": 7, "state": "coming", "paid": 18.4, "currency": "USD"});
    let amount = |at: &str, currency: &str| Amount {
        path: path(at),
        unit: AmountUnit::Major,
        currency: CurrencySource::Path(path(currency)),
    };
    let seats = || Param { schema: json!({"type": "integer"}), ..param("seats", Place::Query, true) };
    let note = operation("note", Method::Get, "/note", json!({}), json!("All well"));
    Service {
        operations: vec![
            Operation {
                params: vec![seats()],
                commerce: Some(Commerce::Quote { amount: Some(amount("$.fare.amount", "$.fare.currency")) }),
                ..operation("fare", Method::Get, "/fare", json!({"seats": 2}), fare)
            },
            Operation {
                params: vec![seats()],
                commerce: Some(Commerce::Purchase {
                    quote: "fare".parse().expect("a legal name"),
                    quoted: amount("$.fare.amount", "$.fare.currency"),
                    charged: amount("$.paid", "$.currency"),
                    transaction_id: path("$.id"),
                    idempotency_header: None,
                    lookup: None,
                }),
                ..operation("ride", Method::Post, "/rides", json!({"seats": 2}), ride.clone())
            },
            Operation {
                params: vec![param("ride", Place::Path, true)],
                ..operation("follow", Method::Get, "/rides/{ride}", json!({"ride": 7}), ride)
            },
            Operation { example: Example { content_type: Some("text/plain".into()), ..note.example.clone() }, ..note },
            Operation {
                example: Example { arguments: json!({}), status: 204, content_type: None, response: None },
                ..operation("honk", Method::Put, "/horn", json!({}), Value::Null)
            },
        ],
        ..service("cab", Auth { scheme: AuthScheme::None, place: None, name: None })
    }
}

fn service(id: &str, auth: Auth) -> Service {
    Service {
        format: FORMAT,
        id: id.parse().expect("a legal id"),
        name: id.to_owned(),
        description: String::new(),
        category: "test".into(),
        tags: Vec::new(),
        version: "1".into(),
        upstream: format!("https://{id}.example"),
        auth,
        rate_limits: RateLimits::default(),
        access: AccessPolicy::default(),
        facts: Facts::default(),
        servers: Vec::new(),
        security_schemes: Default::default(),
        operations: Vec::new(),
        schemas: Default::default(),
    }
}

fn operation(tool: &str, method: Method, path: &str, arguments: Value, response: Value) -> Operation {
    Operation {
        tool: tool.parse().expect("a legal name"),
        operation_id: tool.to_owned(),
        method,
        path: path.to_owned(),
        title: tool.to_owned(),
        description: String::new(),
        tags: Vec::new(),
        deprecated: false,
        access: AccessLevel::Anonymous,
        fee_cents: 0,
        commerce: None,
        hints: Hints { read_only: method.is_safe(), destructive: false, idempotent: method.is_idempotent() },
        security: Vec::new(),
        servers: Vec::new(),
        params: Vec::new(),
        body: None,
        responses: vec![announced("200")],
        input: json!({"type": "object"}),
        output: None,
        example: Example {
            arguments,
            status: 200,
            content_type: Some("application/json".into()),
            response: Some(response),
        },
    }
}

fn param(name: &str, place: Place, required: bool) -> Param {
    Param {
        name: name.to_owned(),
        key: name.to_owned(),
        place,
        required,
        style: place.default_style(),
        explode: matches!(place, Place::Query | Place::Cookie),
        allow_reserved: false,
        json: false,
        schema: json!({"type": "string"}),
    }
}

fn json_body(schema: &str) -> Body {
    let schema = json!({"$ref": format!("#/$defs/{schema}")});
    Body { required: true, media: vec![MediaType::new("application/json", schema)] }
}

fn announced(status: &str) -> Response {
    Response { status: status.to_owned(), description: String::new(), content_type: None, schema: None }
}

fn path(text: &str) -> Query {
    let segments = text.split('.').skip(1).map(|name| Segment::Name(name.to_owned())).collect();
    Query { text: text.to_owned(), segments }
}
