//! One of two gateways is killed under load. The other ends what it has begun.

use crate::world::{SERVICE, TOOL, World};
use ledger::PurchaseState;
use sandbox::Fault;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tests::books::{nothing_is_lost, settled};
use tests::crowd::{captured, key_with, keys_below, rounds};

const CLIENTS: usize = 16;
const CREDIT: i64 = 1_000_000_000;
const DEAD: usize = 0;

#[tokio::test(flavor = "multi_thread")]
async fn the_other_gateway_ends_what_a_dead_one_has_begun() {
    for round in 0..rounds(1) {
        println!("round {round}: {}", kill().await);
    }
}

async fn kill() -> String {
    let mut world = World::new(&[("PENUMBRA_LOST_AFTER_SECONDS", "1")]).await;
    // Orders take most of a buyer's time, so that many are under way when the gateway dies.
    world.sandbox.inject(SERVICE, Fault::Hang(Duration::from_secs(1)).on(TOOL));
    let (_, account) = key_with(&world.ledger, CREDIT).await;
    world.without_limit(&account).await;
    let keys = keys_below(&world.ledger, &account, CLIENTS).await;
    let (crowd, over) = (world.crowd(), Arc::new(AtomicBool::new(false)));
    let clients: Vec<_> = keys
        .into_iter()
        .enumerate()
        .map(|(client, key)| {
            let (crowd, over) = (crowd.clone(), over.clone());
            tokio::spawn(async move {
                let (mut told, mut gateway) = (BTreeSet::new(), client);
                while !over.load(Ordering::Relaxed) {
                    let answer = crowd.order(gateway, &key, &format!("order-{}", told.len())).await;
                    gateway += 1;
                    match answer.and_then(|answer| captured(&answer)) {
                        Some(purchase) => drop(told.insert(purchase)),
                        // The other gateway is asked for the same order.
                        None => tokio::time::sleep(Duration::from_millis(30)).await,
                    }
                }
                told
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(3)).await;
    world.gateways[DEAD].0.kill().unwrap();
    world.gateways[DEAD].0.wait().unwrap();
    let killed = Instant::now();
    tokio::time::sleep(Duration::from_secs(1)).await;
    over.store(true, Ordering::Relaxed);
    let mut acknowledged = BTreeSet::new();
    for client in clients {
        acknowledged.append(&mut client.await.unwrap());
    }
    // Callers have their answers, so what is still `sent` is the dead one's.
    let left = world.ledger.purchases(Some(PurchaseState::Sent), 1000).await.unwrap().len();
    assert!(left > 0, "the gateway died with nothing under way");
    // Callers wait for 9 s at most (twice the provider's 2 s and 5 s), it may be a second late, and is looked for each second;
    // the rest is for a busy machine.
    settled(&world.ledger, Duration::from_secs(30)).await;
    let took = killed.elapsed();
    let bought = nothing_is_lost(&world.ledger, &world.sandbox, SERVICE, CREDIT, &acknowledged).await;
    world.end().await;
    let (told, took) = (acknowledged.len(), took.as_secs_f64());
    format!("{told} acknowledged, {bought} captured, {left} were under way; all settled {took:.1} s after the kill")
}
