//! Copies, and what comes of putting one back.

use crate::context::Shop;
use crate::store::{lasting, outsider};
use ledger::{ApprovalState, Approver, Begun, Decision, Ledger, LedgerError, Limits, NewPurchase, PurchaseState};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_under_load_is_a_ledger() {
    let (dir, url) = lasting().await;
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

    let (_elsewhere, restored) = lasting().await;
    let report = Ledger::restore(&restored, &copy).await.unwrap();
    assert!(report.is_clean(), "{report}");
    let there = Ledger::open_existing(&restored).await.unwrap();
    let balance = there.balance(&shop.who).await.unwrap();
    assert!((80_000..=100_000).contains(&balance.posted_cents), "{balance:?}");
    // What was on its way when the copy was made is for a person to find out.
    assert!(there.purchases(Some(PurchaseState::Sent), 10).await.unwrap().is_empty());
    assert!(there.audit().await.unwrap().is_clean());
}

#[tokio::test]
async fn a_ledger_is_never_overwritten_and_wrong_books_are_not_put_in_place() {
    let (dir, url) = lasting().await;
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1000).await;
    let copy = dir.path().join("copy.db");
    shop.ledger.backup(&copy).await.unwrap();
    let there = Ledger::restore(&url, &copy).await.unwrap_err();
    assert!(there.to_string().contains("a process has it open"), "{there}");
    drop(shop);
    let there = Ledger::restore(&url, &copy).await.unwrap_err();
    assert!(there.to_string().contains("there is a database already"), "{there}");

    let (elsewhere, restored) = lasting().await;
    let damage = "UPDATE account SET pending = pending + 1 WHERE kind = 'customer'";
    sqlx::query(damage).execute(&mut outsider(&format!("sqlite://{}", copy.display())).await).await.unwrap();
    let report = Ledger::restore(&restored, &copy).await.unwrap();
    assert_eq!(report.violations(), 1, "{report}");
    std::fs::write(&copy, "no database").unwrap();
    assert!(Ledger::restore(&restored, &copy).await.is_err());
    assert!(Ledger::restore(&restored, &dir.path().join("none")).await.is_err());
    let left: Vec<_> = std::fs::read_dir(elsewhere.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["ledger.db-lock"]);
}

/// Restores `copy` into a fresh folder and gives the error's words.
async fn refused(copy: &std::path::Path) -> String {
    let (_dir, url) = lasting().await;
    Ledger::restore(&url, copy).await.expect_err("it is refused").to_string()
}

#[tokio::test]
async fn only_a_whole_copy_is_put_in_place() {
    let (dir, url) = lasting().await;
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1000).await;
    for n in 0..50 {
        shop.start(&format!("key-{n}"), 1).await;
    }
    let copy = dir.path().join("copy.db");
    shop.ledger.backup(&copy).await.unwrap();
    // The ledger itself is in use.
    assert!(refused(&dir.path().join("ledger.db")).await.contains("a database in use and not a copy"));
    // The same without its other half: young enough to be empty, or to lack what came last.
    let half = dir.path().join("half.db");
    std::fs::copy(dir.path().join("ledger.db"), &half).unwrap();
    let words = refused(&half).await;
    assert!(
        words.contains("without a single key") || words.contains("no ledger") || words.contains("damaged"),
        "{words}"
    );
    // One byte of an index.
    let mut bytes = std::fs::read(&copy).unwrap();
    let pages = bytes.len() / 4096;
    for page in 1..pages {
        let byte = &mut bytes[page * 4096 + 4000];
        *byte = byte.wrapping_add(1);
    }
    std::fs::write(&half, bytes).unwrap();
    assert!(refused(&half).await.contains("damaged"), "{}", refused(&half).await);
}

#[cfg(unix)]
#[tokio::test]
async fn copies_are_private_follow_no_link_and_take_nothing_along() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let (dir, url) = lasting().await;
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1000).await;
    let copy = dir.path().join("copy.db");
    // What a backup that was killed left.
    std::fs::write(dir.path().join("copy.db-partial"), "half").unwrap();
    shop.ledger.backup(&copy).await.unwrap();
    assert_eq!(std::fs::metadata(&copy).unwrap().mode() & 0o777, 0o600);
    assert!(!dir.path().join("copy.db-partial").exists());

    let (elsewhere, restored) = lasting().await;
    let precious = elsewhere.path().join("precious");
    std::fs::write(&precious, "mine").unwrap();
    symlink(&precious, elsewhere.path().join("ledger.db-restoring")).unwrap();
    std::fs::write(elsewhere.path().join("ledger.db-restoring-wal"), "of another one").unwrap();
    std::fs::set_permissions(&copy, PermissionsExt::from_mode(0o400)).unwrap();
    assert!(Ledger::restore(&restored, &copy).await.unwrap().is_clean());
    assert_eq!(std::fs::read_to_string(&precious).unwrap(), "mine");
    assert_eq!(std::fs::metadata(elsewhere.path().join("ledger.db")).unwrap().mode() & 0o777, 0o600);

    let (far, linked) = lasting().await;
    symlink(&precious, far.path().join("ledger.db")).unwrap();
    let error = Ledger::restore(&linked, &copy).await.unwrap_err();
    assert!(error.to_string().contains("it is a link"), "{error}");
}

#[tokio::test]
async fn what_was_under_way_in_a_copy_is_for_a_person() {
    let (dir, url) = lasting().await;
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1000).await;
    let order = NewPurchase { request: Some("{}".into()), ..shop.order("one", 100) };
    shop.ledger.begin_purchase(order).await.unwrap();
    // One that waits may be approved, and bought, after the copy was made.
    let asks = Limits { approval_above: Some(100), ..Limits::default() };
    shop.ledger.set_limits(&shop.who, asks).await.unwrap();
    let order = NewPurchase { order: Some("{}".into()), ..shop.order("two", 101) };
    let Begun::Held(held, _) = shop.ledger.begin_purchase(order).await.unwrap() else { panic!() };
    let copy = dir.path().join("copy.db");
    shop.ledger.backup(&copy).await.unwrap();
    let (_elsewhere, restored) = lasting().await;
    Ledger::restore(&restored, &copy).await.unwrap();
    let there = Ledger::open(&restored).await.unwrap();
    assert!(there.claim_unknown("me", std::time::Duration::ZERO, 10).await.unwrap().is_empty());
    let waiting = there.purchases(Some(PurchaseState::NeedsOperator), 10).await.unwrap();
    assert_eq!(waiting.len(), 2);
    assert!(waiting[0].reason.as_deref().unwrap().contains("restored from a copy"));
    let yes = Decision::Approve { request: None };
    let late = there.decide(&held.id, Approver::Operator, yes).await;
    assert!(matches!(late, Err(LedgerError::Decided { state: ApprovalState::Expired, .. })));
}
