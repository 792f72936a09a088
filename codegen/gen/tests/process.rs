//! The binary: a line for each provider in, a line for each out.

#![allow(clippy::unwrap_used, reason = "a test says so when it fails")]

use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use uaps_spec::{Input, Sources, Text, read};

const MANIFEST: &str = "\
id: kiosk
name: Kiosk
description: Sells newspapers
category: shopping
upstream: https://kiosk.example
auth: { scheme: none }
endpoints: openapi.yaml
";

const DOCUMENT: &str = "\
openapi: 3.0.3
info: { title: Kiosk, version: '1' }
paths:
  /papers:
    get:
      operationId: list_papers
      responses: { '200': { description: All., content: { application/json: { schema: { type: array, items: { type: string } } } } } }
";

/// A provider as `cargo xtask gen` sends it.
fn job(id: &str) -> Value {
    let text = |path: &str, text: &str| Text { path: path.into(), text: text.into() };
    let input = Input {
        folder: "kiosk".into(),
        manifest: text("provider.yaml", MANIFEST),
        document: text("openapi.yaml", DOCUMENT),
        overlay: None,
    };
    let provider = read(&mut Sources::default(), input).0.unwrap();
    let service = uaps_gen::compile(&provider).unwrap();
    json!({"id": id, "service": service, "document": provider.document.root.to_json()})
}

/// What the process answers: its exit code, each line of its output, its complaints.
fn run(request: &str) -> (Option<i32>, Vec<Value>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_uaps-gen"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(request.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code(), lines, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn each_provider_gets_a_line_and_one_failure_costs_one_client() {
    let mut broken = job("broken");
    broken["document"]["paths"] = json!({});
    let (code, lines, _) = run(&format!("{}\n{broken}\n", job("kiosk")));
    assert_eq!(code, Some(0));
    let [kiosk, broken] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(kiosk["id"], "kiosk");
    let files: Vec<&str> =
        kiosk["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert!(files.contains(&"Cargo.toml") && files.contains(&"src/lib.rs"), "{files:?}");
    assert_eq!(broken["id"], "broken");
    assert!(broken["error"]["message"].as_str().unwrap().contains("list_papers"), "{broken}");
}

#[test]
fn a_line_that_cannot_be_read_ends_it_after_those_before() {
    let (code, lines, complaint) = run(&format!("{}\n{{\"id\": 3}}\n", job("kiosk")));
    assert_eq!((code, lines.len()), (Some(2), 1));
    assert!(complaint.starts_with("error: the request can't be read"), "{complaint}");
}
