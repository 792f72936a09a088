//! The gateway's own binary, told by its environment alone.

use super::{Till, environment, serve};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use stripe_stand_in::{Chaos, Rng, SECRET_KEY, StripeStandIn, WEBHOOK_SECRET};
use tests::{Answer, Process};

#[tokio::test(flavor = "multi_thread")]
async fn a_top_up_from_the_first_key_to_the_last_audit() {
    gateway::install_crypto();
    let (folder, stripe) = (tempfile::tempdir().unwrap(), StripeStandIn::new());
    let database = format!("sqlite://{}", folder.path().join("ledger.db").display());
    let settings = environment(&database, &serve(&stripe).await);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(tests::binary("penumbra-gateway"));
        command.args(arguments).envs(settings.clone()).current_dir(folder.path());
        command
    };
    let made = run(&["keys", "create", "--email", "a@example.com", "--format", "json"]).output().unwrap();
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    let key = made["key"].as_str().unwrap();

    let log = folder.path().join("log");
    let mut server = run(&["serve", "--listen", "127.0.0.1:0"]);
    server.env("PENUMBRA_LOG", "debug").stdout(Stdio::piped()).stderr(std::fs::File::create(&log).unwrap());
    let mut server = Process(server.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().rsplit(' ').next().unwrap().to_owned();

    let http = reqwest::Client::new();
    let request = http.post(format!("{url}/v1/topups")).bearer_auth(key).header("Idempotency-Key", "k");
    let opened = Answer::of(request.json(&json!({"amount_cents": 2500})).send().await.unwrap()).await;
    let id = opened.expect(201)["id"].as_str().unwrap().to_owned();
    let payment = stripe.pay(&stripe.sessions()[0]);
    stripe.refund(&payment, 400).unwrap();
    let chaos = Chaos { duplicate: 100, forge: 100, replay: 100, shuffle: true, ..Chaos::default() };
    let done = chaos.deliver(&stripe, &format!("{url}/webhooks/stripe"), &mut Rng::new(7)).await;
    assert_eq!((done.accepted, done.hostile, done.fooled, done.failed), (6, 6, 0, 0));

    let me = http.get(format!("{url}/v1/me")).bearer_auth(key).send().await.unwrap();
    assert_eq!(Answer::of(me).await.body["balance"]["available_cents"], stripe.kept(&id));
    let statement = http.get(format!("{url}/v1/transactions?type=credit")).bearer_auth(key).send().await.unwrap();
    let statement = Answer::of(statement).await;
    let lines = statement.body["transactions"].as_array().unwrap();
    assert_eq!(lines.iter().map(|line| line["amount_cents"].as_i64().unwrap()).sum::<i64>(), stripe.kept(&id));

    let listed = run(&["topups", "--state", "paid"]).output().unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.contains(&id) && listed.contains("2500") && listed.contains(&payment), "{listed}");
    for command in [&["topups", "reconcile"][..], &["audit"]] {
        let output = run(command).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    drop(server);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("an event of Stripe is booked"), "{log}");
    for secret in [SECRET_KEY, WEBHOOK_SECRET, key, "evt_forged"] {
        assert!(!log.contains(secret), "the log shows {secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_is_none_is_wrong_use() {
    let till = Till::start().await;
    let output = till.command(&["topups", "--state", "lost"]).await;
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("use open, paid, expired or returned"), "{said}");
}
