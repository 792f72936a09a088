//! The oracle over the providers of `specs/`: executor and typed client send the same request, whatever is passed.
//!
//! `cargo xtask corpus DIR --clients` does the same for a folder of documents.

use oracle::{Recorder, Verdict, compare};
use serde_json::Value;
use std::pin::Pin;
use uaps_gen::samples::Samples;

type Call = for<'a> fn(&'a str, &'a str, &'a Value) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

macro_rules! typed {
    ($id:literal, $($client:tt)+) => {{
        use $($client)+ as client;
        let call: Call = |url, tool, arguments| {
            Box::pin(async move {
                let client = client::Client::new_with_client(url, reqwest::Client::new());
                client::call(&client, tool, arguments).await.map(drop).map_err(|error| error.to_string())
            })
        };
        ($id, call)
    }};
}

#[tokio::test]
async fn executor_and_typed_client_send_the_same_request() {
    gateway::install_crypto();
    let catalog = generated::catalog();
    let clients = generated::each_client!(typed);
    assert_eq!(clients.map(|(id, _)| id), *catalog.entries().iter().map(|e| e.id.as_ref()).collect::<Vec<_>>());
    let recorder = Recorder::start().await.unwrap();
    for (id, call) in clients {
        let service = catalog.get(id).unwrap().unwrap();
        assert!(!service.operations.is_empty());
        let mut samples = Samples::new(service, 0);
        for operation in &service.operations {
            for sample in samples.of(operation) {
                let typed = async || call(&recorder.url, operation.tool.as_str(), &sample.arguments).await;
                let verdict = compare(&recorder, service, operation, &sample.arguments, typed).await;
                let name = format!("{id} {}, {}: {}", operation.tool, sample.name, sample.arguments);
                assert_eq!(verdict, Verdict::Same { unread: None }, "{name}");
            }
        }
    }
}
