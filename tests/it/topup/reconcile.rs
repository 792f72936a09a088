//! Webhooks that never came: Stripe is asked, and what was missed is booked.

use super::{Till, event, serve};
use serde_json::json;
use std::time::Duration;
use stripe_stand_in::StripeStandIn;

#[tokio::test(flavor = "multi_thread")]
async fn what_no_webhook_brought_is_booked_and_counts_once() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let mut ids = Vec::new();
    for (name, cents) in
        [("paid", 2500), ("returned", 700), ("disputed", 900), ("won", 400), ("expired", 300), ("open", 200)]
    {
        let (id, session) = till.opened(&key, name, cents).await;
        match name {
            "expired" => drop(till.stripe.expire(&session)),
            "open" => {}
            _ => {
                let payment = till.stripe.pay(&session);
                match name {
                    "returned" => drop(till.stripe.refund(&payment, 700).unwrap()),
                    "disputed" => drop(till.stripe.dispute(&payment, 900).unwrap()),
                    "won" => till.stripe.decide(&till.stripe.dispute(&payment, 400).unwrap(), true),
                    _ => {}
                }
            }
        }
        ids.push(id);
    }
    let lost = till.stripe.take_events();
    assert_eq!(till.available(&key).await, 0);
    let (code, said) = till.reconcile().await;
    assert_eq!((code, till.available(&key).await), (0, 2900), "{said}");
    assert!(said.contains("6 top-ups compared, 5 mended, 0 differences left"), "{said}");
    assert!(said.contains(&format!("mended  {}  open, paid 0 -> returned, paid 700, returned 700", ids[1])), "{said}");
    let states = ["paid, paid 2500", "returned, paid 700", "paid, paid 900", "paid, paid 400", "expired", "open"];
    for (id, expected) in ids.iter().zip(states) {
        assert!(till.state(&key, id).await.starts_with(expected), "{expected}");
    }

    // Again, and with the events that come after all, nothing changes.
    let (code, said) = till.reconcile().await;
    assert_eq!((code, said.contains("0 mended, 0 differences")), (0, true), "{said}");
    till.stripe.put_back(lost);
    till.deliver().await;
    assert_eq!(till.available(&key).await, 2900);
    let list = till.command(&["topups", "--state", "open", "--format", "json"]).await;
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["id"]), (1, &json!(ids[5])));
    till.context.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_mended_is_a_table_and_exit_1() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let (failed, session) = till.opened(&key, "failed", 2500).await;
    let payment = till.stripe.pay(&session);
    let refund = till.stripe.refund(&payment, 1000).unwrap();
    till.deliver().await;
    till.stripe.fail_refund(&refund);
    let (odd, session) = till.opened(&key, "odd", 700).await;
    till.stripe.set_currency(&session, "eur");
    till.stripe.pay(&session);
    till.stripe.take_events();
    // Somebody with a secret of ours told of a payment that Stripe does not know.
    let (ghost, _) = till.opened(&key, "ghost", 300).await;
    let object = json!({"metadata": {"topup_id": ghost}, "payment_status": "paid", "payment_intent": "pi_ghost", "amount_total": 300, "currency": "usd"});
    assert_eq!(till.told(&event("evt_ghost", "checkout.session.completed", object)).await, "booked");

    let (code, said) = till.reconcile().await;
    assert_eq!(code, 1, "{said}");
    let row = |id: &str, part: &str| said.lines().any(|line| line.starts_with(id) && line.contains(part));
    assert!(row(&failed, "returned"), "{said}");
    assert!(row(&odd, "its currency is `eur`, not usd"), "{said}");
    assert!(row(&ghost, "Stripe has no payment `pi_ghost`"), "{said}");
    assert!(said.contains("3 top-ups compared, 0 mended, 3 differences left"), "{said}");
    let output = till.command(&["topups", "reconcile", "--format", "json"]).await;
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["differences"].as_array().unwrap().len(), 3);
    till.context.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_the_ledger_does_not_know_is_a_difference() {
    let till = Till::start().await;
    let elsewhere = Till::at(till.stripe.clone(), till.stripe_url.clone()).await;
    let key = elsewhere.context.key(0).await;
    let (_, unpaid) = elsewhere.opened(&key, "unpaid", 500).await;
    let (id, session) = elsewhere.opened(&key, "paid", 2500).await;
    assert_eq!(till.reconcile().await.0, 0, "what nobody paid is nobody's loss");
    let payment = till.stripe.pay(&session);
    till.stripe.expire(&unpaid);
    let (code, said) = till.reconcile().await;
    let expected = format!("{id:<36}  paid 2500 with {payment}");
    assert!(code == 1 && said.contains(&expected) && said.contains("no such top-up"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_page_of_them() {
    let till = Till::start().await;
    // A key may have only so many open at once.
    let mut keys = Vec::new();
    for _ in 0..5 {
        let key = till.context.key(0).await;
        for n in 0..46 {
            let (_, session) = till.opened(&key, &format!("k{n}"), 100).await;
            till.stripe.pay(&session);
        }
        keys.push(key);
    }
    till.stripe.take_events();
    let (code, said) = till.reconcile().await;
    assert_eq!(code, 0, "{said}");
    for key in &keys {
        assert_eq!(till.available(key).await, 4_600, "{said}");
    }
    assert!(said.contains("230 top-ups compared, 230 mended, 0 differences left"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_stripe_the_command_says_so() {
    let till = Till::start().await;
    let mut command = tokio::process::Command::new(tests::binary("penumbra-gateway"));
    command.args(["topups", "reconcile"]).env("DATABASE_URL", &till.database_url);
    let output = command.output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("set PENUMBRA_STRIPE_SECRET_KEY"));

    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let till = Till { stripe_url: format!("http://{closed}"), ..till };
    let (code, said) = till.reconcile().await;
    assert!(code == 2 && said.contains("Stripe gave no answer") && !said.contains("sk_test"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn gateways_ask_by_themselves_and_count_once() {
    let stripe = StripeStandIn::new();
    let url = serve(&stripe).await;
    let till = Till::with(stripe, url, |settings| settings.reconcile_every = Duration::from_millis(100)).await;
    let key = till.context.key(0).await;
    let (id, session) = till.opened(&key, "k", 2500).await;
    let payment = till.stripe.pay(&session);
    till.stripe.refund(&payment, 100).unwrap();
    // The command passes at the same time as the gateway does.
    assert_eq!(till.reconcile().await.0, 0);
    for _ in 0..100 {
        if till.available(&key).await > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let passes = || till.stripe.requests().iter().filter(|request| *request == "GET /v1/disputes").count();
    let before = passes();
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(passes() > before + 1, "it goes on asking");
    assert_eq!(till.state(&key, &id).await, "paid, paid 2500, returned 100, disputed 0");
    assert_eq!(till.available(&key).await, 2400);
    till.context.audit().await;
}
