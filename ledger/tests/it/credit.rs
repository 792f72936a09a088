//! Money coming in.

use crate::context::{Shop, customer};
use ledger::LedgerError;

#[tokio::test]
async fn a_source_of_credit_counts_once() {
    let shop = Shop::with(0).await;
    let other = customer(&shop.ledger, 0).await;
    let first = shop.ledger.add_credit(&shop.who, 700, "payment-1").await.unwrap();
    let again = shop.ledger.add_credit(&shop.who, 700, "payment-1").await.unwrap();
    assert_eq!((first.posted_cents, first), (700, again));

    let refused = shop.ledger.add_credit(&shop.who, 701, "payment-1").await;
    assert!(matches!(refused, Err(LedgerError::SourceReused { .. })));
    let refused = shop.ledger.add_credit(&other, 700, "payment-1").await;
    assert!(matches!(refused, Err(LedgerError::SourceReused { .. })));

    assert_eq!(shop.ledger.add_credit(&other, 5, "payment-2").await.unwrap().posted_cents, 5);
    assert_eq!(shop.balance().await, "posted 700, held 0, available 700");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_no_credit_is_refused() {
    let shop = Shop::with(0).await;
    for (cents, source) in [(0, "x"), (-5, "x"), (i64::MAX, "x"), (5, ""), (5, "a\nb"), (5, &"x".repeat(256))] {
        let refused = shop.ledger.add_credit(&shop.who, cents, source).await;
        assert!(matches!(refused, Err(LedgerError::Invalid { .. })), "{cents} {source}");
    }
    // How the ledger names sources itself.
    for ours in ["opening:x", "refund:x", "stripe:x"] {
        assert!(matches!(shop.ledger.add_credit(&shop.who, 5, ours).await, Err(LedgerError::Invalid { .. })), "{ours}");
    }
    let stranger = customer(&Shop::with(0).await.ledger, 0).await;
    let refused = shop.ledger.add_credit(&stranger, 5, "x").await;
    assert!(matches!(refused, Err(LedgerError::UnknownCredential(_))));
    assert_eq!(shop.balance().await, "posted 0, held 0, available 0");
}

#[tokio::test]
async fn what_is_owed_is_paid_first() {
    let shop = Shop::with(1000).await;
    let purchase = shop.start("one", 1000).await;
    shop.capture(&purchase.id, 1500).await;
    assert_eq!(shop.balance().await, "posted 0, held 0, available 0, owes 500");
    shop.ledger.add_credit(&shop.who, 300, "first").await.unwrap();
    assert_eq!(shop.balance().await, "posted 0, held 0, available 0, owes 200");
    shop.ledger.add_credit(&shop.who, 300, "second").await.unwrap();
    assert_eq!(shop.balance().await, "posted 100, held 0, available 100");
    shop.start("two", 100).await;
    shop.assert_audit_clean().await;
}
