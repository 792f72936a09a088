//! A small world for tests: one service, its provider on a free port, a gateway, and keys.

use crate::{Config, Gateway, ProviderSetting, Secret};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use ledger::{Credential, Fingerprint, Ledger, NewKey, NewPurchase};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::ServiceExt;
use uaps_model::{AccessLevel, Catalog, Money, Operation, Service};

/// The service's secret, which must never come out anywhere.
pub const SECRET: &str = "provider-secret-0123456789";

/// A look-up of an order of `shop` by its idempotency key.
pub const LOOKUP: &str = r#"{
    "tool": "find_order", "parameter": "reference", "reference": "idempotency_header",
    "status": {"text": "$.status", "segments": ["status"]}, "sold": ["paid"], "not_sold": ["declined"],
    "settles_after_seconds": 1, "transaction_id": {"text": "$.order", "segments": ["order"]},
    "charged": {"path": {"text": "$.charged_cents", "segments": ["charged_cents"]}, "unit": "minor", "currency": {"fixed": "USD"}}
}"#;

fn operation(tool: &str, method: &str, path: &str, more: Value) -> Value {
    let mut op = json!({
        "tool": tool, "operation_id": tool, "method": method, "path": path, "title": tool, "access": "anonymous",
        "hints": {"read_only": method == "GET", "destructive": false, "idempotent": method == "GET"},
        "responses": [{"status": "200", "content_type": "application/json"}],
        "input": {"type": "object", "properties": {}, "additionalProperties": false},
        "example": {"arguments": {}, "status": 200},
    });
    op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    op
}

fn parameter(name: &str, place: &str, schema: Value) -> Value {
    let style = if place == "path" || place == "header" { "simple" } else { "form" };
    json!({"name": name, "key": name, "place": place, "required": place == "path", "style": style,
           "explode": style == "form", "schema": schema})
}

fn json_body(schema: &Value) -> Value {
    json!({"required": true, "media": [
        {"content_type": "application/json", "kind": "json", "schema": schema},
        {"content_type": "application/x-www-form-urlencoded", "kind": "form", "schema": schema},
    ]})
}

/// The service `shop`, served at `upstream`.
pub fn service(upstream: &str) -> Service {
    let cart = json!({"$ref": "#/$defs/Cart"});
    let cents = |name: &str| json!({"path": {"text": format!("$.{name}"), "segments": [name]}, "unit": "minor", "currency": {"fixed": "USD"}});
    let order_input = json!({"type": "object", "additionalProperties": false, "required": ["Idempotency-Key", "body"],
        "properties": {"Idempotency-Key": {"type": "string"}, "body": {"allOf": [cart, {"properties": {"note": {"type": "string"}}}]}}});
    let text = json!({"type": "string"});
    let service = json!({
        "format": uaps_model::FORMAT, "id": "shop", "name": "Shop", "description": "Things <to> buy", "category": "retail",
        "version": "1", "upstream": upstream, "auth": {"scheme": "apiKey", "in": "header", "name": "X-Shop-Key"},
        "rate_limits": {"default_per_minute": 6000, "burst": 1000}, "access": {},
        "facts": {"description": "Things", "flow": "", "pricing_model": "", "typical_response_time": ""},
        "schemas": {"Cart": {"type": "object", "required": ["item"], "properties": {
            "item": {"type": "string"}, "count": {"type": "integer", "minimum": 1}}}},
        "operations": [
            operation("get_item", "GET", "/items/{id}", json!({
                "params": [parameter("id", "path", text.clone()), parameter("lang", "query", json!({"enum": ["en", "de"]}))],
                "input": {"type": "object", "additionalProperties": false, "required": ["id"], "properties": {
                    "id": {"type": "string"}, "lang": {"enum": ["en", "de"]}}}})),
            operation("search", "GET", "/search", json!({"fee_cents": 5,
                "params": [parameter("q", "query", text.clone())],
                "input": {"type": "object", "properties": {"q": {"type": "string"}}}})),
            operation("add_review", "POST", "/items/{id}/reviews", json!({"access": "identified",
                "params": [parameter("id", "path", text.clone())], "body": json_body(&json!({"type": "object", "properties": {"stars": {"type": "integer"}}})),
                "input": {"type": "object", "required": ["id", "body"], "properties": {"id": {"type": "string"},
                    "body": {"type": "object", "additionalProperties": false, "properties": {"stars": {"type": "integer"}}}}}})),
            operation("find_order", "GET", "/orders/{reference}", json!({
                "params": [parameter("reference", "path", text.clone())],
                "input": {"type": "object", "required": ["reference"], "properties": {"reference": {"type": "string"}}}})),
            operation("quote_order", "POST", "/quotes", json!({
                "commerce": {"role": "quote", "amount": cents("total_cents")}, "body": json_body(&cart),
                "input": {"type": "object", "required": ["body"], "properties": {"body": cart}}})),
            operation("place_order", "POST", "/orders", json!({"access": "authenticated",
                "commerce": {"role": "purchase", "quote": "quote_order", "quoted": cents("total_cents"), "charged": cents("charged_cents"),
                    "transaction_id": {"text": "$.order", "segments": ["order"]}, "idempotency_header": "Idempotency-Key"},
                "body": json_body(&json!({"allOf": [cart, {"properties": {"note": {"type": "string"}}}]})), "input": order_input})),
        ],
    });
    serde_json::from_value(service).unwrap()
}

/// An operation of `shop`.
pub fn op<'s>(service: &'s Service, tool: &str) -> &'s Operation {
    service.operation(tool).unwrap()
}

/// A request that the provider saw.
#[derive(Debug, Clone)]
pub struct Seen {
    pub line: String,
    pub headers: HeaderMap,
    pub body: String,
}

/// What the provider does with the next order.
#[derive(Debug, Clone)]
pub enum Order {
    Answer(u16, &'static str),
    Hang(Duration),
}

#[derive(Debug, Default)]
pub struct Provider {
    seen: Mutex<Vec<Seen>>,
    orders: Mutex<VecDeque<Order>>,
    quotes: Mutex<VecDeque<(u16, &'static str)>>,
    lookups: Mutex<VecDeque<(u16, &'static str)>>,
}

impl Provider {
    async fn serve(self: Arc<Self>) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(move |request: Request<Body>| {
            let provider = self.clone();
            async move { provider.answer(request).await }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        url
    }

    async fn answer(&self, request: Request<Body>) -> Response {
        let (parts, body) = request.into_parts();
        let body = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
        let line = format!("{} {}", parts.method, parts.uri);
        let path = parts.uri.path().to_owned();
        self.seen.lock().unwrap().push(Seen { line, headers: parts.headers, body: body.clone() });
        let json = [("content-type", "application/json"), ("set-cookie", "a=b")];
        match path.as_str() {
            "/orders" => {
                let next = self.orders.lock().unwrap().pop_front();
                let (status, text) =
                    match next.unwrap_or(Order::Answer(201, r#"{"charged_cents": 1999, "order": "o-1"}"#)) {
                        Order::Answer(status, text) => (status, text),
                        Order::Hang(time) => {
                            tokio::time::sleep(time).await;
                            (201, r#"{"charged_cents": 1999, "order": "late"}"#)
                        }
                    };
                (StatusCode::from_u16(status).unwrap(), json, text).into_response()
            }
            "/quotes" => {
                let next = self.quotes.lock().unwrap().pop_front();
                let (status, text) = next.unwrap_or((200, r#"{"total_cents": 1999}"#));
                (StatusCode::from_u16(status).unwrap(), json, text).into_response()
            }
            path if path.starts_with("/orders/") => {
                let next = self.lookups.lock().unwrap().pop_front();
                let (status, text) = next.unwrap_or((500, "{}"));
                (StatusCode::from_u16(status).unwrap(), json, text).into_response()
            }
            "/search" if body.is_empty() => (json, r#"{"hits": []}"#).into_response(),
            "/items/away" => (StatusCode::FOUND, [("location", "http://192.0.2.1/elsewhere")]).into_response(),
            "/items/broken" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            "/items/switch" => {
                (StatusCode::SWITCHING_PROTOCOLS, [("upgrade", "x"), ("connection", "upgrade")]).into_response()
            }
            "/items/denied" => (StatusCode::UNAUTHORIZED, format!("bad key {SECRET}")).into_response(),
            "/items/echo" => format!("your key is {SECRET}").into_response(),
            "/items/huge" => vec![b'x'; 2 * 1024 * 1024].into_response(),
            _ => (json, r#"{"ok": true}"#).into_response(),
        }
    }

    /// Plans the answers to the next orders.
    pub fn orders(&self, orders: impl IntoIterator<Item = Order>) {
        self.orders.lock().unwrap().extend(orders);
    }

    /// Plans the answers to the next quotes.
    pub fn quotes(&self, quotes: impl IntoIterator<Item = (u16, &'static str)>) {
        self.quotes.lock().unwrap().extend(quotes);
    }

    /// Plans the answers to the next look-ups of orders.
    pub fn lookups(&self, lookups: impl IntoIterator<Item = (u16, &'static str)>) {
        self.lookups.lock().unwrap().extend(lookups);
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How many requests had this method and path.
    pub fn count(&self, line: &str) -> usize {
        self.seen().iter().filter(|seen| seen.line.starts_with(line)).count()
    }
}

/// The gateway's settings in tests.
pub fn config() -> Config {
    let mut config = Config {
        upstream_timeout: Duration::from_secs(2),
        admin_token: Some("admin-token-0123456789".into()),
        ..Config::default()
    };
    let setting = ProviderSetting { api_key: Some(Secret::new(SECRET)), ..ProviderSetting::default() };
    config.providers.set(&"shop".parse().unwrap(), setting);
    config
}

/// Everything a test needs.
pub struct World {
    pub gateway: Gateway,
    pub provider: Arc<Provider>,
    pub key: String,
    pub credential: Credential,
}

impl World {
    /// A gateway with one key of 50 dollars.
    pub async fn new() -> World {
        World::with(config(), 5000, |_| {}).await
    }

    /// Likewise, with other settings, money and a changed service.
    pub async fn with(config: Config, credit_cents: i64, change: impl FnOnce(&mut Service)) -> World {
        let ledger = Ledger::open("sqlite::memory:").await.unwrap();
        World::over(ledger, config, credit_cents, change).await
    }

    /// Likewise, over a ledger of one's own.
    pub async fn over(ledger: Ledger, config: Config, credit_cents: i64, change: impl FnOnce(&mut Service)) -> World {
        let provider = Arc::new(Provider::default());
        let mut service = service(&provider.clone().serve().await);
        change(&mut service);
        let catalog = Catalog::from_json([serde_json::to_string(&service).unwrap()]).unwrap();
        let new = NewKey { credit_cents, ..NewKey::new("a@example.com", AccessLevel::Authenticated) };
        let created = ledger.create_key(new).await.unwrap();
        let gateway = Gateway::new(config, Arc::new(catalog), ledger).unwrap();
        World { gateway, provider, key: created.secret.reveal().to_owned(), credential: created.credential }
    }

    /// A key of another level, without money.
    pub async fn key(&self, level: AccessLevel) -> String {
        let new = NewKey::new("b@example.com", level);
        self.gateway.ledger().create_key(new).await.unwrap().secret.reveal().to_owned()
    }

    /// Sends a request: `"POST /shop/orders"`, headers, body.
    pub async fn send(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Got {
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_empty() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        let response = self.gateway.router().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Got {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Likewise with the key.
    pub async fn authed(&self, line: &str, body: &str) -> Got {
        let key = self.key.clone();
        self.send(line, &[("x-api-key", key.as_str())], body).await
    }

    /// Likewise with another key.
    pub async fn as_key(&self, key: &str, line: &str, body: &str) -> Got {
        self.send(line, &[("x-api-key", key)], body).await
    }

    /// Likewise with the admin token.
    pub async fn admin(&self, line: &str, body: &str) -> Got {
        self.send(line, &[("authorization", "Bearer admin-token-0123456789")], body).await
    }

    /// Orders one thing under an idempotency key.
    pub async fn order(&self, key: &str, body: &str) -> Got {
        self.order_as(&self.key, key, body).await
    }

    /// Likewise with another key.
    pub async fn order_as(&self, who: &str, key: &str, body: &str) -> Got {
        self.send("POST /shop/orders", &[("x-api-key", who), ("idempotency-key", key)], body).await
    }

    /// Makes a key below the key: its secret and its id.
    pub async fn child(&self, limits: &str) -> (String, String) {
        let made = self.authed("POST /v1/keys", &format!(r#"{{"limits": {limits}}}"#)).await;
        assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{}", made.body);
        let made = made.json();
        (made["key"].as_str().unwrap().to_owned(), made["id"].as_str().unwrap().to_owned())
    }

    /// An order of one thing for the ledger alone: the provider hears nothing of it. `request` is what is kept of it.
    pub fn unsent(&self, request: Option<&str>) -> NewPurchase {
        NewPurchase {
            credential: self.credential.id.clone(),
            service: "shop".into(),
            tool: "place_order".into(),
            idempotency_key: "k".into(),
            fingerprint: Fingerprint::of("request"),
            quote: None,
            amount: Money::usd(1999),
            request: request.map(str::to_owned),
            order: None,
        }
    }

    /// Posted, held and available cents.
    pub async fn money(&self) -> (i64, i64, i64) {
        let balance = self.gateway.ledger().balance(&self.credential.id).await.unwrap();
        assert!(self.gateway.ledger().audit().await.unwrap().is_clean());
        (balance.posted_cents, balance.held_cents, balance.available_cents)
    }
}

/// An answer.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Checks status and kind of a problem, and gives it.
    #[track_caller]
    pub fn problem(&self, status: u16, slug: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.body);
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:penumbra:problem:{slug}"), "{}", self.body);
        problem
    }
}
