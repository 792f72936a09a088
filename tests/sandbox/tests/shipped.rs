//! The providers of `specs/`, compiled here and now and played: their documents, their examples and the stand-ins fit
//! together. A folder that is put there is found by itself.

#![allow(clippy::unwrap_used, reason = "a helper of a test may panic")]

use axum::body::Body;
use gateway::{Config, ProviderSetting, Secret, executor};
use http::Request;
use http_body_util::BodyExt;
use sandbox::{KEY_PREFIX, Sandbox};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower::ServiceExt;
use uaps_lint::{Format, check, render};
use uaps_model::{Catalog, Commerce, IDEMPOTENCY_KEY, Lookup, Operation, Query, Reference, Segment, Service};
use uaps_spec::{Input, Sources, Text};
use url::Url;

fn specs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs")
}

/// The folders of `specs/`, by name.
fn ids() -> Vec<String> {
    let folders = std::fs::read_dir(specs()).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir());
    let mut ids: Vec<_> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    ids.sort();
    ids
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
    let texts = ids().into_iter().map(|id| serde_json::to_string(&compile(&id)).unwrap());
    let catalog = Arc::new(Catalog::from_json(texts).unwrap());
    (catalog.clone(), Sandbox::new(catalog))
}

/// The arguments of an operation's example. The idempotency key is the gateway's, and none of the provider's.
fn example(op: &Operation) -> Value {
    let mut arguments = op.example.arguments.clone();
    arguments.as_object_mut().unwrap().remove(IDEMPOTENCY_KEY);
    arguments
}

/// Sends what the gateway would send for these arguments, with the service's credential and a header more. An answer
/// without a body is null, one that is no JSON a text.
async fn send(
    sandbox: &Sandbox,
    service: &Service,
    op: &Operation,
    arguments: &Value,
    header: Header<'_>,
) -> (u16, Value) {
    let base = Url::parse("http://sandbox/").unwrap().join(service.id.as_str()).unwrap();
    let mut outbound = executor::build_at(&base, service, op, arguments).unwrap();
    let secret = || Some(Secret::new(format!("{KEY_PREFIX}{}", service.id)));
    let mut providers = Config::default().providers;
    providers.set(&service.id, ProviderSetting { api_key: secret(), token: secret(), ..ProviderSetting::default() });
    providers.apply(service, &mut outbound).unwrap();

    let target = outbound.url[url::Position::BeforePath..].to_owned();
    let mut request = Request::builder().method(outbound.method).uri(target);
    request.headers_mut().unwrap().extend(outbound.headers);
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let request = request.body(Body::from(outbound.body.unwrap_or_default())).unwrap();
    let response = sandbox.router().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let text = || String::from_utf8_lossy(&bytes).into_owned().into();
    let answer = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap_or_else(|_| text()) };
    (status, answer)
}

type Header<'h> = Option<(&'h str, &'h str)>;

async fn call(sandbox: &Sandbox, service: &Service, op: &Operation, arguments: &Value) -> (u16, Value) {
    send(sandbox, service, op, arguments, None).await
}

/// Asserts that an answer is what the document says of a success.
#[track_caller]
fn assert_fits(service: &Service, op: &Operation, answer: &Value) {
    let announced = op.responses.iter().find(|response| response.status == op.example.status.to_string());
    let Some(mut schema) = announced.and_then(|response| response.schema.clone()) else {
        assert_eq!(*answer, Value::Null, "{} {} announces no body", service.id, op.tool);
        return;
    };
    schema["$defs"] = json!(service.schemas);
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let faults: Vec<_> = validator.iter_errors(answer).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{} {}: {faults:#?}", service.id, op.tool);
}

#[tokio::test]
async fn every_example_is_answered_as_its_document_says() {
    let (catalog, sandbox) = sandbox();
    assert!(catalog.services().count() > 0);
    for service in catalog.services() {
        for op in &service.operations {
            let (status, answer) = call(&sandbox, service, op, &example(op)).await;
            assert_eq!(status, op.example.status, "{} {}: {answer}", service.id, op.tool);
            assert_fits(service, op, &answer);
            // A price is the stand-in's own; all else is as the document has it.
            if op.commerce.is_none() {
                assert_eq!(answer, op.example.response.clone().unwrap_or_default(), "{} {}", service.id, op.tool);
            }
        }
    }
}

#[tokio::test]
async fn quotes_and_purchases_agree_and_sales_are_found_again() {
    let (catalog, sandbox) = sandbox();
    for service in catalog.services() {
        for op in &service.operations {
            let Some(Commerce::Purchase { quote, quoted, charged, transaction_id, idempotency_header, lookup }) =
                &op.commerce
            else {
                continue;
            };
            let name = format!("{} {}", service.id, op.tool);
            let quote = service.operation(quote.as_str()).unwrap();
            let (_, offer) = call(&sandbox, service, quote, &example(quote)).await;
            let key = idempotency_header.as_deref().map(|header| (header, "key-1"));
            let mut order = example(op);
            if let Some(lookup) = lookup {
                carry(lookup, &mut order, "key-1");
            }
            let (_, sale) = send(&sandbox, service, op, &order, key).await;
            assert_eq!(quoted.read(&offer), charged.read(&sale), "{name}");
            assert!(charged.read(&sale).unwrap().cents > 0, "{name}");

            let id = transaction_id.find(&sale).unwrap();
            let found = by_id(service, transaction_id);
            assert_found(&sandbox, service, found.0, found.1, id, &sale).await;
            if let Some(lookup) = lookup {
                let operation = service.operation(lookup.tool.as_str()).unwrap();
                let parameter = &lookup.takes(operation).unwrap().key;
                assert_found(&sandbox, service, operation, parameter, &json!("key-1"), &sale).await;
            }
        }
    }
}

/// The operation that answers a sale by its id, and the parameter that takes the id.
fn by_id<'s>(service: &'s Service, transaction_id: &Query) -> (&'s Operation, &'s str) {
    let Some(Segment::Name(name)) = transaction_id.segments.last() else { panic!("an id has a name") };
    let safe = service.operations.iter().filter(|op| op.method.is_safe());
    let mut takers = safe.filter_map(|op| Some((op, op.params.iter().find(|param| param.name == *name)?.key.as_str())));
    takers.next().unwrap_or_else(|| panic!("{} answers no sale by its {name}", service.id))
}

/// Writes a reference where an order carries it. A header is sent beside it.
fn carry(lookup: &Lookup, order: &mut Value, reference: &str) {
    match &lookup.reference {
        Reference::IdempotencyHeader => {}
        Reference::Parameter(name) => order[name] = reference.into(),
        Reference::Body(query) => {
            let [Segment::Name(name)] = query.segments.as_slice() else { panic!("{} is not at the top", query.text) };
            order["body"][name] = reference.into();
        }
    }
}

/// Asserts that an operation answers the sale under its own name, and nothing under another.
async fn assert_found(
    sandbox: &Sandbox,
    service: &Service,
    op: &Operation,
    parameter: &str,
    name: &Value,
    sale: &Value,
) {
    let with = |value: Value| {
        let mut arguments: Map<_, _> = example(op).as_object().unwrap().clone();
        arguments.insert(parameter.to_owned(), value);
        Value::from(arguments)
    };
    assert_eq!(
        call(sandbox, service, op, &with(name.clone())).await,
        (200, sale.clone()),
        "{} {}",
        service.id,
        op.tool
    );
    assert_eq!(call(sandbox, service, op, &with("unknown".into())).await.0, 404, "{} {}", service.id, op.tool);
}
