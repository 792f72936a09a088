//! What a key may spend, and not a cent more.

use crate::context::{Shop, answer, fresh};
use crate::store::lasting;
use jiff::Timestamp;
use ledger::{Begun, Ledger, LedgerError, Limits, NewKey};
use std::sync::Arc;
use std::time::Duration;
use uaps_model::AccessLevel;

async fn limited(shop: &Shop, limits: Limits) {
    shop.ledger.set_limits(&shop.who, limits).await.unwrap();
}

/// What becomes of a purchase, in words.
async fn buy(shop: &Shop, key: &str, cents: i64) -> String {
    match shop.ledger.begin_purchase(shop.order(key, cents)).await.unwrap() {
        Begun::Started(_) => "started".to_owned(),
        Begun::Limited(exceeded) => format!("{} {} of {}", exceeded.limit, exceeded.used, exceeded.allowed),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn each_limit_stands_against_what_breaks_it() {
    let shop = Shop::with(100_000).await;
    limited(&shop, Limits { purchase_cents: Some(500), ..Limits::default() }).await;
    assert_eq!(buy(&shop, "a", 501).await, "purchase_cents 0 of 500");
    assert_eq!(buy(&shop, "a", 500).await, "started");

    limited(&shop, Limits { services: Some(vec!["weather".into()]), ..Limits::default() }).await;
    assert_eq!(buy(&shop, "b", 1).await, "services 0 of 0");

    limited(&shop, Limits { purchases: Some(2), ..Limits::default() }).await;
    assert_eq!(buy(&shop, "b", 1).await, "started");
    assert_eq!(buy(&shop, "c", 1).await, "purchases 2 of 2");
    // A repetition is none.
    assert!(buy(&shop, "b", 1).await.contains("Existing"));

    limited(&shop, Limits::default()).await;
    assert_eq!(buy(&shop, "c", 1).await, "started");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn a_budget_counts_what_is_held_and_what_it_came_to() {
    let shop = Shop::with(100_000).await;
    limited(&shop, Limits { budget_cents: Some(1000), ..Limits::default() }).await;
    let one = shop.start("one", 600).await;
    assert_eq!(buy(&shop, "two", 401).await, "budget_cents 600 of 1000");
    shop.capture(&one.id, 300).await;
    assert_eq!(buy(&shop, "two", 701).await, "budget_cents 300 of 1000");
    let two = shop.start("two", 700).await;
    shop.ledger.release(&two.id, "refused", answer("")).await.unwrap();
    shop.ledger.refund(&one.id, 100, "case").await.unwrap();
    assert_eq!(buy(&shop, "three", 801).await, "budget_cents 200 of 1000");
    assert_eq!(buy(&shop, "three", 800).await, "started");

    // A window slides.
    limited(&shop, Limits { budget_cents: Some(1000), window_seconds: Some(1), ..Limits::default() }).await;
    assert_eq!(buy(&shop, "four", 1000).await, "budget_cents 1000 of 1000");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(buy(&shop, "four", 1000).await, "started");
    shop.assert_audit_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_at_once_stay_within_the_budget() {
    let (_dir, url) = lasting().await;
    let shop = Arc::new(Shop::on(Ledger::open(&url).await.unwrap(), 100_000).await);
    limited(&shop, Limits { budget_cents: Some(1000), ..Limits::default() }).await;
    let tasks: Vec<_> = (0..100)
        .map(|n| {
            let shop = shop.clone();
            tokio::spawn(async move { buy(&shop, &format!("key-{n}"), 300).await })
        })
        .collect();
    let mut started = 0;
    for task in tasks {
        started += usize::from(task.await.unwrap() == "started");
    }
    assert_eq!(started, 3);
    assert_eq!(shop.balance().await, "posted 100000, held 900, available 99100");
}

#[tokio::test]
async fn a_key_has_its_time_and_nonsense_is_refused() {
    let ledger = fresh().await;
    let new = NewKey::new("a@example.com", AccessLevel::Authenticated);
    let created = ledger.create_key(new).await.unwrap();
    let id = &created.credential.id;
    let until = |expires_at| Limits { expires_at: Some(expires_at), ..Limits::default() };
    let hour = Duration::from_secs(3600);
    ledger.set_limits(id, until(Timestamp::now() + hour)).await.unwrap();
    assert!(ledger.authenticate(created.secret.reveal()).await.unwrap().is_some());
    ledger.set_limits(id, until(Timestamp::now() - hour)).await.unwrap();
    assert!(ledger.authenticate(created.secret.reveal()).await.unwrap().is_none());
    for wrong in [
        Limits { purchase_cents: Some(-1), ..Limits::default() },
        Limits { budget_cents: Some(i64::MAX), ..Limits::default() },
        Limits { window_seconds: Some(0), ..Limits::default() },
        Limits { services: Some(vec![String::new()]), ..Limits::default() },
        Limits { services: Some(vec!["weather".into(); 257]), ..Limits::default() },
    ] {
        assert!(matches!(ledger.set_limits(id, wrong).await, Err(LedgerError::Invalid { .. })));
    }
}
