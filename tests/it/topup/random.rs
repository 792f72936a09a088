//! Hundreds of top-ups whose events are lost, doubled, shuffled, forged and replayed; then Stripe is asked once.

use super::Till;
use ledger::{Begun, Capture, Fingerprint, NewPurchase};
use stripe_stand_in::{Chaos, Rng};
use uaps_model::Money;

const TOPUPS: usize = 300;

/// A key with what was topped up and spent.
struct Customer {
    key: String,
    topups: Vec<String>,
    spent: i64,
}

impl Customer {
    /// Buys for a part of what there is.
    async fn spend(&mut self, till: &Till, rng: &mut Rng, name: String) {
        let available = till.available(&self.key).await;
        let cents = available / (1 + i64::try_from(rng.below(4)).unwrap());
        if cents == 0 {
            return;
        }
        let credential = till.context.ledger.authenticate(&self.key).await.unwrap().unwrap().id;
        let new = NewPurchase {
            credential,
            service: "rideshare".into(),
            tool: "create_ride".into(),
            fingerprint: Fingerprint::of(&name),
            idempotency_key: name,
            quote: None,
            amount: Money::usd(cents),
            request: None,
            order: None,
        };
        if let Begun::Started(purchase) = till.context.ledger.begin_purchase(new).await.unwrap() {
            let answer = ledger::Answer { status: 200, content_type: None, body: Vec::new() };
            let capture = Capture { charged: Money::usd(cents), transaction_id: None, answer };
            till.context.ledger.capture(&purchase.id, capture).await.unwrap();
            self.spent += cents;
        }
    }
}

/// What people and banks do with one payment, or some time later.
fn live(till: &Till, rng: &mut Rng, session: &str, disputes: &mut Vec<String>) {
    if rng.percent(10) {
        till.stripe.expire(session);
        return;
    }
    if rng.percent(10) {
        return;
    }
    let payment = if rng.percent(20) {
        let payment = till.stripe.pay_slowly(session);
        if rng.percent(70) {
            till.stripe.arrive(session, rng.percent(80));
        }
        payment
    } else {
        till.stripe.pay(session)
    };
    for _ in 0..rng.below(3) {
        let cents = 1 + i64::try_from(rng.below(6000)).unwrap();
        till.stripe.refund(&payment, cents);
    }
    if rng.percent(30) {
        let cents = 1 + i64::try_from(rng.below(8000)).unwrap();
        disputes.extend(till.stripe.dispute(&payment, cents));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_balance_is_what_stripe_keeps() {
    let seed = 20_261_127;
    let (till, mut rng) = (Till::start().await, Rng::new(seed));
    let chaos = Chaos { delay: 20, duplicate: 30, drop: 15, forge: 25, replay: 10, shuffle: true };
    let mut customers = Vec::new();
    for _ in 0..6 {
        customers.push(Customer { key: till.context.key(0).await, topups: Vec::new(), spent: 0 });
    }
    let (mut disputes, mut dropped, mut hostile) = (Vec::new(), 0, 0);
    for n in 0..TOPUPS {
        let which = usize::try_from(rng.below(6)).unwrap();
        let cents = 50 + i64::try_from(rng.below(9_951)).unwrap();
        let customer = &mut customers[which];
        let (id, session) = till.opened(&customer.key, &format!("k{n}"), cents).await;
        customer.topups.push(id);
        live(&till, &mut rng, &session, &mut disputes);
        if !disputes.is_empty() && rng.percent(50) {
            let n = usize::try_from(rng.below(u64::try_from(disputes.len()).unwrap())).unwrap();
            till.stripe.decide(&disputes.swap_remove(n), rng.percent(50));
        }
        if rng.percent(30) {
            let done = chaos.deliver(&till.stripe, &till.webhook(), &mut rng).await;
            assert_eq!((done.fooled, done.failed), (0, 0), "seed {seed}: {done:?}");
            (dropped, hostile) = (dropped + done.dropped, hostile + done.hostile);
        }
        if rng.percent(20) {
            let name = format!("buy-{n}");
            customers[which].spend(&till, &mut rng, name).await;
        }
    }
    assert!(dropped > 20 && hostile > 50, "seed {seed}: {dropped} lost, {hostile} hostile");
    let (code, said) = till.reconcile().await;
    assert_eq!(code, 0, "seed {seed}: {said}");

    for customer in &customers {
        let mut kept = 0;
        for id in &customer.topups {
            let topup = till.context.ledger.topup(&id.parse().unwrap()).await.unwrap().unwrap();
            let booked = topup.paid_cents - topup.returned_cents - topup.disputed_cents;
            assert_eq!(booked, till.stripe.kept(id), "seed {seed}: {topup:?}");
            kept += booked;
        }
        let has = till.available(&customer.key).await - till.owed(&customer.key).await;
        assert_eq!(has, kept - customer.spent, "seed {seed}");
    }
    till.context.audit().await;

    // Every event that still waits, in any order, changes nothing any more.
    let before = totals(&till, &customers).await;
    till.deliver().await;
    assert_eq!(totals(&till, &customers).await, before, "seed {seed}");
    assert!(till.reconcile().await.1.contains("0 mended, 0 differences left"), "seed {seed}");
    till.context.audit().await;
}

async fn totals(till: &Till, customers: &[Customer]) -> Vec<(i64, i64)> {
    let mut all = Vec::new();
    for customer in customers {
        all.push((till.available(&customer.key).await, till.owed(&customer.key).await));
    }
    all
}
