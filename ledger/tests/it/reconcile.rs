//! Purchases of unknown outcome, and who takes care of them.

use crate::context::{Shop, answer, charged};
use ledger::{NewPurchase, PurchaseId, PurchaseState, Unknown};
use std::time::Duration;

const LEASE: Duration = Duration::from_secs(60);

/// Begins a purchase that can be sent again, and loses sight of it.
async fn unknown(shop: &Shop, key: &str) -> PurchaseId {
    let order = NewPurchase { request: Some(format!("{{\"key\":\"{key}\"}}")), ..shop.order(key, 100) };
    shop.ledger.begin_purchase(order).await.unwrap();
    let purchase = shop.ledger.find_purchase(&shop.who, key).await.unwrap().unwrap();
    shop.ledger.mark_unknown(&purchase.id, "timeout").await.unwrap();
    purchase.id
}

async fn claim(shop: &Shop, owner: &str, lease: Duration) -> Vec<Unknown> {
    shop.ledger.claim_unknown(owner, lease, 10).await.unwrap()
}

#[tokio::test]
async fn a_lease_keeps_others_away_until_it_ends() {
    let shop = Shop::with(1000).await;
    let id = unknown(&shop, "one").await;
    let [claimed] = claim(&shop, "a", LEASE).await.try_into().unwrap();
    assert_eq!((claimed.purchase.id, claimed.request.as_str(), claimed.attempts), (id.clone(), "{\"key\":\"one\"}", 1));
    assert!(claim(&shop, "b", LEASE).await.is_empty());

    // Put off: not before its time, and then by anybody.
    shop.ledger.defer_unknown(&id, "a", Duration::from_secs(60), "no answer").await.unwrap();
    assert!(claim(&shop, "b", LEASE).await.is_empty());
    shop.ledger.defer_unknown(&id, "a", Duration::ZERO, "not mine any more").await.unwrap();
    assert!(claim(&shop, "b", LEASE).await.is_empty());

    // One whose owner died comes free by itself.
    let two = unknown(&shop, "two").await;
    assert_eq!(claim(&shop, "a", Duration::ZERO).await.len(), 1);
    let [again] = claim(&shop, "b", LEASE).await.try_into().unwrap();
    assert_eq!((again.purchase.id, again.attempts), (two, 2));
}

#[tokio::test]
async fn what_is_settled_is_not_asked_about_and_its_request_is_gone() {
    let shop = Shop::with(1000).await;
    let (one, two, three) = (unknown(&shop, "one").await, unknown(&shop, "two").await, unknown(&shop, "three").await);
    shop.ledger.capture(&one, charged(100)).await.unwrap();
    shop.ledger.release(&two, "refused", answer("")).await.unwrap();
    shop.ledger.give_to_operator(&three, "asked in vain").await.unwrap();
    assert!(claim(&shop, "a", LEASE).await.is_empty());
    let waiting = shop.ledger.purchases(Some(PurchaseState::NeedsOperator), 10).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].reason.as_deref(), Some("asked in vain"));
    assert_eq!(shop.balance().await, "posted 900, held 100, available 800");
    // Evidence ends it like any other.
    assert_eq!(shop.ledger.capture(&three, charged(100)).await.unwrap().state, PurchaseState::Captured);
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn what_cannot_be_sent_again_is_for_a_person() {
    let shop = Shop::with(1000).await;
    let purchase = shop.start("one", 100).await;
    assert_eq!(shop.ledger.give_up_on_unrepeatable(Duration::from_secs(3600)).await.unwrap(), 0, "it is under way");
    shop.ledger.mark_unknown(&purchase.id, "timeout").await.unwrap();
    assert_eq!(shop.ledger.give_up_on_unrepeatable(Duration::from_secs(3600)).await.unwrap(), 1);
    let state = shop.ledger.purchase(&purchase.id).await.unwrap().unwrap().state;
    assert_eq!(state, PurchaseState::NeedsOperator);
}

#[tokio::test]
async fn what_was_sent_long_ago_is_unknown_and_still_held() {
    let shop = Shop::with(1000).await;
    let purchase = shop.start("one", 100).await;
    assert_eq!(shop.ledger.mark_lost(Duration::from_secs(60)).await.unwrap(), 0);
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(shop.ledger.mark_lost(Duration::ZERO).await.unwrap(), 1);
    assert_eq!(shop.balance().await, "posted 1000, held 100, available 900");
    // Its sender lives after all.
    shop.capture(&purchase.id, 100).await;
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn an_old_order_is_not_sent_again() {
    let shop = Shop::with(1000).await;
    let id = unknown(&shop, "one").await;
    assert_eq!(shop.ledger.give_up_on_unrepeatable(Duration::from_secs(60)).await.unwrap(), 0);
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(shop.ledger.give_up_on_unrepeatable(Duration::ZERO).await.unwrap(), 1);
    assert!(claim(&shop, "a", LEASE).await.is_empty());
    assert_eq!(shop.ledger.purchase(&id).await.unwrap().unwrap().state, PurchaseState::NeedsOperator);
}

#[tokio::test]
async fn once_it_was_sent_again_only_a_person_can_say_that_it_was_not_bought() {
    let shop = Shop::with(1000).await;
    let id = unknown(&shop, "one").await;
    claim(&shop, "a", LEASE).await;
    // The first sender comes back, and knows nothing of the second.
    assert!(shop.ledger.release(&id, "never sent", answer("")).await.is_err());
    assert!(!shop.ledger.take_for_operator(&id).await.unwrap(), "somebody is asking just now");
    shop.ledger.defer_unknown(&id, "a", Duration::ZERO, "no answer").await.unwrap();
    assert!(shop.ledger.take_for_operator(&id).await.unwrap());
    assert!(claim(&shop, "a", LEASE).await.is_empty());
    shop.ledger.release(&id, "they told me", answer("")).await.unwrap();
    assert_eq!(shop.balance().await, "posted 1000, held 0, available 1000");
}
