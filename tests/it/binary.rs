//! The gateway's own binary: keys, the server, its end.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tests::{Process, binary};

fn gateway(folder: &std::path::Path) -> Command {
    let mut command = Command::new(binary("penumbra-gateway"));
    command.env("DATABASE_URL", format!("sqlite://{}", folder.join("ledger.db").display())).current_dir(folder);
    command
}

#[tokio::test]
async fn keys_made_on_the_command_line_open_the_running_server() {
    ::gateway::install_crypto();
    let folder = tempfile::tempdir().unwrap();
    let made = gateway(folder.path())
        .args(["keys", "create", "--email", "a@example.com", "--credit-cents", "2500", "--format", "json"])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let key = made["key"].as_str().unwrap();

    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let mut server = gateway(folder.path());
    server.args(["serve", "--listen", &format!("127.0.0.1:{port}")]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = Process(server.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains(&url), "{line}");

    let me = reqwest::Client::new().get(format!("{url}/v1/me")).bearer_auth(key).send().await.unwrap();
    let me: serde_json::Value = me.json().await.unwrap();
    assert_eq!(me["balance"]["available_cents"], 2500);

    // It stops when asked to, at once and well.
    let stop = Command::new("kill").args(["-TERM", &server.0.id().to_string()]).status().unwrap();
    assert!(stop.success());
    let asked = Instant::now();
    let status = server.0.wait().unwrap();
    assert!(status.success(), "{status}");
    assert!(asked.elapsed() < Duration::from_secs(5));

    let audit = gateway(folder.path()).arg("audit").output().unwrap();
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
}

#[test]
fn wrong_use_is_2_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, hint) in [
        (vec!["keys", "create"], "--email"),
        (vec!["keys", "create", "--email", "nobody", "--credit-cents", "1"], "e-mail"),
        (vec!["keys", "create", "--email", "a@example.com", "--credit-cents", "-1"], "credit"),
        (vec!["serve", "--listen", "nowhere"], "listen"),
    ] {
        let output = gateway(folder.path()).args(&arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.to_lowercase().contains(hint), "{arguments:?}: {said}");
    }
}

#[test]
fn an_address_of_redis_that_is_wrong_is_an_error_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = "redis://me:s3cr3t@cache.example/number";
    let output = gateway(folder.path()).arg("serve").env("REDIS_URL", wrong).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("REDIS_URL can't be read; it takes redis://") && !said.contains("s3cr3t"), "{said}");
}
