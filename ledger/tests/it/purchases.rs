//! Purchases from hold to end.

use crate::context::{Shop, answer, charged};
use ledger::{Begun, Capture, Fingerprint, LedgerError, NewPurchase, PurchaseId, PurchaseState};
use uaps_model::{Currency, Money};

/// Has 1000, holds 500, is charged `cents`.
#[track_caller]
fn check(cents: i64, receivable: i64, balance: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (captured, left) = runtime.block_on(async {
        let shop = Shop::with(1000).await;
        let purchase = shop.start("one", 500).await;
        assert_eq!(shop.balance().await, "posted 1000, held 500, available 500");
        let captured = shop.capture(&purchase.id, cents).await;
        shop.assert_audit_clean().await;
        (captured, shop.balance().await)
    });
    assert_eq!(captured.state, PurchaseState::Captured);
    assert_eq!((captured.charged, captured.receivable_cents), (Some(Money::usd(cents)), receivable));
    assert_eq!(left, balance, "charged {cents}");
}

#[test]
fn a_capture_takes_what_was_charged() {
    check(500, 0, "posted 500, held 0, available 500");
    check(200, 0, "posted 800, held 0, available 800");
    check(0, 0, "posted 1000, held 0, available 1000");
    check(900, 0, "posted 100, held 0, available 100");
    check(1000, 0, "posted 0, held 0, available 0");
    check(1300, 300, "posted 0, held 0, available 0, owes 300");
}

#[tokio::test]
async fn an_excess_never_takes_what_another_purchase_holds() {
    let shop = Shop::with(1000).await;
    let (one, two) = (shop.start("one", 300).await, shop.start("two", 600).await);
    shop.capture(&one.id, 1000).await;
    assert_eq!(shop.balance().await, "posted 600, held 600, available 0, owes 600");

    let blocked = shop.ledger.begin_purchase(shop.order("three", 0)).await.unwrap();
    assert_eq!(blocked, Begun::Blocked { receivable_cents: 600 });

    // The second costs less than was held, and what comes free pays the debt.
    shop.capture(&two.id, 500).await;
    assert_eq!(shop.balance().await, "posted 0, held 0, available 0, owes 500");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn what_comes_free_pays_what_is_owed() {
    let shop = Shop::with(1000).await;
    let (one, two) = (shop.start("one", 300).await, shop.start("two", 600).await);
    shop.capture(&one.id, 800).await;
    assert_eq!(shop.balance().await, "posted 600, held 600, available 0, owes 400");
    shop.ledger.release(&two.id, "refused", answer("")).await.unwrap();
    assert_eq!(shop.balance().await, "posted 200, held 0, available 200");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn too_little_money_changes_nothing() {
    let shop = Shop::with(1000).await;
    shop.start("one", 600).await;
    let Begun::Insufficient(short) = shop.ledger.begin_purchase(shop.order("two", 500)).await.unwrap() else {
        panic!("there was not enough");
    };
    assert_eq!((short.required_cents, short.available_cents, short.held_cents), (500, 400, 600));
    assert_eq!(short.shortfall_cents, 100);
    assert_eq!(short.to_string(), "needs 5.00 USD, 4.00 USD is available; add 1.00 USD");
    assert_eq!(shop.ledger.find_purchase(&shop.who, "two").await.unwrap(), None);
    assert_eq!(shop.balance().await, "posted 1000, held 600, available 400");
    // With money enough the same key is good.
    shop.ledger.add_credit(&shop.who, 100, "more").await.unwrap();
    shop.start("two", 500).await;
}

#[tokio::test]
async fn one_key_is_one_purchase() {
    let shop = Shop::with(1000).await;
    let begun = shop.start("one", 600).await;
    assert_eq!((begun.state, begun.held, begun.charged), (PurchaseState::Sent, Money::usd(600), None));
    let again = shop.ledger.begin_purchase(shop.order("one", 600)).await.unwrap();
    assert_eq!(again, Begun::Existing(begun.clone()));

    let other = NewPurchase { fingerprint: Fingerprint::of("other"), ..shop.order("one", 600) };
    assert_eq!(shop.ledger.begin_purchase(other).await.unwrap(), Begun::KeyReused(begun.clone()));

    // After the end the answer is there to be given again, whatever the balance is by then.
    let captured = shop.capture(&begun.id, 1000).await;
    assert_eq!(captured.answer, Some(answer("{}")));
    assert_eq!(captured.transaction_id.as_deref(), Some("ride-1"));
    let again = shop.ledger.begin_purchase(shop.order("one", 600)).await.unwrap();
    assert_eq!(again, Begun::Existing(captured.clone()));
    assert_eq!(shop.ledger.find_purchase(&shop.who, "one").await.unwrap(), Some(captured.clone()));
    assert_eq!(shop.ledger.purchase(&begun.id).await.unwrap(), Some(captured));
    assert_eq!(shop.balance().await, "posted 0, held 0, available 0");
}

#[tokio::test]
async fn an_unknown_purchase_keeps_its_hold_until_there_is_evidence() {
    let shop = Shop::with(1000).await;
    let (one, two) = (shop.start("one", 300).await, shop.start("two", 300).await);
    for purchase in [&one, &two] {
        let unknown = shop.ledger.mark_unknown(&purchase.id, "no answer in 30 s").await.unwrap();
        assert_eq!((unknown.state, unknown.reason.as_deref()), (PurchaseState::Unknown, Some("no answer in 30 s")));
    }
    assert_eq!(shop.balance().await, "posted 1000, held 600, available 400");
    assert_eq!(shop.ledger.purchases(Some(PurchaseState::Unknown), 100).await.unwrap().len(), 2);

    shop.capture(&one.id, 250).await;
    let released = shop.ledger.release(&two.id, "never arrived", answer("gone")).await.unwrap();
    assert_eq!(released.answer, Some(answer("gone")));
    assert_eq!(shop.balance().await, "posted 750, held 0, available 750");
    assert_eq!(shop.ledger.purchases(Some(PurchaseState::Unknown), 100).await.unwrap(), []);
    let listed = shop.ledger.purchases(None, 100).await.unwrap();
    // A list leaves the stored answers where they are.
    assert_eq!(listed.iter().map(|p| (&p.id, &p.answer)).collect::<Vec<_>>(), [(&two.id, &None), (&one.id, &None)]);
    assert_eq!(shop.ledger.purchases(None, 1).await.unwrap(), listed[..1]);
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn a_purchase_ends_once() {
    let shop = Shop::with(1000).await;
    let (bought, refused) = (shop.start("one", 300).await.id, shop.start("two", 300).await.id);
    let captured = shop.capture(&bought, 300).await;
    let released = shop.ledger.release(&refused, "refused", answer("")).await.unwrap();

    // The same again is the same.
    assert_eq!(shop.capture(&bought, 300).await, captured);
    assert_eq!(shop.ledger.release(&refused, "other words", answer("other")).await.unwrap(), released);

    // Anything else is refused and says why.
    let errors = [
        shop.ledger.capture(&bought, charged(299)).await,
        shop.ledger.release(&bought, "", answer("")).await,
        shop.ledger.mark_unknown(&bought, "").await,
        shop.ledger.capture(&refused, charged(300)).await,
        shop.ledger.mark_unknown(&refused, "").await,
    ];
    let errors: Vec<String> =
        errors.map(|e| e.unwrap_err().to_string().replace(bought.as_str(), "A").replace(refused.as_str(), "B")).into();
    insta::assert_snapshot!(errors.join("\n"), @r"
    the purchase `A` is captured and can't become captured
    the purchase `A` is captured and can't become released
    the purchase `A` is captured and can't become unknown
    the purchase `B` is released and can't become captured
    the purchase `B` is released and can't become unknown
    ");
    assert_eq!(shop.balance().await, "posted 700, held 0, available 700");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_no_purchase_is_refused() {
    let shop = Shop::with(1000).await;
    let euros = Money { cents: 5, currency: Currency::new("EUR").unwrap() };
    let good = shop.order("one", 5);
    for bad in [
        NewPurchase { idempotency_key: String::new(), ..good.clone() },
        NewPurchase { idempotency_key: "x".repeat(256), ..good.clone() },
        NewPurchase { amount: Money::usd(-1), ..good.clone() },
        NewPurchase { amount: euros, ..good.clone() },
        NewPurchase { service: String::new(), ..good.clone() },
    ] {
        assert!(shop.ledger.begin_purchase(bad.clone()).await.is_err(), "{bad:?}");
    }
    let purchase = shop.start("one", 5).await;
    let foreign = Capture { charged: euros, ..charged(5) };
    assert!(matches!(shop.ledger.capture(&purchase.id, foreign).await, Err(LedgerError::Currency { .. })));
    let nobody: PurchaseId = "pur_00000000000000000000000000000000".parse().unwrap();
    assert!(matches!(shop.ledger.capture(&nobody, charged(5)).await, Err(LedgerError::UnknownPurchase(_))));
    assert_eq!(shop.balance().await, "posted 1000, held 5, available 995");
}

#[tokio::test]
async fn a_provider_that_says_too_much_is_still_settled() {
    let shop = Shop::with(1000).await;
    let purchase = shop.start("one", 5).await;
    let capture = Capture { transaction_id: Some("é\0".repeat(100_000)), ..charged(5) };
    let captured = shop.ledger.capture(&purchase.id, capture).await.unwrap();
    assert_eq!(captured.transaction_id.unwrap().chars().count(), 1000);
}

#[tokio::test]
async fn the_json_form_keeps_the_answer_to_itself() {
    let shop = Shop::with(1000).await;
    let captured = shop.start("one", 500).await;
    let captured = shop.capture(&captured.id, 450).await;
    let json = serde_json::to_value(&captured).unwrap();
    let names: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(
        sorted.join(" "),
        "charged created_at credential held id idempotency_key receivable_cents refunded_cents service state tool transaction_id updated_at"
    );
    assert_eq!(json["state"], "captured");
    assert_eq!(json["charged"]["cents"], 450);
}
