//! Fixed fees.

use crate::context::Shop;
use ledger::LedgerError;
use std::time::Duration;

#[tokio::test]
async fn a_fee_is_taken_or_given_back() {
    let shop = Shop::with(12).await;
    let taken = shop.ledger.hold_fee(&shop.who, 5, "weather").await.unwrap();
    let back = shop.ledger.hold_fee(&shop.who, 5, "weather").await.unwrap();
    assert_eq!(shop.balance().await, "posted 12, held 10, available 2");
    taken.settle();
    assert_eq!(shop.balance().await, "posted 7, held 5, available 2");
    drop(back);
    assert_eq!(shop.balance().await, "posted 7, held 0, available 7");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn a_fee_needs_its_money() {
    let shop = Shop::with(4).await;
    let Err(LedgerError::Insufficient(short)) = shop.ledger.hold_fee(&shop.who, 5, "weather").await else {
        panic!("there was not enough");
    };
    assert_eq!((short.required_cents, short.shortfall_cents), (5, 1));
    assert!(shop.ledger.hold_fee(&shop.who, -5, "weather").await.is_err());
    let free = shop.ledger.hold_fee(&shop.who, 0, "weather").await.unwrap();
    free.settle();
    assert_eq!(shop.balance().await, "posted 4, held 0, available 4");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn a_fee_given_back_pays_what_is_owed() {
    let shop = Shop::with(100).await;
    let fee = shop.ledger.hold_fee(&shop.who, 30, "weather").await.unwrap();
    let purchase = shop.start("one", 70).await;
    shop.capture(&purchase.id, 90).await;
    assert_eq!(shop.balance().await, "posted 30, held 30, available 0, owes 20");
    drop(fee);
    assert_eq!(shop.balance().await, "posted 10, held 0, available 10");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn a_fee_nobody_finishes_is_released() {
    let shop = Shop::with(10).await;
    drop(shop.ledger.hold_fee(&shop.who, 5, "weather").await.unwrap());
    eventually(&shop, "posted 10, held 0, available 10").await;

    // Likewise where the caller goes away while the fee is being reserved.
    for patience in 0..20 {
        let hold = shop.ledger.hold_fee(&shop.who, 5, "weather");
        let _ = tokio::time::timeout(Duration::from_micros(patience * 50), hold).await;
    }
    eventually(&shop, "posted 10, held 0, available 10").await;
    shop.assert_audit_clean().await;
}

async fn eventually(shop: &Shop, balance: &str) {
    for _ in 0..200 {
        // Twice, so that nothing that was still queued comes after it.
        if shop.balance().await == balance {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if shop.balance().await == balance {
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(shop.balance().await, balance);
}
