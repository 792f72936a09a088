//! A thousand orders at once, over two gateways.

use crate::world::World;
use std::sync::atomic::Ordering;
use tests::crowd::{ORDERS, account, key_with, one_balance, one_order, rounds};

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_buys_exactly_what_it_pays_for_over_both() {
    let world = World::new(&[]).await;
    let crowd = world.crowd();
    let price = crowd.price(&world.ledger).await;
    for round in 0..rounds(3) {
        let account = account(&world.ledger, price).await;
        world.without_limit(&account).await;
        let took = one_balance(&crowd, &world.ledger, &world.sandbox, price, &account).await;
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
    let emptied = world.without_limit(&id).await;
    for round in 0..rounds(3) {
        one_order(&crowd, &world.sandbox, &key, &format!("round-{round}")).await;
    }
    assert!(emptied.load(Ordering::Relaxed) > 0, "the key was never counted in Redis");
    let report = world.ledger.audit().await.unwrap();
    assert!(report.is_clean(), "{report}");
    world.end().await;
}
