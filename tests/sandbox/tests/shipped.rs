//! The providers of `specs/`, compiled here and now and played: their documents, their examples and the stand-ins fit
//! together.

#![allow(clippy::unwrap_used, reason = "a helper of a test may panic")]

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use sandbox::Sandbox;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower::ServiceExt;
use uaps_lint::{Format, check, render};
use uaps_model::{Catalog, Commerce, Operation, Place, Segment, Service};
use uaps_spec::{Input, Sources, Text};

fn specs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs")
}

/// Compiles a provider that has nothing to be said against it, not even a hint.
#[track_caller]
fn compile(id: &str) -> Service {
    let read = |name: &str| {
        let text = std::fs::read_to_string(specs().join(id).join(name)).ok()?;
        Some(Text { path: format!("specs/{id}/{name}"), text })
    };
    let input = Input {
        folder: id.to_owned(),
        manifest: read("provider.yaml").unwrap(),
        document: read("openapi.yaml").unwrap(),
        overlay: read("overlay.yaml"),
    };
    let mut sources = Sources::default();
    let (provider, diagnostics) = check(&mut sources, input);
    assert!(diagnostics.is_empty(), "{}", render(Format::Full, &sources, &diagnostics, false));
    let service = uaps_gen::compile(&provider.unwrap()).unwrap();
    let flaws: Vec<String> = uaps_gen::verify(&service).iter().map(ToString::to_string).collect();
    assert_eq!(flaws, [""; 0]);
    service
}

fn sandbox() -> (Arc<Catalog>, Sandbox) {
    let services = ["food-delivery", "open-meteo", "rideshare"].map(compile);
    let texts = services.map(|service| serde_json::to_string(&service).unwrap());
    let catalog = Arc::new(Catalog::from_json(texts).unwrap());
    (catalog.clone(), Sandbox::new(catalog))
}

/// Sends an operation's example arguments, path variables replaced by `path`, with the service's key.
async fn call(sandbox: &Sandbox, service: &Service, op: &Operation, path: &str) -> (u16, Value) {
    let arguments = &op.example.arguments;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for param in op.params_in(Place::Query) {
        match arguments.get(&param.key) {
            Some(Value::Array(items)) => {
                query.append_pair(&param.name, &items.iter().map(text).collect::<Vec<_>>().join(","));
            }
            Some(Value::Object(members)) => {
                for (name, value) in members {
                    query.append_pair(&format!("{}[{name}]", param.name), &text(value));
                }
            }
            Some(value) => {
                query.append_pair(&param.name, &text(value));
            }
            None => {}
        }
    }
    let uri = format!("/{}{path}?{}", service.id, query.finish());
    let mut request =
        Request::builder().method(op.method.as_str()).uri(uri).header("X-API-Key", format!("sandbox-{}", service.id));
    let body = arguments.get("body").map(Value::to_string);
    if body.is_some() {
        request = request.header("Content-Type", "application/json");
    }
    let response = sandbox.router().oneshot(request.body(Body::from(body.unwrap_or_default())).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

/// The operation's path, with the values of its own example.
fn example_path(op: &Operation) -> String {
    let mut path = op.path.clone();
    for param in op.params_in(Place::Path) {
        path = path.replace(&format!("{{{}}}", param.name), op.example.arguments[&param.key].as_str().unwrap());
    }
    path
}

#[tokio::test]
async fn every_example_is_answered_as_its_document_says() {
    let (catalog, sandbox) = sandbox();
    let mut said = String::new();
    for service in catalog.services() {
        for op in &service.operations {
            let (status, answer) = call(&sandbox, service, op, &example_path(op)).await;
            assert_eq!(status, op.example.status, "{} {}: {answer}", service.id, op.tool);
            said += &format!("{} {} {status} {}\n", service.id, op.tool, op.access);
        }
    }
    insta::assert_snapshot!(said, @"
    food-delivery place_order 201 authenticated
    food-delivery quote_order 200 anonymous
    food-delivery get_order 200 identified
    food-delivery search_restaurants 200 identified
    food-delivery get_menu 200 anonymous
    open-meteo get_elevation 200 anonymous
    open-meteo get_forecast 200 anonymous
    rideshare find_ride 200 identified
    rideshare create_estimate 200 anonymous
    rideshare search_places 200 identified
    rideshare list_ride_options 200 anonymous
    rideshare create_ride 201 authenticated
    rideshare get_ride 200 identified
    rideshare cancel_ride 200 authenticated
    ");
}

#[tokio::test]
async fn quotes_and_purchases_agree_and_sales_are_found_again() {
    let (catalog, sandbox) = sandbox();
    let mut prices = String::new();
    for service in catalog.services() {
        for op in &service.operations {
            let Some(Commerce::Purchase { quote, quoted, charged, transaction_id, .. }) = &op.commerce else {
                continue;
            };
            let quote = service.operation(quote.as_str()).unwrap();
            let (_, offer) = call(&sandbox, service, quote, &quote.path).await;
            let (_, sale) = call(&sandbox, service, op, &op.path).await;
            assert_eq!(quoted.read(&offer), charged.read(&sale), "{}", service.id);
            prices += &format!("{} {}\n", service.id, charged.read(&sale).unwrap());

            let id = transaction_id.find(&sale).and_then(Value::as_str).unwrap();
            let Some(Segment::Name(name)) = transaction_id.segments.last() else { panic!("an id has a name") };
            let variable = format!("{{{name}}}");
            let mut looks_up = service.operations.iter().filter(|op| op.method.is_safe());
            let look_up = looks_up.find(|op| op.path.ends_with(&variable)).unwrap();
            let path = |id: &str| look_up.path.replace(&variable, id);
            assert_eq!(call(&sandbox, service, look_up, &path(id)).await, (200, sale.clone()), "{}", service.id);
            assert_eq!(call(&sandbox, service, look_up, &path("unknown")).await.0, 404, "{}", service.id);
        }
    }
    insta::assert_snapshot!(prices, @"
    food-delivery 9.82 USD
    rideshare 9.43 USD
    ");
}
