//! `penumbra-dev`, run as a newcomer runs it: what it prints is copied, and must work.

#![allow(clippy::unwrap_used, reason = "a helper of a test may panic")]

mod process;
mod shell;

use process::Dev;
use serde_json::{Value, json};

#[test]
fn every_line_it_prints_works() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path());
    let commands: Vec<_> = dev.text.lines().filter(|line| line.trim().starts_with("curl ")).collect();
    let [free, quote, purchase] = commands[..] else { panic!("three commands, not {commands:#?}") };

    let answer = shell::curl(free);
    assert_eq!(answer.status, 200, "{free}\n{}", answer.body);
    let answer = shell::curl(quote);
    assert_eq!(answer.status, 200, "{quote}\n{}", answer.body);

    let bought = shell::curl(purchase);
    assert!((200..300).contains(&bought.status), "{purchase}\n{} {}", bought.status, bought.body);
    let spent = 10_000 - available(&dev);
    assert!(spent > 0, "the purchase costs something");
    let again = shell::curl(purchase);
    assert_eq!((again.status, &again.body), (bought.status, &bought.body));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(10_000 - available(&dev), spent, "the same line again buys nothing");

    let stopped = dev.terminate();
    assert_eq!((stopped.code, stopped.last_line.as_str()), (Some(0), "Stopped"), "{}", stopped.errors);
}

#[test]
fn the_settings_block_reaches_the_five_tools() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path());
    let server = &dev.settings()["mcpServers"]["penumbra"];
    let url = server["url"].as_str().unwrap();
    let key = server["headers"]["Authorization"].as_str().unwrap();
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}});
    let command = format!(
        "curl -s '{url}' -H 'Authorization: {key}' -H 'Accept: application/json, text/event-stream' \
         -H 'Content-Type: application/json' --data-raw '{hello}'"
    );
    let answer = shell::curl(&command);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("serverInfo"), "{}", answer.body);
    // A second process on the same port is told what to do, and the database of the first is not touched.
    let refused = process::run(&["--port", &dev.port().to_string()], folder.path());
    assert_eq!(refused.code, Some(2));
    assert!(refused.errors.contains("is in use") && refused.errors.contains("--port"), "{}", refused.errors);
}

#[test]
fn the_database_is_kept_from_run_to_run() {
    let folder = tempfile::tempdir().unwrap();
    let first = Dev::start(folder.path());
    let key = first.key();
    assert_eq!(first.terminate().code, Some(0));
    let second = Dev::start(folder.path());
    assert_ne!(key, second.key());
    let me = shell::curl(&format!("curl -s '{}/v1/me' -H 'Authorization: Bearer {key}'", second.gateway()));
    assert_eq!(me.status, 200, "the key of the first run still opens: {}", me.body);
}

#[test]
fn a_database_that_can_not_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("folder.db");
    std::fs::create_dir(&path).unwrap();
    let failed = process::run(&["--port", "0", "--database", path.to_str().unwrap()], folder.path());
    assert_eq!(failed.code, Some(1));
    assert!(failed.errors.contains("folder.db") && failed.errors.contains("--database"), "{}", failed.errors);
}

fn available(dev: &Dev) -> i64 {
    let me = shell::curl(&format!("curl -s '{}/v1/me' -H 'Authorization: Bearer {}'", dev.gateway(), dev.key()));
    let account: Value = serde_json::from_str(&me.body).unwrap();
    account["balance"]["available_cents"].as_i64().unwrap_or_else(|| panic!("no balance in {account}"))
}
