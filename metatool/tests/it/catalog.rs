//! Catalogues to test with: three small services that differ in all that matters here, and any number of dull ones.

use encoder::{Encoder, Words};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use uaps_model::{
    AccessLevel, AccessPolicy, Amount, AmountUnit, Auth, AuthScheme, Catalog, Commerce, Currency, CurrencySource,
    Example, FORMAT, Facts, Hints, IDEMPOTENCY_KEY, Method, Operation, Query, RateLimits, Segment, Service, ServiceId,
    ToolName,
};

pub fn of(services: impl IntoIterator<Item = Service>) -> Catalog {
    Catalog::from_json(services.into_iter().map(|s| serde_json::to_string(&s).unwrap())).unwrap()
}

/// Weather, rides and food.
pub fn three() -> Catalog {
    of([weather(), rides(), food()])
}

/// A catalogue as the compiler leaves it: what each service is about has been worked out.
pub fn described(catalog: Catalog) -> Catalog {
    static ENCODER: LazyLock<Encoder<'static>> = LazyLock::new(|| Encoder::new(encoder::model()).unwrap());
    static WORDS: LazyLock<Words<'static>> = LazyLock::new(|| Words::linked().unwrap());
    catalog.with_meanings(|service| Some(encoder::describe(&ENCODER, &WORDS, service, None)))
}

/// The three, and `count` services that differ by number only.
pub fn many(count: usize) -> Catalog {
    let dull = (0..count).map(|n| {
        let tools = (0..20).map(|t| operation(&format!("look_up_{t}"), Method::Get, "/items", "Look up an item"));
        service(&format!("archive-{n}"), &format!("Archive {n}"), "records", "Old records of a town", tools.collect())
    });
    of(dull.chain([weather(), rides(), food()]))
}

pub fn weather() -> Service {
    let mut forecast = operation("get_forecast", Method::Get, "/v1/forecast", "Weather forecast by hour and day");
    forecast.description = "Temperature, rain and wind for a place, up to 16 days ahead.".into();
    forecast.input = json!({
        "type": "object",
        "properties": {
            "latitude": {"type": "number"}, "longitude": {"type": "number"}, "hourly": {"type": "string"},
        },
        "required": ["latitude", "longitude"],
    });
    forecast.output = Some(json!({"$ref": "#/$defs/Forecast"}));
    forecast.example.arguments = json!({"latitude": 52.52, "longitude": 13.41});
    let archive = operation("get_archive", Method::Get, "/v1/archive", "Weather of the past");
    let mut service = service(
        "open-meteo",
        "Open-Meteo",
        "information",
        "Global weather forecasts and climate data",
        vec![archive, forecast],
    );
    service.tags = ["weather", "climate", "forecast"].map(str::to_owned).to_vec();
    service.schemas = BTreeMap::from([(
        "Forecast".to_owned(),
        json!({"type": "object", "properties": {
            "current": {"type": "object", "properties": {"temperature_2m": {"type": "number"}}},
            "utc_offset_seconds": {"type": "integer"},
        }, "required": ["utc_offset_seconds"]}),
    )]);
    service
}

pub fn rides() -> Service {
    let mut quote = operation("quote_ride", Method::Post, "/rides/quote", "Price of a ride");
    quote.commerce = Some(Commerce::Quote { amount: Some(total()) });
    quote.input = ride_input(&["body"]);
    let mut request = operation("request_ride", Method::Post, "/rides", "Request a ride");
    request.access = AccessLevel::Authenticated;
    request.commerce = Some(Commerce::Purchase {
        quote: ToolName::new("quote_ride").unwrap(),
        quoted: total(),
        charged: total(),
        transaction_id: query("ride_id"),
        idempotency_header: Some(IDEMPOTENCY_KEY.into()),
        lookup: None,
    });
    request.input = ride_input(&["body", IDEMPOTENCY_KEY]);
    request.output = Some(json!({"type": "object", "properties": {
        "ride_id": {"type": "string"}, "total": {"type": "integer"}, "eta": {"type": "string", "format": "date-time"},
    }, "required": ["ride_id", "total"]}));
    request.example.arguments = json!({"body": {"pickup": "Main St 1", "dropoff": "Airport"}});
    let mut drivers = operation("list_drivers", Method::Get, "/drivers", "Drivers nearby");
    drivers.fee_cents = 5;
    drivers.access = AccessLevel::Identified;
    let mut service = service(
        "rideshare",
        "Rideshare",
        "mobility",
        "Taxi rides in the city: drivers nearby, prices and booking",
        vec![drivers, request, quote],
    );
    service.tags = vec!["taxi".into(), "transport".into()];
    service.schemas = BTreeMap::from([(
        "RideOrder".to_owned(),
        json!({"type": "object", "properties": {
            "pickup": {"type": "string"}, "dropoff": {"type": "string"}, "seats": {"type": "integer"},
        }, "required": ["pickup", "dropoff"]}),
    )]);
    service.facts.flow = "quote_ride, then request_ride".into();
    service.facts.pricing_model = "Rides cost what the quote says; looking at drivers costs a small fee".into();
    service
}

pub fn food() -> Service {
    let mut search = operation("search_restaurants", Method::Get, "/restaurants", "Restaurants that deliver");
    search.fee_cents = 2;
    let order = operation("place_order", Method::Post, "/orders", "Order a meal");
    let mut service = service(
        "food-delivery",
        "Food Delivery",
        "food",
        "Restaurants that deliver pizza, sushi and other meals to your door",
        vec![order, search],
    );
    service.tags = vec!["restaurant".into(), "takeaway".into()];
    service
}

fn ride_input(required: &[&str]) -> Value {
    let mut properties = json!({"body": {"$ref": "#/$defs/RideOrder"}});
    if required.contains(&IDEMPOTENCY_KEY) {
        properties[IDEMPOTENCY_KEY] = json!({"type": "string"});
    }
    json!({"type": "object", "properties": properties, "required": required})
}

fn query(name: &str) -> Query {
    Query { text: format!("$.{name}"), segments: vec![Segment::Name(name.into())] }
}

fn total() -> Amount {
    Amount { path: query("total"), unit: AmountUnit::Minor, currency: CurrencySource::Fixed(Currency::USD) }
}

pub fn operation(tool: &str, method: Method, path: &str, title: &str) -> Operation {
    Operation {
        tool: ToolName::new(tool).unwrap(),
        operation_id: tool.into(),
        method,
        path: path.into(),
        title: title.into(),
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
        responses: Vec::new(),
        input: json!({"type": "object", "properties": {}}),
        output: None,
        example: Example {
            arguments: json!({}),
            status: 200,
            content_type: Some("application/json".into()),
            response: None,
        },
    }
}

pub fn service(id: &str, name: &str, category: &str, description: &str, operations: Vec<Operation>) -> Service {
    Service {
        format: FORMAT,
        id: ServiceId::new(id).unwrap(),
        name: name.into(),
        description: description.into(),
        category: category.into(),
        tags: Vec::new(),
        version: "1".into(),
        upstream: "https://api.example.com".into(),
        auth: Auth { scheme: AuthScheme::None, place: None, name: None },
        rate_limits: RateLimits::default(),
        access: AccessPolicy::default(),
        facts: Facts::default(),
        servers: Vec::new(),
        security_schemes: BTreeMap::new(),
        operations,
        schemas: BTreeMap::new(),
    }
}
