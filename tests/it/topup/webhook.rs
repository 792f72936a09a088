//! What Stripe says: late, twice, in any order, about money that came and went.

use super::{Till, event, now, serve};
use gateway::Secret;
use ledger::{BegunTopup, NewTopup};
use serde_json::json;
use stripe_stand_in::{StripeStandIn, sign};

#[tokio::test]
async fn money_that_goes_back_is_taken_back() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let (id, session) = till.opened(&key, "k", 2500).await;
    let payment = till.stripe.pay(&session);
    till.deliver().await;
    till.stripe.refund(&payment, 500).unwrap();
    till.stripe.refund(&payment, 300).unwrap();
    till.deliver().await;
    assert_eq!(till.state(&key, &id).await, "paid, paid 2500, returned 800, disputed 0");
    assert_eq!(till.available(&key).await, 1700);

    let dispute = till.stripe.dispute(&payment, 1700).unwrap();
    till.deliver().await;
    assert_eq!(till.state(&key, &id).await, "paid, paid 2500, returned 800, disputed 1700");
    assert_eq!((till.available(&key).await, till.stripe.kept(&id)), (0, 0));
    till.stripe.decide(&dispute, true);
    till.deliver().await;
    assert_eq!((till.available(&key).await, till.stripe.kept(&id)), (1700, 1700));

    let dispute = till.stripe.dispute(&payment, 1700).unwrap();
    till.stripe.decide(&dispute, false);
    till.deliver().await;
    assert_eq!(till.state(&key, &id).await, "returned, paid 2500, returned 800, disputed 1700");
    assert_eq!((till.available(&key).await, till.owed(&key).await), (0, 0));
    till.context.audit().await;
}

#[tokio::test]
async fn money_that_was_spent_and_goes_back_is_owed() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let (_, session) = till.opened(&key, "k", 5000).await;
    let payment = till.stripe.pay(&session);
    till.deliver().await;
    let buy = async |name: &str| {
        let parameters = till.context.purchase("rideshare", "create_ride", name);
        till.context.call("rideshare", "create_ride", Some(&key), parameters).await
    };
    let bought = buy("first").await;
    let price = bought.expect(200)["cost"]["amount_cents"].as_i64().unwrap();
    let dispute = till.stripe.dispute(&payment, 5000).unwrap();
    till.deliver().await;
    assert_eq!((till.available(&key).await, till.owed(&key).await), (0, price));

    // It blocks purchases until it is paid, and who is blocked is told where to pay.
    assert_eq!(buy("second").await.problem("insufficient-balance")["topup_url"], "/v1/topups");
    let (_, session) = till.opened(&key, "l", price + 100).await;
    till.stripe.pay(&session);
    till.deliver().await;
    assert_eq!((till.available(&key).await, till.owed(&key).await), (100, 0));
    till.stripe.decide(&dispute, true);
    till.deliver().await;
    assert_eq!((till.available(&key).await, till.owed(&key).await), (5100, 0));
    till.context.audit().await;
}

#[tokio::test]
async fn the_last_event_first_and_each_twice() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let (id, session) = till.opened(&key, "k", 2500).await;
    let payment = till.stripe.pay(&session);
    till.stripe.refund(&payment, 200).unwrap();
    let dispute = till.stripe.dispute(&payment, 2000).unwrap();
    till.stripe.decide(&dispute, true);
    till.stripe.refund(&payment, 300).unwrap();
    let mut events = till.stripe.take_events();
    events.reverse();
    for event in &events {
        assert_eq!(till.told(event).await, "booked", "{}", event.kind);
        assert_eq!(till.told(event).await, "booked", "{}", event.kind);
    }
    assert_eq!(till.state(&key, &id).await, "paid, paid 2500, returned 500, disputed 0");
    assert_eq!((till.available(&key).await, till.stripe.kept(&id)), (2000, 2000));
    till.context.audit().await;
}

#[tokio::test]
async fn money_that_takes_days_is_credited_once_it_is_there() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    for (name, comes, expected) in [("a", true, "paid, paid 700"), ("b", false, "expired, paid 0")] {
        let (id, session) = till.opened(&key, name, 700).await;
        till.stripe.pay_slowly(&session);
        till.deliver().await;
        assert_eq!(till.state(&key, &id).await, "open, paid 0, returned 0, disputed 0");
        till.stripe.arrive(&session, comes);
        till.deliver().await;
        assert!(till.state(&key, &id).await.starts_with(expected));
    }
    let (id, session) = till.opened(&key, "c", 700).await;
    assert!(till.stripe.expire(&session));
    till.deliver().await;
    assert!(till.state(&key, &id).await.starts_with("expired"));
    assert_eq!(till.available(&key).await, 700);
}

#[tokio::test]
async fn what_is_not_ours_is_ignored() {
    let till = Till::start().await;
    let other = till.stripe.unrelated_payment(99_900);
    till.stripe.refund(&other, 100).unwrap();
    till.stripe.dispute(&other, 100).unwrap();
    let mut events = till.stripe.take_events();
    events.push(event("evt_a", "customer.created", json!({"id": "cus_1"})));
    events.push(event(
        "evt_b",
        "charge.dispute.created",
        json!({"id": "dp_1", "payment_intent": "pi_nobody", "status": "lost"}),
    ));
    events.push(event(
        "evt_c",
        "checkout.session.completed",
        json!({"metadata": {"topup_id": "their-own"}, "payment_status": "paid"}),
    ));
    for event in &events {
        assert_eq!(till.told(event).await, "ignored", "{}", event.kind);
    }
    assert!(till.context.ledger.topups(None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_can_never_be_booked_is_refused_and_not_asked_for_again() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let (id, session) = till.opened(&key, "k", 2500).await;
    till.stripe.pay(&session);
    till.deliver().await;
    let paid = |topup: &str, payment: &str, cents: serde_json::Value, currency: &str| {
        json!({"id": "cs_x", "metadata": {"topup_id": topup}, "payment_status": "paid", "payment_intent": payment,
               "amount_total": cents, "currency": currency})
    };
    let nobody = "top_00000000000000000000000000000000";
    for (n, object) in [
        paid(&id, "pi_other", json!(2500), "usd"),
        paid(&id, "pi_00000002", json!(9999), "usd"),
        paid(nobody, "pi_1", json!(2500), "usd"),
        paid(&id, "pi_1", json!(2500), "eur"),
        paid(&id, "pi_1", json!(25.5), "usd"),
        paid(&id, "pi_1", json!("2500"), "usd"),
        paid(&id, "pi_1", json!(-2500), "usd"),
    ]
    .into_iter()
    .enumerate()
    {
        let event = event(&format!("evt_x{n}"), "checkout.session.completed", object.clone());
        for _ in 0..2 {
            assert!(till.told(&event).await.starts_with("refused"), "{object}");
        }
    }
    // A refund of another payment is none of this top-up's.
    let charge =
        json!({"metadata": {"topup_id": id}, "payment_intent": "pi_other", "amount_refunded": 2500, "currency": "usd"});
    assert!(till.told(&event("evt_y", "charge.refunded", charge)).await.starts_with("refused"));
    assert_eq!(till.available(&key).await, 2500);
    till.context.audit().await;
}

#[tokio::test]
async fn a_refund_that_failed_is_for_a_person() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let (id, session) = till.opened(&key, "k", 2500).await;
    let payment = till.stripe.pay(&session);
    let refund = till.stripe.refund(&payment, 1000).unwrap();
    till.deliver().await;
    till.stripe.fail_refund(&refund);
    let failed = till.stripe.take_events();
    assert!(till.told(&failed[0]).await.starts_with("refused"));
    // The customer has neither lost nor won anything in silence: the books say what was known before.
    assert_eq!(till.state(&key, &id).await, "paid, paid 2500, returned 1000, disputed 0");
}

#[tokio::test]
async fn an_event_that_needs_stripe_waits_for_it() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let till = Till::at(StripeStandIn::new(), format!("http://{closed}")).await;
    let object = json!({"id": "dp_1", "payment_intent": "pi_1", "status": "lost", "amount": 5, "currency": "usd"});
    let event = event("evt_1", "charge.dispute.created", object);
    let answer = till.post(&event, &event.signature(now())).await;
    assert_eq!((answer.status, &answer.problem("unavailable")["retryable"]), (503, &json!(true)));
}

#[tokio::test]
async fn money_for_tests_buys_nothing_where_money_is_real() {
    let stripe = StripeStandIn::new();
    let url = serve(&stripe).await;
    for (secret_key, expected, credited) in
        [("sk_live_0123456789", "ignored", 0), ("sk_test_0123456789", "booked", 2500)]
    {
        let till =
            Till::with(stripe.clone(), url.clone(), |settings| settings.secret_key = Secret::new(secret_key)).await;
        let key = till.context.key(0).await;
        let credential = till.context.ledger.authenticate(&key).await.unwrap().unwrap().id;
        let new = NewTopup { credential, idempotency_key: "k".into(), cents: 2500 };
        let BegunTopup::Started(topup) = till.context.ledger.begin_topup(new).await.unwrap() else { panic!() };
        // Events of the stand-in say `"livemode": false`.
        let object =
            json!({"metadata": {"topup_id": topup.id}, "id": "pi_1", "amount_received": 2500, "currency": "usd"});
        let mut event = event("evt_1", "payment_intent.succeeded", object);
        assert_eq!(till.told(&event).await, expected);
        assert_eq!(till.available(&key).await, credited);
        // Of real money, and of money of which nothing is said, both take note.
        event.body = event.body.replace("\"livemode\": false,", "").replace("evt_1", "evt_2");
        assert_eq!(till.told(&event).await, "booked");
        assert_eq!(till.available(&key).await, 2500);
    }
}

#[tokio::test]
async fn both_secrets_of_a_rotation_are_good() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let (_, session) = till.opened(&key, "k", 2500).await;
    till.stripe.pay(&session);
    let events = till.stripe.take_events();
    let next = sign("whsec_the-next-one-0123", now(), &events[0].body);
    till.post(&events[0], &next).await.expect(200);
    // Both at once, the old one last.
    let old = events[1].signature(now());
    let both =
        format!("{},v1={}", sign("whsec_a-third-0123456", now(), &events[1].body), old.rsplit('=').next().unwrap());
    till.post(&events[1], &both).await.expect(200);
    assert_eq!(till.available(&key).await, 2500);
}
