//! Tests: purchases of unknown outcome whose provider can be asked about them.

use super::reconcile::{Pass, Reconcile};
use crate::testing::{LOOKUP, Order, World, config};
use serde_json::{Value, json};
use std::time::Duration;
use uaps_model::{Commerce, Lookup, Query, Reference, Segment, Service};

/// Half of four attempts only look.
const NOW: Reconcile =
    Reconcile { every: Duration::ZERO, late: Duration::from_secs(60), first_pause: Duration::ZERO, attempts: 4 };

const PAID: (u16, &str) = (200, r#"{"status": "paid", "charged_cents": 1500, "order": "o-9"}"#);
const PENDING: (u16, &str) = (200, r#"{"status": "pending"}"#);
const DECLINED: (u16, &str) = (200, r#"{"status": "declined"}"#);
const BROKEN: (u16, &str) = (500, "");
const MISSING: (u16, &str) = (404, "{}");

/// How an order carries the reference.
#[derive(Clone, Copy, PartialEq)]
enum By {
    /// In the header by which the provider also knows a repetition.
    Header,
    /// In the member `note` of its body, and a repetition would buy again.
    Body,
}

fn offer(service: &mut Service, by: By) {
    let op = service.operations.iter_mut().find(|op| op.tool.as_str() == "place_order").unwrap();
    let Some(Commerce::Purchase { idempotency_header, lookup, .. }) = &mut op.commerce else { panic!() };
    let mut offered: Lookup = serde_json::from_str(LOOKUP).unwrap();
    offered.missing_is_not_sold = true;
    if by == By::Body {
        *idempotency_header = None;
        offered.reference =
            Reference::Body(Query { text: "$.note".into(), segments: vec![Segment::Name("note".into())] });
    }
    *lookup = Some(Box::new(offered));
}

/// A purchase whose order got lost after it was sent.
async fn lost(by: By) -> World {
    let mut config = config();
    // Long enough for a busy machine: a look-up that takes longer tells nothing.
    config.upstream_timeout = Duration::from_secs(1);
    let world = World::with(config, 5000, |service| offer(service, by)).await;
    world.provider.orders([Order::Answer(500, "")]);
    let answer = world.order("k", r#"{"item": "a", "note": "mine"}"#).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    world
}

async fn pass(world: &World) -> Pass {
    world.gateway.pipeline().reconcile_once(&NOW, "me").await.unwrap()
}

async fn purchase(world: &World) -> ledger::Purchase {
    world.gateway.ledger().find_purchase(&world.credential.id, "k").await.unwrap().unwrap()
}

/// A lost order, looked up with these answers, one a pass: the states after each pass, how often the order was sent in
/// all, and the money `(posted, held, available)` in the end.
async fn check(
    by: By,
    lookups: &[(u16, &'static str)],
    states: &[&str],
    orders: usize,
    money: (i64, i64, i64),
) -> World {
    let world = lost(by).await;
    world.provider.lookups(lookups.iter().copied());
    let mut seen = Vec::new();
    for _ in states {
        pass(&world).await;
        seen.push(purchase(&world).await.state.to_string());
        // An order that may still be under way is put off until it can't be.
        if seen.last().is_some_and(|state| state == "unknown") && denied_of(&world).await {
            tokio::time::sleep(world.gateway.pipeline().patience()).await;
        }
    }
    assert_eq!(seen, states, "{:?}", purchase(&world).await.reason);
    assert_eq!(world.provider.count("POST /orders"), orders);
    assert_eq!(world.money().await, money);
    let looked = world.provider.seen().into_iter().filter(|seen| seen.line.starts_with("GET /orders/"));
    let reference = format!("GET /orders/{}", purchase(&world).await.id);
    assert!(looked.map(|seen| seen.line).all(|line| line == reference));
    world
}

async fn denied_of(world: &World) -> bool {
    purchase(world).await.reason.is_some_and(|reason| reason.contains("still be on its way"))
}

#[tokio::test]
async fn a_sale_is_paid_at_the_price_that_the_look_up_tells() {
    for by in [By::Header, By::Body] {
        let world = check(by, &[BROKEN, PAID], &["unknown", "captured"], 1, (3500, 0, 3500)).await;
        let bought = purchase(&world).await;
        assert_eq!(bought.transaction_id.as_deref(), Some("o-9"));
        // Whoever asks again gets what the look-up said.
        let again = world.order("k", r#"{"item": "a", "note": "mine"}"#).await;
        assert_eq!((again.status, again.json()["order"].as_str()), (200, Some("o-9")));
    }
}

#[tokio::test]
async fn the_order_carries_the_reference_and_nothing_of_the_callers() {
    let world = lost(By::Body).await;
    let order = world.provider.seen().into_iter().find(|seen| seen.line == "POST /orders").unwrap();
    let body: Value = serde_json::from_str(&order.body).unwrap();
    assert_eq!(body, json!({"item": "a", "note": purchase(&world).await.id}));
    assert!(!order.headers.contains_key("idempotency-key"));
    // It is the gateway's own, so a caller may write another one there, but asks for another purchase then.
    let other = world.order("k", r#"{"item": "a", "note": "other"}"#).await;
    other.problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn what_the_provider_denies_is_given_back_once_it_can_not_be_on_its_way() {
    let back = (5000, 0, 5000);
    let states = ["unknown", "released"];
    let ends = futures::future::join_all([
        check(By::Header, &[MISSING, MISSING], &states, 1, back),
        check(By::Header, &[DECLINED, DECLINED], &states, 1, back),
        check(By::Body, &[MISSING, MISSING], &states, 1, back),
        // Late, it turns out to be sold.
        check(By::Body, &[MISSING, PAID], &["unknown", "captured"], 1, (3500, 0, 3500)),
    ]);
    let worlds = ends.await;
    let again = worlds[0].order("k", r#"{"item": "a", "note": "mine"}"#).await;
    let problem = again.problem(502, "upstream-rejected");
    assert_eq!(problem["purchase_id"], purchase(&worlds[0]).await.id.as_str());
}

#[tokio::test]
async fn what_proves_nothing_is_left_to_a_person_in_the_end() {
    let held = (5000, 1999, 3001);
    let states = ["unknown", "unknown", "unknown", "needs_operator"];
    for nothing in [
        BROKEN,
        PENDING,
        (403, ""),
        (200, "<html>"),
        (200, r#"{"status": "paid"}"#),
        (200, r#"{"status": "paid", "charged_cents": -1500}"#),
        (200, r#"{"status": "paid", "charged_cents": "1500 and a half"}"#),
    ] {
        check(By::Body, &[nothing; 4], &states, 1, held).await;
    }
    // A provider that knows the order is not sent it again.
    check(By::Header, &[PENDING; 4], &states, 1, held).await;
}

#[tokio::test]
async fn a_look_up_that_tells_nothing_makes_room_for_a_repetition() {
    let world = check(By::Header, &[BROKEN; 3], &["unknown", "unknown", "captured"], 2, (3001, 0, 3001)).await;
    let orders = world.provider.seen().into_iter().filter(|seen| seen.line == "POST /orders");
    let mut names: Vec<_> = orders.map(|seen| seen.headers["idempotency-key"].clone()).collect();
    names.dedup();
    assert_eq!(names, [purchase(&world).await.id.as_str()]);
}

#[tokio::test]
async fn once_it_was_sent_again_a_denial_gives_nothing_back() {
    let world = lost(By::Header).await;
    world.provider.orders([Order::Answer(503, "")]);
    world.provider.lookups([BROKEN, BROKEN, BROKEN]);
    for _ in 0..3 {
        pass(&world).await;
    }
    tokio::time::sleep(world.gateway.pipeline().patience()).await;
    world.provider.lookups([MISSING]);
    pass(&world).await;
    let left = purchase(&world).await;
    assert_eq!((left.state.as_str(), world.provider.count("POST /orders")), ("needs_operator", 2));
    assert!(left.reason.unwrap().contains("was sent again meanwhile"));
    assert_eq!(world.money().await, (5000, 1999, 3001));
}

#[tokio::test]
async fn an_order_that_carried_no_reference_is_not_looked_up() {
    // As an older gateway kept it, which wrote no reference into the body.
    let world = World::with(config(), 5000, |service| offer(service, By::Header)).await;
    let kept = r#"{"arguments": {"body": {"item": "a"}}, "request": "00"}"#;
    let new = world.unsent(Some(kept));
    let id = world.gateway.ledger().purchase_id();
    world.gateway.ledger().begin_purchase_as(id.clone(), new).await.unwrap();
    world.gateway.ledger().mark_unknown(&id, "a test").await.unwrap();
    assert_eq!(pass(&world).await, Pass { asked: 1, given_up: 1, ..Pass::default() });
    assert!(world.provider.seen().is_empty());
}

#[tokio::test]
async fn nobody_gives_back_what_somebody_else_has_asked_about() {
    let world = lost(By::Body).await;
    let ledger = world.gateway.ledger();
    // Our claim is over, and another gateway has one.
    let mut claimed = ledger.claim_unknown("me", Duration::ZERO, 1).await.unwrap();
    let ours = claimed.pop().unwrap().purchase;
    assert_eq!(ledger.claim_unknown("other", Duration::from_secs(60), 1).await.unwrap().len(), 1);
    world.gateway.pipeline().give_back("me", &ours, "the provider denies it; asked 1 times").await.unwrap();
    assert_eq!(purchase(&world).await.state.as_str(), "unknown");
    assert_eq!(world.money().await, (5000, 1999, 3001));
}
