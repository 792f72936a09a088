//! Keys below keys: they spend the money of the uppermost one, and no limit above them gives way.

use crate::context::{Shop, charged};
use jiff::Timestamp;
use ledger::{Begun, CredentialId, LedgerError, Limits, NewKey, NewPurchase, Wanted};
use std::time::Duration;
use uaps_model::AccessLevel;

/// A key below another, with limits of its own.
async fn below(shop: &Shop, parent: &CredentialId, limits: Limits) -> CredentialId {
    let new =
        NewKey { parent: Some(parent.clone()), limits, ..NewKey::new("agent@example.com", AccessLevel::Authenticated) };
    shop.ledger.create_key(new).await.unwrap().credential.id
}

/// What becomes of a purchase of a key, in words.
async fn buy(shop: &Shop, who: &CredentialId, key: &str, cents: i64) -> String {
    let new = NewPurchase { credential: who.clone(), ..shop.order(key, cents) };
    match shop.ledger.begin_purchase(new).await {
        Ok(Begun::Started(_)) => "started".to_owned(),
        Ok(Begun::Limited(exceeded)) => {
            let whose = if exceeded.of == *who { "own" } else { "above" };
            format!("{} {} of {}, {whose}", exceeded.limit, exceeded.used, exceeded.allowed)
        }
        Ok(Begun::Insufficient(shortfall)) => format!("short {}", shortfall.shortfall_cents),
        Ok(other) => format!("{other:?}"),
        Err(error) => error.to_string().replace(who.as_str(), "it").replace(shop.who.as_str(), "its parent"),
    }
}

#[tokio::test]
async fn what_is_held_for_a_childs_fees_to_come_stands_in_nobodys_way() {
    let shop = Shop::with(500).await;
    let child = below(&shop, &shop.who, Limits::default()).await;
    let fee = |who| shop.ledger.hold_fee(who, 5, "weather");
    // Each holds more than its fee, for calls to come.
    fee(&child).await.unwrap().settle();
    fee(&shop.who).await.unwrap().settle();
    assert_eq!(buy(&shop, &shop.who, "one", 490).await, "started");
    assert_eq!(shop.balance().await, "posted 490, held 490, available 0");
    assert!(fee(&child).await.is_err());
    shop.ledger.add_credit(&shop.who, 10, "ten").await.unwrap();
    let last = fee(&child).await.unwrap();
    fee(&shop.who).await.unwrap().settle();
    drop(last);
    assert_eq!(shop.balance().await, "posted 495, held 490, available 5");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn a_child_spends_its_parents_money_and_sees_its_own_lines() {
    let shop = Shop::with(1000).await;
    let child = below(&shop, &shop.who, Limits::default()).await;
    let grandchild = below(&shop, &child, Limits::default()).await;
    assert_eq!(buy(&shop, &grandchild, "a", 400).await, "started");
    assert_eq!(shop.balance().await, "posted 1000, held 400, available 600");
    assert_eq!(buy(&shop, &child, "a", 601).await, "short 1");
    let bought = shop.ledger.find_purchase(&grandchild, "a").await.unwrap().unwrap();
    shop.ledger.capture(&bought.id, charged(350)).await.unwrap();
    assert_eq!(shop.ledger.balance(&grandchild).await.unwrap().available_cents, 650);

    let lines = async |who: &CredentialId| {
        let lines = shop.ledger.transactions(who, &Wanted::default(), 10, None).await.unwrap();
        lines.iter().map(|line| format!("{} {}", line.kind.as_str(), line.amount_cents)).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(lines(&grandchild).await, "purchase -350");
    assert_eq!(lines(&child).await, "");
    assert!(lines(&shop.who).await.contains("credit 1000"));
    let above = shop.ledger.lineage(&grandchild).await.unwrap();
    assert_eq!(above.iter().map(|key| &key.id).collect::<Vec<_>>(), [&grandchild, &child, &shop.who]);
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn a_limit_above_holds_whatever_the_childs_own_say() {
    let wide = Limits {
        purchase_cents: Some(100_000),
        budget_cents: Some(100_000),
        purchases: Some(100),
        services: Some(vec!["rideshare".into(), "weather".into()]),
        ..Limits::default()
    };
    for (limits, expected) in [
        (Limits { purchase_cents: Some(100), ..Limits::default() }, "purchase_cents 0 of 100, above"),
        (Limits { budget_cents: Some(100), ..Limits::default() }, "budget_cents 0 of 100, above"),
        (Limits { purchases: Some(0), ..Limits::default() }, "purchases 0 of 0, above"),
        (Limits { services: Some(vec!["weather".into()]), ..Limits::default() }, "services 0 of 0, above"),
    ] {
        let shop = Shop::with(10_000).await;
        let child = below(&shop, &shop.who, wide.clone()).await;
        let grandchild = below(&shop, &child, wide.clone()).await;
        shop.ledger.set_limits(&shop.who, limits).await.unwrap();
        assert_eq!(buy(&shop, &grandchild, "a", 101).await, expected);
    }
}

#[tokio::test]
async fn a_budget_counts_what_the_keys_below_buy() {
    let shop = Shop::with(10_000).await;
    shop.ledger.set_limits(&shop.who, Limits { budget_cents: Some(1000), ..Limits::default() }).await.unwrap();
    let (one, two) =
        (below(&shop, &shop.who, Limits::default()).await, below(&shop, &shop.who, Limits::default()).await);
    assert_eq!(buy(&shop, &one, "a", 600).await, "started");
    assert_eq!(buy(&shop, &two, "a", 401).await, "budget_cents 600 of 1000, above");
    assert_eq!(buy(&shop, &shop.who, "a", 401).await, "budget_cents 600 of 1000, own");
    assert_eq!(buy(&shop, &two, "a", 400).await, "started");
    // A tighter one of its own comes first.
    shop.ledger.set_limits(&one, Limits { budget_cents: Some(600), ..Limits::default() }).await.unwrap();
    assert_eq!(buy(&shop, &one, "b", 1).await, "budget_cents 600 of 600, own");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn a_parent_that_is_revoked_or_past_its_time_refuses_its_children() {
    let hour = Duration::from_secs(3600);
    let over = Limits { expires_at: Some(Timestamp::now() - hour), ..Limits::default() };
    let shop = Shop::with(1000).await;
    let new = NewKey { parent: Some(shop.who.clone()), ..NewKey::new("b@example.com", AccessLevel::Authenticated) };
    let made = shop.ledger.create_key(new).await.unwrap();
    let (child, secret) = (made.credential.id, made.secret);
    let known = async || shop.ledger.authenticate(secret.reveal()).await.unwrap().is_some();
    assert!(known().await);
    for refused in [true, false] {
        shop.ledger.set_limits(&shop.who, if refused { over.clone() } else { Limits::default() }).await.unwrap();
        assert_eq!(known().await, !refused);
    }
    shop.ledger.set_limits(&shop.who, over).await.unwrap();
    assert_eq!(buy(&shop, &child, "a", 1).await, "the key `its parent` is revoked or past its time");
    shop.ledger.set_limits(&shop.who, Limits::default()).await.unwrap();
    assert_eq!(buy(&shop, &child, "a", 1).await, "started");
    shop.ledger.revoke(&shop.who).await.unwrap();
    assert!(!known().await);
    assert_eq!(buy(&shop, &child, "b", 1).await, "the key `its parent` is revoked or past its time");
    assert!(matches!(shop.ledger.hold_fee(&child, 1, "weather").await, Err(LedgerError::Revoked(_))));
}

#[tokio::test]
async fn a_child_gets_neither_money_nor_a_level_that_its_parent_has_not() {
    let shop = Shop::with(1000).await;
    let reader = NewKey { parent: Some(shop.who.clone()), ..NewKey::new("c@example.com", AccessLevel::Identified) };
    let reader = shop.ledger.create_key(reader).await.unwrap().credential.id;
    for wrong in [
        NewKey { parent: Some(reader), ..NewKey::new("d@example.com", AccessLevel::Authenticated) },
        NewKey {
            parent: Some(shop.who.clone()),
            credit_cents: 1,
            ..NewKey::new("d@example.com", AccessLevel::Authenticated)
        },
    ] {
        assert!(matches!(shop.ledger.create_key(wrong).await, Err(LedgerError::Invalid { .. })));
    }
    assert_eq!(shop.ledger.keys_below(&shop.who).await.unwrap().len(), 1);
}
