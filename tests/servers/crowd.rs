//! A thousand orders at once, over two gateways.

use crate::redis_url;
use crate::world::{SERVICE, World};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tests::crowd::{ORDERS, key_with, one_balance, one_order, rounds};

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_buys_exactly_what_it_pays_for_over_both() {
    let world = World::new(&[]).await;
    let crowd = world.crowd();
    let price = crowd.price(&world.ledger).await;
    for round in 0..rounds(3) {
        let took = one_balance(&crowd, &world.ledger, &world.sandbox, price).await;
        println!("round {round}: {ORDERS} orders in {:.1} s", took.as_secs_f64());
    }
    println!("{} times a buyer was told to come again", crowd.came_again());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_sent_a_hundred_times_over_both_is_one_order() {
    let world = World::new(&[]).await;
    let crowd = world.crowd();
    let (key, id) = key_with(&world.ledger, 1_000_000).await;
    // A hundred calls are more than a key may make at once, which is another test's matter: its bucket is emptied.
    let mut redis = redis::Client::open(redis_url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let bucket = format!("penumbra:limit:{SERVICE}:key:{id}");
    let emptied = Arc::new(AtomicU64::new(0));
    let empties = tokio::spawn({
        let emptied = emptied.clone();
        async move {
            loop {
                let found: u64 = redis::cmd("DEL").arg(&bucket).query_async(&mut redis).await.unwrap();
                emptied.fetch_add(found, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    });
    for round in 0..rounds(3) {
        one_order(&crowd, &world.sandbox, &key, &format!("round-{round}")).await;
    }
    empties.abort();
    assert!(emptied.load(Ordering::Relaxed) > 0, "the key was never counted in Redis");
    let report = world.ledger.audit().await.unwrap();
    assert!(report.is_clean(), "{report}");
    world.end().await;
}
