//! A gateway that is killed under load, again and again, loses nothing.
//!
//! 25 times; `PENUMBRA_KILLS` makes it more: `PENUMBRA_KILLS=1000 cargo test --package tests --test it kill -- --nocapture`.

use ledger::{Ledger, NewKey, PurchaseState};
use sandbox::{Fault, Sandbox};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tests::{Process, binary};
use tokio::net::TcpListener;
use uaps_model::{AccessLevel, IDEMPOTENCY_KEY};

const SERVICE: &str = "food-delivery";
const TOOL: &str = "place_order";
const CLIENTS: usize = 8;
const CREDIT: i64 = 1_000_000_000;

/// What clients know: of each idempotency key the purchase they were told is captured, or nothing.
type Known = Arc<Mutex<BTreeMap<String, Option<String>>>>;

pub(crate) fn start(database: &str, port: u16, providers: &str) -> Process {
    let mut command = Command::new(binary("penumbra-gateway"));
    command
        .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
        .env("DATABASE_URL", database)
        .env("PENUMBRA_RECONCILE_SECONDS", "1")
        .env("PENUMBRA_UPSTREAM_TIMEOUT_SECONDS", "2")
        .env("PENUMBRA_LOG", "off")
        .env("PROVIDER_FOOD_DELIVERY_BASE_URL", format!("{providers}/{SERVICE}"))
        .env("PROVIDER_FOOD_DELIVERY_API_KEY", format!("sandbox-{SERVICE}"))
        .env("PROVIDER_FOOD_DELIVERY_TOKEN", format!("sandbox-{SERVICE}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Process(command.spawn().expect("the gateway starts"))
}

pub(crate) async fn is_up(url: &str) {
    let end = Instant::now() + Duration::from_secs(20);
    while reqwest::get(format!("{url}/ready")).await.is_err() {
        assert!(Instant::now() < end, "the gateway does not come up");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Sends one order; the purchase if the gateway says that it is captured.
async fn buy(http: &reqwest::Client, url: &str, key: &str, name: &str, arguments: &Value) -> Option<String> {
    let mut parameters = arguments.clone();
    parameters[IDEMPOTENCY_KEY] = json!(name);
    let order = http.post(format!("{url}/services/{SERVICE}/tools/{TOOL}")).bearer_auth(key);
    let answer = order.json(&json!({ "parameters": parameters })).send().await.ok()?;
    let body: Value = answer.json().await.ok()?;
    (body["purchase"]["state"] == "captured").then(|| body["purchase"]["id"].as_str().map(str::to_owned)).flatten()
}

/// A number between 0 and `below`, from the clock: where a kill falls is left to chance.
fn chance(below: u64) -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.subsec_nanos());
    u64::from(now / 1000) % below
}

async fn settled(database: &str) -> Ledger {
    let ledger = Ledger::open(database).await.expect("the ledger opens beside the gateway");
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let mut open = 0;
        for state in [PurchaseState::Sent, PurchaseState::Unknown, PurchaseState::NeedsOperator] {
            open += ledger.purchases(Some(state), 1000).await.unwrap().len();
        }
        if open == 0 {
            return ledger;
        }
        if Instant::now() >= end {
            let some = ledger.purchases(None, 2000).await.unwrap();
            let some: Vec<_> = some.iter().filter(|purchase| !purchase.state.is_final()).take(3).collect();
            panic!("{open} purchases are not settled, such as {some:#?}");
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What killing came to, for whoever reads along.
async fn rounds(kills: usize, folder: &Path) -> String {
    gateway::install_crypto();
    let catalog = Arc::new(generated::catalog());
    let arguments = {
        let service = catalog.get(SERVICE).unwrap().unwrap();
        let mut arguments = service.operation(TOOL).unwrap().example.arguments.clone();
        arguments.as_object_mut().unwrap().remove(IDEMPOTENCY_KEY);
        arguments
    };
    let sandbox = Sandbox::new(catalog);
    // Orders take a while, so that many are under way when the gateway dies.
    sandbox.inject(SERVICE, Fault::Hang(Duration::from_millis(20)).on(TOOL));
    let providers = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let providers_url = format!("http://{}", providers.local_addr().unwrap());
    let router = sandbox.router();
    tokio::spawn(async move { axum::serve(providers, router).await });

    let database = format!("sqlite://{}", folder.join("ledger.db").display());
    let ledger = Ledger::open(&database).await.unwrap();
    let mut keys = Vec::new();
    for n in 0..CLIENTS {
        let email = format!("client-{n}@example.com");
        let new = NewKey { credit_cents: CREDIT, ..NewKey::new(email, AccessLevel::Authenticated) };
        keys.push(ledger.create_key(new).await.unwrap().secret.reveal().to_owned());
    }
    ledger.close().await;
    // As long as this process has it open, no gateway is alone and may put in order what a dead one left.
    drop(ledger);

    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let (known, over): (Known, _) = (Arc::default(), Arc::new(AtomicBool::new(false)));
    let mut gateway = start(&database, port, &providers_url);
    is_up(&url).await;
    let clients: Vec<_> = keys
        .iter()
        .enumerate()
        .map(|(n, key)| {
            let (url, key, arguments) = (url.clone(), key.clone(), arguments.clone());
            let (known, over) = (known.clone(), over.clone());
            tokio::spawn(async move {
                let http = reqwest::Client::new();
                for number in 0.. {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    let name = format!("client-{n}-{number}");
                    known.lock().unwrap().insert(name.clone(), None);
                    match buy(&http, &url, &key, &name, &arguments).await {
                        Some(purchase) => drop(known.lock().unwrap().insert(name, Some(purchase))),
                        None => tokio::time::sleep(Duration::from_millis(30)).await,
                    }
                }
            })
        })
        .collect();
    for _ in 0..kills {
        tokio::time::sleep(Duration::from_millis(50 + chance(250))).await;
        gateway.0.kill().unwrap();
        gateway.0.wait().unwrap();
        gateway = start(&database, port, &providers_url);
        is_up(&url).await;
    }
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }

    // Everything that was begun ends within the time that the gateway takes to look, and by itself.
    let looked = Instant::now();
    let ledger = settled(&database).await;
    let took = looked.elapsed();
    let report = ledger.audit().await.unwrap();
    assert!(report.is_clean(), "{report}");
    let known = known.lock().unwrap().clone();
    let bought = ledger.purchases(Some(PurchaseState::Captured), u32::MAX).await.unwrap();
    let acknowledged: Vec<&String> = known.values().flatten().collect();
    for id in &acknowledged {
        assert!(bought.iter().any(|purchase| purchase.id.as_str() == *id), "{id} was acknowledged and is lost");
    }
    let mut names: Vec<&str> = bought.iter().map(|purchase| purchase.idempotency_key.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), bought.len(), "a purchase was captured twice");
    // What the provider sold is what was captured, sale by sale.
    assert_eq!(sandbox.orders(SERVICE), bought.len());
    let mut sales: Vec<&str> = bought.iter().filter_map(|purchase| purchase.transaction_id.as_deref()).collect();
    sales.sort_unstable();
    sales.dedup();
    assert_eq!(sales.len(), bought.len(), "a sale was captured twice");
    let charged: i64 = bought.iter().filter_map(|purchase| purchase.charged).map(|charged| charged.cents).sum();
    let mut left = 0;
    for key in ledger.keys().await.unwrap() {
        let balance = ledger.balance(&key.id).await.unwrap();
        assert_eq!(balance.held_cents, 0);
        left += balance.posted_cents;
    }
    assert_eq!(left + charged, CREDIT * i64::try_from(CLIENTS).unwrap());
    format!(
        "{kills} kills, {} orders sent, {} acknowledged, {} captured, all settled {:.1} s after the last",
        known.len(),
        acknowledged.len(),
        bought.len(),
        took.as_secs_f64()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_killed_under_load_loses_nothing() {
    let kills =
        std::env::var("PENUMBRA_KILLS").ok().map_or(25, |kills| kills.parse().expect("PENUMBRA_KILLS is a number"));
    let folder = tempfile::tempdir().unwrap();
    println!("{}", rounds(kills, folder.path()).await);
}
