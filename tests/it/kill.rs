//! A gateway that is killed under load, again and again, loses nothing.
//!
//! 25 times; `PENUMBRA_KILLS` makes it more: `PENUMBRA_KILLS=1000 cargo test --package tests --test it kill -- --nocapture`.

use ledger::{Ledger, NewKey};
use sandbox::{Fault, Sandbox};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tests::books::{nothing_is_lost, settled};
use tests::crowd::{Crowd, captured};
use tests::{free_port, is_up, serve_providers, start_gateway};
use uaps_model::AccessLevel;

const SERVICE: &str = "food-delivery";
const TOOL: &str = "place_order";
const CLIENTS: usize = 8;
const CREDIT: i64 = 1_000_000_000;

/// What clients know: of each idempotency key the purchase they were told is captured, or nothing.
type Known = Arc<Mutex<BTreeMap<String, Option<String>>>>;

/// A number between 0 and `below`, from the clock: where a kill falls is left to chance.
fn chance(below: u64) -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.subsec_nanos());
    u64::from(now / 1000) % below
}

/// What killing came to, for whoever reads along.
async fn rounds(kills: usize, folder: &Path) -> String {
    gateway::install_crypto();
    let catalog = Arc::new(generated::catalog());
    let sandbox = Sandbox::new(catalog.clone());
    // Orders take a while, so that many are under way when the gateway dies.
    sandbox.inject(SERVICE, Fault::Hang(Duration::from_millis(20)).on(TOOL));
    let providers = serve_providers(&sandbox).await;

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

    let port = free_port().await;
    let url = format!("http://127.0.0.1:{port}");
    let crowd = Arc::new(Crowd::new(&catalog, SERVICE, TOOL, &[&url]));
    let (known, over): (Known, _) = (Arc::default(), Arc::new(AtomicBool::new(false)));
    let mut gateway = start_gateway(&database, port, &providers, SERVICE, &[]);
    is_up(&url).await;
    let clients: Vec<_> = keys
        .iter()
        .enumerate()
        .map(|(n, key)| {
            let (crowd, key) = (crowd.clone(), key.clone());
            let (known, over) = (known.clone(), over.clone());
            tokio::spawn(async move {
                for number in 0.. {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    let name = format!("client-{n}-{number}");
                    known.lock().unwrap().insert(name.clone(), None);
                    match crowd.order(0, &key, &name).await.and_then(|answer| captured(&answer)) {
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
        gateway = start_gateway(&database, port, &providers, SERVICE, &[]);
        is_up(&url).await;
    }
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }

    // Everything that was begun ends within the time that the gateway takes to look, and by itself.
    let looked = Instant::now();
    let ledger = Ledger::open(&database).await.expect("the ledger opens beside the gateway");
    settled(&ledger, Duration::from_secs(60)).await;
    let took = looked.elapsed();
    let known = known.lock().unwrap().clone();
    let acknowledged = known.values().flatten().cloned().collect();
    let credit = CREDIT * i64::try_from(CLIENTS).unwrap();
    let bought = nothing_is_lost(&ledger, &sandbox, SERVICE, credit, &acknowledged).await;
    format!(
        "{kills} kills, {} orders sent, {} acknowledged, {} captured, all settled {:.1} s after the last",
        known.len(),
        acknowledged.len(),
        bought,
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
