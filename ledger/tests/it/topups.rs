//! Money that a payment provider collects: facts in any order, each counted once.

use crate::context::{Shop, customer};
use ledger::{BegunTopup, DisputeState, Ledger, NewTopup, Payment, Topup, TopupId, TopupState, Wanted};
use std::sync::Arc;

async fn begin(shop: &Shop, key: &str, cents: i64) -> BegunTopup {
    let new = NewTopup { credential: shop.who.clone(), idempotency_key: key.into(), cents };
    shop.ledger.begin_topup(new).await.unwrap()
}

/// Begins a top-up that must start.
async fn start(shop: &Shop, key: &str, cents: i64) -> Topup {
    match begin(shop, key, cents).await {
        BegunTopup::Started(topup) => topup,
        other => panic!("not started: {other:?}"),
    }
}

fn paid(cents: i64) -> Payment {
    Payment::Paid { payment: "pi_1".into(), cents }
}

fn returned(cents: i64) -> Payment {
    Payment::Returned { cents }
}

fn disputed(cents: i64, state: DisputeState) -> Payment {
    Payment::Disputed { dispute: "dp_1".into(), cents, state }
}

/// Books events, numbered from one, for a new top-up of 2500 and a customer with `cents`, and tells what came of it.
async fn told(cents: i64, events: &[Payment]) -> String {
    let shop = Shop::with(cents).await;
    let topup = start(&shop, "k", 2500).await;
    for (n, event) in events.iter().enumerate() {
        let (_, fresh) =
            shop.ledger.apply_payment(&topup.id, "stripe", &format!("evt_{n}"), event.clone()).await.unwrap();
        assert!(fresh);
    }
    shop.assert_audit_clean().await;
    let topup = shop.ledger.topup(&topup.id).await.unwrap().unwrap();
    format!("{}: {}", topup.state, shop.balance().await)
}

#[tokio::test]
async fn a_key_names_one_top_up() {
    let shop = Shop::with(0).await;
    let topup = start(&shop, "k", 2500).await;
    assert_eq!(
        (topup.state, topup.cents, topup.paid_cents, topup.session.as_deref()),
        (TopupState::Open, 2500, 0, None)
    );
    assert_eq!(begin(&shop, "k", 2500).await, BegunTopup::Existing(topup.clone()));
    assert_eq!(begin(&shop, "k", 2501).await, BegunTopup::KeyReused(topup.clone()));
    assert_ne!(start(&shop, "l", 2500).await.id, topup.id);
    // The name is the caller's own.
    let other = Shop { ledger: shop.ledger.clone(), who: customer(&shop.ledger, 0).await };
    assert_ne!(start(&other, "k", 2500).await.id, topup.id);
    assert_eq!(shop.balance().await, "posted 0, held 0, available 0");
}

#[tokio::test]
async fn what_is_no_top_up_is_refused() {
    let shop = Shop::with(0).await;
    for (key, cents) in [("k", 0), ("k", -1), ("k", i64::MAX), ("", 100), ("a\nb", 100)] {
        let new = NewTopup { credential: shop.who.clone(), idempotency_key: key.into(), cents };
        assert!(!shop.ledger.begin_topup(new).await.unwrap_err().retryable(), "{key} {cents}");
    }
    let topup = start(&shop, "k", 100).await;
    for wrong in
        [paid(0), paid(-5), returned(-1), disputed(-1, DisputeState::Open), disputed(i64::MAX, DisputeState::Open)]
    {
        assert!(shop.ledger.apply_payment(&topup.id, "stripe", "evt", wrong.clone()).await.is_err(), "{wrong:?}");
    }
    let nobody: TopupId = "top_00000000000000000000000000000000".parse().unwrap();
    assert!(!shop.ledger.apply_payment(&nobody, "stripe", "evt", paid(100)).await.unwrap_err().retryable());
    assert_eq!(shop.ledger.topup(&nobody).await.unwrap(), None);
    shop.ledger.revoke(&shop.who).await.unwrap();
    let new = NewTopup { credential: shop.who.clone(), idempotency_key: "late".into(), cents: 100 };
    assert!(shop.ledger.begin_topup(new).await.is_err(), "a revoked key begins nothing");
    // What it began before is paid all the same.
    assert!(shop.ledger.apply_payment(&topup.id, "stripe", "evt", paid(100)).await.unwrap().1);
    assert_eq!(shop.balance().await, "posted 100, held 0, available 100");
}

#[tokio::test]
async fn a_dispute_is_of_one_top_up() {
    let shop = Shop::with(0).await;
    let ids = [start(&shop, "a", 2500).await.id, start(&shop, "b", 2500).await.id];
    let tell = async |n: usize, event: &str, what| shop.ledger.apply_payment(&ids[n], "stripe", event, what).await;
    tell(0, "evt_1", paid(2500)).await.unwrap();
    tell(0, "evt_2", disputed(1000, DisputeState::Open)).await.unwrap();
    assert!(tell(1, "evt_3", disputed(1000, DisputeState::Won)).await.is_err());
    assert_eq!(shop.balance().await, "posted 1500, held 0, available 1500");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn only_so_many_wait_for_their_payment() {
    let shop = Shop::with(0).await;
    for n in 0..100 {
        start(&shop, &format!("k{n}"), 100).await;
    }
    let new = |key: &str| NewTopup { credential: shop.who.clone(), idempotency_key: key.into(), cents: 100 };
    assert!(shop.ledger.begin_topup(new("more")).await.is_err());
    // One that is there is found again, and one that is paid makes room.
    let known = shop.ledger.begin_topup(new("k7")).await.unwrap();
    let BegunTopup::Existing(topup) = known else { panic!("{known:?}") };
    shop.ledger.apply_payment(&topup.id, "stripe", "evt", paid(100)).await.unwrap();
    assert!(matches!(shop.ledger.begin_topup(new("more")).await.unwrap(), BegunTopup::Started(_)));
}

#[tokio::test]
async fn a_top_up_has_one_session() {
    let shop = Shop::with(0).await;
    let id = start(&shop, "k", 2500).await.id;
    // The event may overtake the answer that names the session.
    shop.ledger.apply_payment(&id, "stripe", "evt", paid(2500)).await.unwrap();
    let topup = shop.ledger.topup_session(&id, "cs_1", "https://pay.example/1").await.unwrap();
    assert_eq!((topup.session.as_deref(), topup.url.as_deref()), (Some("cs_1"), Some("https://pay.example/1")));
    assert_eq!(shop.ledger.topup_session(&id, "cs_1", "https://pay.example/1").await.unwrap().session, topup.session);
    assert!(shop.ledger.topup_session(&id, "cs_2", "https://pay.example/2").await.is_err());
    assert_eq!(shop.ledger.topup(&id).await.unwrap().unwrap().session.as_deref(), Some("cs_1"));
}

#[tokio::test]
async fn an_event_counts_once_and_a_payment_counts_once() {
    let shop = Shop::with(0).await;
    let id = start(&shop, "k", 2500).await.id;
    let (topup, fresh) = shop.ledger.apply_payment(&id, "stripe", "evt_1", paid(2500)).await.unwrap();
    assert!(fresh && topup.state == TopupState::Paid && topup.payment.as_deref() == Some("pi_1"));
    assert!(!shop.ledger.apply_payment(&id, "stripe", "evt_1", paid(2500)).await.unwrap().1);
    // Another event about the same payment, and one of the same name from elsewhere, move nothing.
    assert!(shop.ledger.apply_payment(&id, "stripe", "evt_2", paid(2500)).await.unwrap().1);
    assert!(shop.ledger.apply_payment(&id, "elsewhere", "evt_1", paid(2500)).await.unwrap().1);
    let lines = shop.ledger.transactions(&shop.who, &Wanted::default(), 10, None).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.amount_cents).collect::<Vec<_>>(), [2500]);

    // Two payments, or two amounts, are seen and change nothing, however often they are told.
    for wrong in [Payment::Paid { payment: "pi_2".into(), cents: 2500 }, paid(2499)] {
        for _ in 0..2 {
            let error = shop.ledger.apply_payment(&id, "stripe", "evt_9", wrong.clone()).await.unwrap_err();
            assert!(!error.retryable(), "{error}");
        }
    }
    assert_eq!(shop.balance().await, "posted 2500, held 0, available 2500");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn what_goes_back_is_taken_back() {
    use DisputeState::{Lost, Open, Won};
    for (events, expected) in [
        (vec![paid(2500)], "paid: posted 2500, held 0, available 2500"),
        (vec![paid(2400)], "paid: posted 2400, held 0, available 2400"),
        (vec![Payment::Expired], "expired: posted 0, held 0, available 0"),
        (vec![Payment::Expired, paid(2500)], "paid: posted 2500, held 0, available 2500"),
        (vec![paid(2500), Payment::Expired], "paid: posted 2500, held 0, available 2500"),
        (vec![paid(2500), returned(1000)], "paid: posted 1500, held 0, available 1500"),
        // Refunds add up at the provider: 1000, then 1500 in all. A late event takes nothing back twice.
        (vec![paid(2500), returned(1500), returned(1000)], "paid: posted 1000, held 0, available 1000"),
        (vec![paid(2500), returned(2500)], "returned: posted 0, held 0, available 0"),
        (vec![paid(2500), disputed(2500, Open)], "paid: posted 0, held 0, available 0"),
        (vec![paid(2500), disputed(2500, Open), disputed(2500, Won)], "paid: posted 2500, held 0, available 2500"),
        (vec![paid(2500), disputed(2500, Open), disputed(2500, Lost)], "returned: posted 0, held 0, available 0"),
        (vec![paid(2500), returned(1000), disputed(1500, Lost)], "returned: posted 0, held 0, available 0"),
        // More than all of it is all of it.
        (vec![paid(2500), returned(1000), disputed(2500, Open)], "paid: posted 0, held 0, available 0"),
    ] {
        assert_eq!(told(0, &events).await, expected, "{events:?}");
    }
}

#[tokio::test]
async fn the_order_of_events_changes_nothing() {
    use DisputeState::{Lost, Open, Won};
    let stories = [
        ([paid(2500), returned(1000), returned(1700)], "paid: posted 800, held 0, available 800"),
        ([paid(2500), disputed(2000, Open), disputed(2000, Won)], "paid: posted 2500, held 0, available 2500"),
        ([paid(2500), disputed(2500, Open), disputed(2500, Lost)], "returned: posted 0, held 0, available 0"),
        ([paid(2500), returned(500), disputed(2000, Open)], "paid: posted 0, held 0, available 0"),
        ([paid(2500), Payment::Expired, returned(1)], "paid: posted 2499, held 0, available 2499"),
    ];
    for (events, expected) in stories {
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let shuffled = order.map(|n: usize| events[n].clone());
            assert_eq!(told(0, &shuffled).await, expected, "{shuffled:?}");
        }
    }
}

#[tokio::test]
async fn a_refund_before_the_payment_waits_for_it() {
    assert_eq!(told(100, &[returned(900)]).await, "open: posted 100, held 0, available 100");
    assert_eq!(told(100, &[returned(900), paid(2500)]).await, "paid: posted 1700, held 0, available 1700");
}

#[tokio::test]
async fn what_was_spent_and_goes_back_is_owed_and_blocks_purchases() {
    let shop = Shop::with(0).await;
    let id = start(&shop, "k", 2500).await.id;
    let tell = async |event: &str, payment| shop.ledger.apply_payment(&id, "stripe", event, payment).await.unwrap();
    tell("evt_1", paid(2500)).await;
    let bought = shop.start("ride", 2000).await;
    shop.capture(&bought.id, 2000).await;
    let held = shop.start("other", 300).await;

    tell("evt_2", disputed(2500, DisputeState::Open)).await;
    assert_eq!(shop.balance().await, "posted 300, held 300, available 0, owes 2300");
    let blocked = shop.ledger.begin_purchase(shop.order("third", 1)).await.unwrap();
    assert!(matches!(blocked, ledger::Begun::Blocked { receivable_cents: 2300 }), "{blocked:?}");
    shop.assert_audit_clean().await;

    // What becomes free pays first, and the dispute that is won gives all of it back.
    shop.ledger.release(&held.id, "refused", crate::context::answer("{}")).await.unwrap();
    assert_eq!(shop.balance().await, "posted 0, held 0, available 0, owes 2000");
    tell("evt_3", disputed(2500, DisputeState::Won)).await;
    assert_eq!(shop.balance().await, "posted 500, held 0, available 500");
    tell("evt_4", disputed(2500, DisputeState::Open)).await;
    assert_eq!(shop.balance().await, "posted 500, held 0, available 500");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn top_ups_are_listed_by_state_newest_first() {
    let shop = Shop::with(0).await;
    let ids = [start(&shop, "a", 100).await.id, start(&shop, "b", 100).await.id, start(&shop, "c", 100).await.id];
    shop.ledger.apply_payment(&ids[1], "stripe", "evt", paid(100)).await.unwrap();
    let list = async |state, limit| {
        let found = shop.ledger.topups(state, limit).await.unwrap();
        found.iter().map(|topup| topup.idempotency_key.clone()).collect::<String>()
    };
    assert_eq!(list(None, 10).await, "cba");
    assert_eq!(list(None, 2).await, "cb");
    assert_eq!(list(Some(TopupState::Open), 10).await, "ca");
    assert_eq!(list(Some(TopupState::Paid), 10).await, "b");
    assert_eq!(list(Some(TopupState::Returned), 10).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_deliveries_at_once_credit_once() {
    let (_dir, url) = crate::store::lasting().await;
    let shop = Arc::new(Shop::on(Ledger::open(&url).await.unwrap(), 0).await);
    let id = start(&shop, "k", 2500).await.id;
    let tasks: Vec<_> = (0..100)
        .map(|n| {
            let (shop, id) = (shop.clone(), id.clone());
            tokio::spawn(async move {
                let event = format!("evt_{}", n % 4);
                shop.ledger.apply_payment(&id, "stripe", &event, paid(2500)).await.unwrap().1
            })
        })
        .collect();
    let mut fresh = 0;
    for task in tasks {
        fresh += usize::from(task.await.unwrap());
    }
    assert_eq!(fresh, 4, "four events, each taken once");
    assert_eq!(shop.balance().await, "posted 2500, held 0, available 2500");
    shop.assert_audit_clean().await;
}
