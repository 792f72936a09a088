//! Fixed fees.

use crate::context::Shop;
use ledger::{Balance, LedgerError};
use std::time::Duration;

fn short(balance: Balance) -> (i64, i64) {
    (balance.posted_cents, balance.held_cents)
}

#[tokio::test]
async fn a_fee_is_taken_or_given_back() {
    let shop = Shop::with(12).await;
    let taken = shop.ledger.hold_fee(&shop.who, 5, "weather", "forecast").await.unwrap();
    let back = shop.ledger.hold_fee(&shop.who, 5, "weather", "forecast").await.unwrap();
    assert_eq!(shop.balance().await, "posted 12, held 10, available 2");
    assert_eq!(short(shop.ledger.settle_fee(taken).await.unwrap()), (7, 5));
    assert_eq!(short(shop.ledger.release_fee(back).await.unwrap()), (7, 0));
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn a_fee_needs_its_money() {
    let shop = Shop::with(4).await;
    let Err(LedgerError::Insufficient(short)) = shop.ledger.hold_fee(&shop.who, 5, "weather", "forecast").await else {
        panic!("there was not enough");
    };
    assert_eq!((short.required_cents, short.shortfall_cents), (5, 1));
    assert!(shop.ledger.hold_fee(&shop.who, -5, "weather", "forecast").await.is_err());
    let free = shop.ledger.hold_fee(&shop.who, 0, "weather", "forecast").await.unwrap();
    shop.ledger.settle_fee(free).await.unwrap();
    assert_eq!(shop.balance().await, "posted 4, held 0, available 4");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn a_fee_given_back_pays_what_is_owed() {
    let shop = Shop::with(100).await;
    let fee = shop.ledger.hold_fee(&shop.who, 30, "weather", "forecast").await.unwrap();
    let purchase = shop.start("one", 70).await;
    shop.capture(&purchase.id, 90).await;
    assert_eq!(shop.balance().await, "posted 30, held 30, available 0, owes 20");
    let after = shop.ledger.release_fee(fee).await.unwrap();
    assert_eq!((after.posted_cents, after.receivable_cents), (10, 0));
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn a_fee_nobody_finishes_is_released() {
    let shop = Shop::with(10).await;
    drop(shop.ledger.hold_fee(&shop.who, 5, "weather", "forecast").await.unwrap());
    eventually(&shop, "posted 10, held 0, available 10").await;

    // Likewise where the caller goes away while the fee is being reserved.
    for patience in 0..20 {
        let hold = shop.ledger.hold_fee(&shop.who, 5, "weather", "forecast");
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
