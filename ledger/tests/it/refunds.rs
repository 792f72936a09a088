//! Money that comes back.

use crate::context::Shop;
use crate::store::lasting;
use ledger::{Ledger, LedgerError, PurchaseId, PurchaseState, Wanted};
use std::sync::Arc;

/// What a refund comes to, in words.
async fn refund(shop: &Shop, id: &PurchaseId, cents: i64, source: &str) -> String {
    match shop.ledger.refund(id, cents, source).await {
        Ok(purchase) => format!("{}, {} back", purchase.state, purchase.refunded_cents),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_purchase_comes_back_in_parts_and_never_more_than_it_cost() {
    let shop = Shop::with(1000).await;
    let id = shop.start("one", 500).await.id;
    assert!(refund(&shop, &id, 1, "early").await.contains("is sent and can't become refunded"));
    shop.capture(&id, 400).await;

    assert_eq!(refund(&shop, &id, 150, "case-1").await, "captured, 150 back");
    assert_eq!(shop.balance().await, "posted 750, held 0, available 750");
    let too_much = refund(&shop, &id, 251, "case-2").await;
    assert_eq!(too_much, format!("the purchase `{id}` has 250 cents left to refund, not 251"));
    assert_eq!(refund(&shop, &id, 250, "case-2").await, "refunded, 250 back".replace("250", "400"));
    assert_eq!(shop.balance().await, "posted 1000, held 0, available 1000");
    assert!(refund(&shop, &id, 1, "case-3").await.contains("has 0 cents left"));
    assert_eq!(shop.ledger.purchases(Some(PurchaseState::Refunded), 10).await.unwrap().len(), 1);
    assert_eq!(shop.ledger.purchases(Some(PurchaseState::Captured), 10).await.unwrap().len(), 0);
    shop.assert_audit_clean().await;

    let lines = shop.ledger.transactions(&shop.who, &Wanted::default(), 10, None).await.unwrap();
    let lines: Vec<String> = lines.iter().map(|line| format!("{:?} {}", line.kind, line.amount_cents)).collect();
    assert_eq!(lines, ["Refund 250", "Refund 150", "Purchase -400", "Credit 1000"]);
}

#[tokio::test]
async fn a_source_counts_once() {
    let shop = Shop::with(1000).await;
    let (one, two) = (shop.start("one", 300).await.id, shop.start("two", 300).await.id);
    shop.capture(&one, 300).await;
    shop.capture(&two, 300).await;
    assert_eq!(refund(&shop, &one, 100, "case").await, "captured, 100 back");
    assert_eq!(refund(&shop, &one, 100, "case").await, "captured, 100 back");
    for (id, cents) in [(&one, 101), (&two, 100)] {
        assert!(refund(&shop, id, cents, "case").await.contains("already booked"));
    }
    shop.ledger.add_credit(&shop.who, 50, "invoice").await.unwrap();
    assert!(refund(&shop, &one, 50, "invoice").await.contains("already booked"));
    assert!(matches!(shop.ledger.add_credit(&shop.who, 100, "case").await, Err(LedgerError::SourceReused { .. })));
    assert_eq!(shop.balance().await, "posted 550, held 0, available 550");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn what_comes_back_pays_what_is_owed() {
    let shop = Shop::with(1000).await;
    let one = shop.start("one", 300).await.id;
    shop.capture(&one, 1400).await;
    assert_eq!(shop.balance().await, "posted 0, held 0, available 0, owes 400");
    shop.ledger.refund(&one, 600, "case").await.unwrap();
    assert_eq!(shop.balance().await, "posted 200, held 0, available 200");
    shop.assert_audit_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_refunds_at_once_give_back_what_was_charged() {
    let (_dir, url) = lasting().await;
    let shop = Arc::new(Shop::on(Ledger::open(&url).await.unwrap(), 1000).await);
    let id = shop.start("one", 500).await.id;
    shop.capture(&id, 500).await;
    let tasks: Vec<_> = (0..100)
        .map(|n| {
            let (shop, id) = (shop.clone(), id.clone());
            tokio::spawn(async move { shop.ledger.refund(&id, 30, &format!("case-{n}")).await.is_ok() })
        })
        .collect();
    let mut given = 0;
    for task in tasks {
        given += usize::from(task.await.unwrap());
    }
    assert_eq!(given, 16, "16 times 30 fits into 500");
    assert_eq!(shop.balance().await, "posted 980, held 0, available 980");
    shop.assert_audit_clean().await;
}
