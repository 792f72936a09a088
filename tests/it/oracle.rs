//! Two ways to put a call on the wire, one request: the gateway's table-driven executor and the typed client.
//!
//! They share no code: the executor reads the catalogue, the client is Rust that the compiler wrote. Where they agree,
//! both did what the document says.

use serde_json::Value;
use std::pin::Pin;
use tests::{Recorded, Recorder};
use uaps_model::{Operation, Place, Service};

type Call = for<'a> fn(&'a str, &'a str, &'a Value) -> Pin<Box<dyn Future<Output = Result<Value, String>> + Send + 'a>>;

macro_rules! typed {
    ($client:ident) => {
        |url, tool, arguments| {
            Box::pin(async move {
                let client = generated::$client::Client::new_with_client(url, reqwest::Client::new());
                generated::$client::call(&client, tool, arguments).await.map_err(|error| error.to_string())
            })
        }
    };
}

const CLIENTS: &[(&str, Call)] = &[
    ("food-delivery", typed!(client_food_delivery)),
    ("open-meteo", typed!(client_open_meteo)),
    ("rideshare", typed!(client_rideshare)),
];

#[tokio::test]
async fn executor_and_typed_client_send_the_same_request() {
    gateway::install_crypto();
    let catalog = generated::catalog();
    let names: Vec<_> = CLIENTS.iter().map(|(id, _)| *id).collect();
    assert_eq!(
        names,
        catalog.entries().iter().map(|e| e.id.as_ref()).collect::<Vec<_>>(),
        "each service has a row here"
    );
    let recorder = Recorder::start().await;
    for (id, call) in CLIENTS {
        let service = catalog.get(id).unwrap().unwrap();
        assert!(!service.operations.is_empty());
        for operation in &service.operations {
            for arguments in variants(operation) {
                let name = format!("{id} {} {arguments}", operation.tool);
                let example = &operation.example;
                let body = example.response.as_ref().map(Value::to_string).unwrap_or_default();
                recorder.expect(watched(operation), example.status, example.content_type.clone(), body);
                let ours = by_executor(&recorder, service, operation, &arguments).await;
                if let Err(error) = call(&recorder.url, operation.tool.as_str(), &arguments).await {
                    panic!("{name}: the typed client fails: {error}");
                }
                let theirs = recorder.take();
                assert_eq!(theirs.as_slice(), [ours], "{name}");
            }
        }
    }
}

/// The example whole, and once with only what is required.
fn variants(operation: &Operation) -> Vec<Value> {
    let mut full = operation.example.arguments.clone();
    if let Some(arguments) = full.as_object_mut() {
        arguments.remove(uaps_model::IDEMPOTENCY_KEY);
    }
    let mut least = full.clone();
    if let Some(arguments) = least.as_object_mut() {
        arguments.retain(|key, _| {
            operation.params.iter().any(|p| p.key == *key && p.required)
                || (key == "body" && operation.body.as_ref().is_some_and(|b| b.required))
        });
    }
    if least == full { vec![full] } else { vec![full, least] }
}

/// The headers that both must agree on.
fn watched(operation: &Operation) -> Vec<String> {
    let own = operation.params_in(Place::Header).map(|p| p.name.clone());
    own.chain(["content-type".to_owned(), "cookie".to_owned()]).collect()
}

async fn by_executor(recorder: &Recorder, service: &Service, operation: &Operation, arguments: &Value) -> Recorded {
    let base = recorder.url.parse().expect("a URL");
    let request = gateway::executor::build_at(&base, service, operation, arguments).expect("the example fits");
    let mut builder = reqwest::Client::new().request(request.method, request.url).headers(request.headers);
    if let Some(body) = request.body {
        builder = builder.body(body);
    }
    builder.send().await.expect("the recorder answers");
    let mut sent = recorder.take();
    assert_eq!(sent.len(), 1);
    sent.remove(0)
}
