//! Keys: made once, recognised, revoked.

use crate::context::{Shop, fresh};
use ledger::{Begun, LedgerError, NewKey};
use uaps_model::{AccessLevel, Fault};

fn ada(level: AccessLevel, credit_cents: i64) -> NewKey {
    NewKey { credit_cents, ..NewKey::new("ada@example.com", level) }
}

#[tokio::test]
async fn a_key_is_recognised_until_it_is_revoked() {
    let ledger = fresh().await;
    let created = ledger.create_key(ada(AccessLevel::Identified, 0)).await.unwrap();
    let key = created.secret.reveal();
    assert_eq!(ledger.authenticate(key).await.unwrap().as_ref(), Some(&created.credential));
    for wrong in ["", "unified-", &key.to_uppercase(), &format!("{key}x"), &key.replace("unified-", "Unified-")] {
        assert_eq!(ledger.authenticate(wrong).await.unwrap(), None, "{wrong}");
    }

    ledger.revoke(&created.credential.id).await.unwrap();
    assert_eq!(ledger.authenticate(key).await.unwrap(), None);
    let first = ledger.keys().await.unwrap()[0].revoked_at;
    assert!(first.is_some());
    ledger.revoke(&created.credential.id).await.unwrap();
    assert_eq!(ledger.keys().await.unwrap()[0].revoked_at, first, "revoked once");
}

#[tokio::test]
async fn a_revoked_key_begins_nothing_new_and_still_hears_of_the_old() {
    let shop = Shop::with(1000).await;
    let old = shop.start("old", 400).await;
    shop.ledger.revoke(&shop.who).await.unwrap();
    let refused = shop.ledger.begin_purchase(shop.order("new", 100)).await;
    assert!(matches!(refused, Err(LedgerError::Revoked(_))));
    let refused = shop.ledger.hold_fee(&shop.who, 1, "weather").await;
    assert!(matches!(refused, Err(LedgerError::Revoked(_))));
    let again = shop.ledger.begin_purchase(shop.order("old", 400)).await.unwrap();
    assert!(matches!(again, Begun::Existing(_)));
    shop.capture(&old.id, 400).await;
    assert_eq!(shop.balance().await, "posted 600, held 0, available 600");
}

#[tokio::test]
async fn a_key_starts_with_its_credit_or_is_refused_whole() {
    let shop = Shop::with(10_000).await;
    assert_eq!(shop.balance().await, "posted 10000, held 0, available 10000");
    for bad in [
        ada(AccessLevel::Anonymous, 0),
        ada(AccessLevel::Identified, -1),
        ada(AccessLevel::Identified, i64::MAX),
        NewKey { email: "nobody".into(), ..ada(AccessLevel::Identified, 0) },
    ] {
        let error = shop.ledger.create_key(bad).await.unwrap_err();
        assert_eq!((error.fault(), error.retryable()), (Fault::Caller, false), "{error}");
    }
    assert_eq!(shop.ledger.keys().await.unwrap().len(), 1);
}
