//! Copies, and what comes of putting one back.

use crate::context::{Shop, outsider, place};
use ledger::{Ledger, LedgerError, PurchaseState};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_under_load_is_a_ledger() {
    let (dir, url) = place();
    let shop = Arc::new(Shop::on(Ledger::open(&url).await.unwrap(), 100_000).await);
    let load = {
        let shop = shop.clone();
        tokio::spawn(async move {
            for n in 0..200 {
                let purchase = shop.start(&format!("key-{n}"), 100).await;
                shop.capture(&purchase.id, 100).await;
            }
        })
    };
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let copy = dir.path().join("copy.db");
    shop.ledger.backup(&copy).await.unwrap();
    let again = shop.ledger.backup(&copy).await.unwrap_err();
    assert!(matches!(again, LedgerError::Copy { .. }), "{again}");
    load.await.unwrap();

    let (_elsewhere, restored) = place();
    let report = Ledger::restore(&restored, &copy).await.unwrap();
    assert!(report.is_clean(), "{report}");
    let there = Ledger::open_existing(&restored).await.unwrap();
    let balance = there.balance(&shop.who).await.unwrap();
    assert!((80_000..=100_000).contains(&balance.posted_cents), "{balance:?}");
    // What was on its way when the copy was made is for somebody to find out.
    assert!(there.purchases(Some(PurchaseState::Sent), 10).await.unwrap().is_empty());
    assert!(there.audit().await.unwrap().is_clean());
}

#[tokio::test]
async fn a_ledger_is_never_overwritten_and_wrong_books_are_not_put_in_place() {
    let (dir, url) = place();
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1000).await;
    let copy = dir.path().join("copy.db");
    shop.ledger.backup(&copy).await.unwrap();
    let there = Ledger::restore(&url, &copy).await.unwrap_err();
    assert!(there.to_string().contains("there is a database already"), "{there}");

    let (elsewhere, restored) = place();
    let damage = "UPDATE account SET posted = posted + 1 WHERE kind = 'customer'";
    sqlx::query(damage).execute(&mut outsider(&format!("sqlite://{}", copy.display())).await).await.unwrap();
    let report = Ledger::restore(&restored, &copy).await.unwrap();
    assert_eq!(report.violations(), 1, "{report}");
    std::fs::write(&copy, "no database").unwrap();
    assert!(Ledger::restore(&restored, &copy).await.is_err());
    assert!(Ledger::restore(&restored, &dir.path().join("none")).await.is_err());
    let left: Vec<_> = std::fs::read_dir(elsewhere.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["ledger.db-lock"]);
}
