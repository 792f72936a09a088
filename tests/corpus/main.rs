//! Real public documents all the way: scaffold, validate, generate, check the client, call through the gateway.
//!
//! The documents are not part of the repository; `PENUMBRA_SHARED` names the folder that holds `corpus/`. Without it
//! these tests are not built (feature `corpus`), so that no run looks as if it had done them.

#![allow(clippy::unwrap_used, reason = "a test that finds nothing where something is due has failed")]

use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use tests::{TestContext, xtask};
use uaps_model::Catalog;

/// Of each version: 3.0, 2.0, 3.1.
const DOCUMENTS: [&str; 6] =
    ["petstore3.yaml", "xero-finance.yaml", "uspto.yaml", "keeper.json", "nyt-most-popular.yaml", "adyen-payout.yaml"];

fn corpus() -> PathBuf {
    let shared = std::env::var("PENUMBRA_SHARED").expect("set PENUMBRA_SHARED to the folder that holds corpus/");
    PathBuf::from(shared).join("corpus")
}

#[track_caller]
fn run(arguments: &[&str]) -> String {
    let output = xtask(arguments);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "xtask {arguments:?}: {}\n{out}\n{err}", output.status);
    out.into_owned()
}

#[tokio::test]
async fn from_document_to_answer() {
    let folder = tempfile::tempdir().unwrap();
    let specs = folder.path().join("specs");
    let out = folder.path().join("generated");
    let (specs_arg, out_arg) = (specs.to_str().unwrap(), out.to_str().unwrap());
    std::fs::create_dir(&specs).unwrap();
    for document in DOCUMENTS {
        let id = document.split('.').next().unwrap();
        let path = corpus().join(document);
        run(&[
            "scaffold-provider",
            "--id",
            id,
            "--name",
            id,
            "--openapi-url",
            path.to_str().unwrap(),
            "--upstream-base",
            &format!("https://{id}.example"),
            "--description",
            "A real public document",
            "--specs",
            specs_arg,
        ]);
    }
    run(&["validate", "--specs", specs_arg]);
    run(&["gen", "--specs", specs_arg, "--out", out_arg]);

    let texts = DOCUMENTS.map(|document| {
        let id = document.split('.').next().unwrap();
        std::fs::read_to_string(out.join(format!("catalog/{id}.json"))).unwrap()
    });
    let catalog = Arc::new(Catalog::from_json(texts).unwrap());
    let context = TestContext::with(catalog.clone(), |_| {}).await;
    let key = context.key(10_000).await;
    for service in catalog.services() {
        let mut answered = 0;
        for operation in &service.operations {
            let tool = operation.tool.as_str();
            let answer = context.call(service.id.as_str(), tool, Some(&key), operation.example.arguments.clone()).await;
            assert_eq!(answer.status, 200, "{} {tool}: {}", service.id, answer.text);
            assert_eq!(answer.body["status"], operation.example.status, "{} {tool}: {}", service.id, answer.text);
            answered += 1;
        }
        assert!(answered >= 3, "{} has {answered} operations", service.id);
    }
}

/// What `cargo xtask corpus` says of every document, clients left out.
#[test]
fn no_operation_is_lost() {
    let rows = run(&["corpus", corpus().to_str().unwrap(), "--format", "json"]);
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rows.len() >= DOCUMENTS.len());
    for row in rows {
        assert_eq!(row["tools"], row["operations"], "{row}");
        assert_eq!(row["errors"], 0, "{row}");
    }
}

#[test]
fn typed_clients_pass_cargo_check() {
    let folder = tempfile::tempdir().unwrap();
    for document in DOCUMENTS {
        std::fs::copy(corpus().join(document), folder.path().join(document)).unwrap();
    }
    let rows = run(&["corpus", folder.path().to_str().unwrap(), "--clients", "--format", "json"]);
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), DOCUMENTS.len());
    for row in rows {
        assert_eq!(row["client_generated"], true, "{row}");
        assert_eq!(row["client_checks"], true, "{row}");
        assert_eq!(row["client_operations"], row["operations"], "{row}");
        assert_eq!(row["tools"], row["operations"], "{row}");
        assert_eq!(row["errors"], 0, "{row}");
    }
}
