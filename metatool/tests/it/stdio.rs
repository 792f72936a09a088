//! The program itself.

use crate::session::{self, Era, block_on};
use rmcp::ClientServiceExt;
use rmcp::transport::TokioChildProcess;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_penumbra-metatool");

/// A gateway that is not there: search and list must work without one.
const NOWHERE: &str = "http://127.0.0.1:9";

#[test]
fn a_client_of_either_era_talks_to_the_program() {
    for era in Era::BOTH {
        block_on(async {
            let mut command = tokio::process::Command::new(PROGRAM);
            command.args(["--gateway", NOWHERE]).env_remove("PENUMBRA_API_KEY");
            let client = ().serve_with_lifecycle(TokioChildProcess::new(command).unwrap(), era.mode()).await.unwrap();
            assert_eq!(client.list_tools(None).await.unwrap().tools.len(), 5);
            let started = session::call(&client, "get_started", json!({})).await.unwrap().structured_content.unwrap();
            let services = generated::catalog().entries().len();
            assert_eq!(started["services"], services);
            let failed = session::call(&client, "health", json!({})).await.unwrap();
            assert_eq!(failed.is_error, Some(true));
            assert!(failed.structured_content.unwrap()["detail"].as_str().unwrap().contains(NOWHERE));
            client.cancel().await.unwrap();
        });
    }
}

/// What the program writes when it is given `input` and then nothing more.
fn run(input: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    run_with(input, arguments, &[])
}

/// Likewise, with variables in its environment.
fn run_with(input: &str, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let mut child = Command::new(PROGRAM)
        .args(arguments)
        .env_remove("PENUMBRA_GATEWAY")
        .env_remove("PENUMBRA_LOG")
        .env_remove("PENUMBRA_API_KEY")
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that has ended already takes no input, and that is not what is tested.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    (child.wait().unwrap().code(), out, err)
}

#[test]
fn the_end_of_input_ends_the_program() {
    assert_eq!(run("", &[]), (Some(0), String::new(), String::new()));
    let initialize = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"},
    }});
    let (code, out, err) = run(&format!("{initialize}\n"), &[]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let answer: Value = serde_json::from_str(out.trim()).unwrap();
    assert_eq!(answer["result"]["protocolVersion"], "2025-11-25");
}

#[test]
fn a_wrong_address_is_said_in_a_line() {
    let (code, out, err) = run("", &["--gateway", "nonsense"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    insta::assert_snapshot!(err, @"error: `nonsense` is not the address of a gateway; give one such as http://127.0.0.1:8080");
    for secret in ["http://:hunter2@127.0.0.1", "https://me:hunter2@gate.example", "https://me:hunter2@a b"] {
        let (code, _, err) = run("", &["--gateway", secret]);
        assert_eq!(code, Some(2), "{secret}");
        assert!(err.contains("may hold no user and no password") && !err.contains("hunter2"), "{err}");
    }
}

#[test]
fn a_log_filter_that_can_not_be_is_refused() {
    let (code, out, err) = run_with("", &[], &[("PENUMBRA_LOG", "metatool=loud")]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.starts_with("error: PENUMBRA_LOG can't be used: "), "{err}");
    assert_eq!(run_with("", &[], &[("PENUMBRA_LOG", "")]).0, Some(0));
}

#[test]
fn a_key_in_the_open_is_warned_about() {
    let key = [("PENUMBRA_API_KEY", "unified-secret")];
    let said = |gateway: &str, variables: &[(&str, &str)]| run_with("", &["--gateway", gateway], variables).2;
    insta::assert_snapshot!(said("http://gateway.example", &key), @"warning: the key travels unencrypted to http://gateway.example; use an https:// address");
    for quiet in ["https://gateway.example", "http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"] {
        assert_eq!(said(quiet, &key), "", "{quiet}");
    }
    assert_eq!(said("http://gateway.example", &[]), "");
}

#[test]
fn help_says_where_the_key_comes_from() {
    let (code, out, _) = run("", &["--help"]);
    assert_eq!(code, Some(0));
    for needed in ["PENUMBRA_API_KEY", "--gateway <URL>", "mcpServers"] {
        assert!(out.contains(needed), "{out}");
    }
    assert_eq!(run("", &["--key", "x"]).0, Some(2));
}
