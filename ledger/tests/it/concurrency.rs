//! Many at once.

use crate::context::{Shop, answer};
use crate::store::lasting;
use ledger::{Begun, Ledger, LedgerError, PurchaseState};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Barrier;

/// Begins `count` purchases of 500 at the same moment and counts what became of them.
async fn begin_together(shop: &Arc<Shop>, count: usize, key: impl Fn(usize) -> String) -> (usize, usize, usize) {
    let barrier = Arc::new(Barrier::new(count));
    let tasks: Vec<_> = (0..count)
        .map(|n| {
            let (shop, barrier, order) = (shop.clone(), barrier.clone(), shop.order(&key(n), 500));
            tokio::spawn(async move {
                barrier.wait().await;
                shop.ledger.begin_purchase(order).await.unwrap()
            })
        })
        .collect();
    let (mut started, mut existing, mut insufficient) = (0, 0, 0);
    for task in tasks {
        match task.await.unwrap() {
            Begun::Started(_) => started += 1,
            Begun::Existing(_) => existing += 1,
            Begun::Insufficient(_) => insufficient += 1,
            other => panic!("{other:?}"),
        }
    }
    (started, existing, insufficient)
}

async fn shop_on_disk(url: &str) -> Arc<Shop> {
    Arc::new(Shop::on(Ledger::open(url).await.unwrap(), 1000).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_purchases_can_not_spend_money_for_two() {
    let (_dir, url) = lasting().await;
    let shop = shop_on_disk(&url).await;
    assert_eq!(begin_together(&shop, 50, |n| format!("key-{n}")).await, (2, 0, 48));
    assert_eq!(shop.balance().await, "posted 1000, held 1000, available 0");
    shop.assert_audit_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_sent_fifty_times_starts_once() {
    let (_dir, url) = lasting().await;
    let shop = shop_on_disk(&url).await;
    assert_eq!(begin_together(&shop, 50, |_| "key".to_owned()).await, (1, 49, 0));
    assert_eq!(shop.balance().await, "posted 1000, held 500, available 500");
    shop.assert_audit_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_ledgers_on_one_file_are_one_ledger() {
    let (_dir, url) = lasting().await;
    let one = shop_on_disk(&url).await;
    let two = Arc::new(Shop { ledger: Ledger::open(&url).await.unwrap(), who: one.who.clone() });
    let (first, second) =
        tokio::join!(begin_together(&one, 20, |n| format!("a-{n}")), begin_together(&two, 20, |n| format!("b-{n}")));
    assert_eq!((first.0 + second.0, first.2 + second.2), (2, 38));
    one.assert_audit_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_ends_one_way_whoever_comes_first() {
    let (_dir, url) = lasting().await;
    let shop = shop_on_disk(&url).await;
    for round in 0..10 {
        let id = shop.start(&format!("key-{round}"), 10).await.id;
        let (captured, released, unknown) = tokio::join!(
            shop.ledger.capture(&id, crate::context::charged(10)),
            shop.ledger.release(&id, "refused", answer("")),
            shop.ledger.mark_unknown(&id, "timeout"),
        );
        assert!(captured.is_ok() != released.is_ok(), "one of both");
        let lost = [captured.err(), released.err(), unknown.err()];
        assert!(lost.into_iter().flatten().all(|e| matches!(e, LedgerError::WrongState { .. })));
        assert!(shop.ledger.purchase(&id).await.unwrap().unwrap().state.is_final());
    }
    shop.assert_audit_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_goes_away_leaves_nothing_half_done() {
    let (_dir, url) = lasting().await;
    let shop = shop_on_disk(&url).await;
    for n in 0..40 {
        let begin = shop.ledger.begin_purchase(shop.order(&format!("key-{n}"), 1));
        let _ = tokio::time::timeout(Duration::from_micros(n * 100), begin).await;
    }
    // The writer is in order and free for the next.
    shop.start("last", 1).await;
    let sent = shop.ledger.purchases(Some(PurchaseState::Sent), 100).await.unwrap();
    let held = shop.ledger.balance(&shop.who).await.unwrap().held_cents;
    assert_eq!(i64::try_from(sent.len()).unwrap(), held);
    shop.assert_audit_clean().await;
}
