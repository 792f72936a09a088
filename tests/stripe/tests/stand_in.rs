//! The stand-in is as strict as Stripe, and its books are right.

#![allow(clippy::unwrap_used, reason = "a test that finds nothing where something is due has failed")]

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use serde_json::Value;
use stripe_stand_in::{Fault, Rng, SECRET_KEY, StripeStandIn};
use tower::ServiceExt;

async fn send(stripe: &StripeStandIn, request: http::request::Builder, body: &str) -> (u16, Value) {
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let answer = stripe.router().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

fn request(line: &str) -> http::request::Builder {
    let (method, path) = line.split_once(' ').unwrap();
    Request::builder().method(method).uri(path).header("authorization", format!("Bearer {SECRET_KEY}"))
}

async fn create(stripe: &StripeStandIn, key: &str, cents: i64) -> (u16, Value) {
    let body = format!(
        "mode=payment&line_items[0][quantity]=1&line_items[0][price_data][unit_amount]={cents}\
         &line_items[0][price_data][currency]=usd&metadata[topup_id]=t&payment_intent_data[metadata][topup_id]=t\
         &success_url=https://shop.example"
    );
    send(stripe, request("POST /v1/checkout/sessions").header("idempotency-key", key), &body).await
}

#[tokio::test]
async fn a_key_gives_the_first_answer_again_and_takes_no_other_request() {
    let stripe = StripeStandIn::new();
    let (status, first) = create(&stripe, "k", 2500).await;
    assert_eq!((status, &first["amount_total"]), (200, &2500.into()));
    assert_eq!(create(&stripe, "k", 2500).await, (200, first));
    let (status, other) = create(&stripe, "k", 2501).await;
    assert_eq!((status, &other["error"]["type"]), (400, &"idempotency_error".into()));
    assert_eq!(stripe.sessions().len(), 1);

    stripe.fail(Fault::KeptFailure);
    for _ in 0..2 {
        assert_eq!(create(&stripe, "kept", 2500).await.0, 500);
    }
    stripe.fail(Fault::LostAnswer);
    assert_eq!(create(&stripe, "lost", 2500).await.0, 500);
    assert_eq!(create(&stripe, "lost", 2500).await.0, 200);
    assert_eq!(stripe.sessions().len(), 3);
}

#[tokio::test]
async fn who_has_no_key_or_asks_for_nonsense_is_refused() {
    let stripe = StripeStandIn::new();
    let bare = Request::builder().uri("/v1/refunds");
    assert_eq!(send(&stripe, bare, "").await.0, 401);
    assert_eq!(send(&stripe, request("GET /v1/nothing"), "").await.0, 404);
    assert_eq!(send(&stripe, request("GET /v1/checkout/sessions/cs_1"), "").await.0, 404);
    assert_eq!(create(&stripe, "k", 49).await.0, 400);
    assert!(stripe.sessions().is_empty());
}

#[tokio::test]
async fn lists_come_in_pages_newest_first() {
    let stripe = StripeStandIn::new();
    for n in 0..5 {
        create(&stripe, &n.to_string(), 100 + n).await;
    }
    let (mut after, mut amounts, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let line = format!("GET /v1/checkout/sessions?limit=2{after}");
        let (_, page) = send(&stripe, request(&line), "").await;
        let data = page["data"].as_array().unwrap();
        amounts.extend(data.iter().map(|session| session["amount_total"].as_i64().unwrap()));
        pages += 1;
        if page["has_more"] == false {
            break;
        }
        after = format!("&starting_after={}", data.last().unwrap()["id"].as_str().unwrap());
    }
    assert_eq!((amounts, pages), (vec![104, 103, 102, 101, 100], 3));
}

#[tokio::test]
async fn no_more_goes_back_than_was_paid() {
    let stripe = StripeStandIn::new();
    create(&stripe, "k", 1000).await;
    let payment = stripe.pay(&stripe.sessions()[0]);
    assert_eq!(stripe.kept("t"), 1000);
    assert!(stripe.refund(&payment, 1001).is_none() && stripe.refund(&payment, 0).is_none());
    stripe.refund(&payment, 300).unwrap();
    assert!(stripe.dispute(&payment, 701).is_none());
    let dispute = stripe.dispute(&payment, 700).unwrap();
    assert!(stripe.refund(&payment, 1).is_none());
    assert_eq!(stripe.kept("t"), 0);
    stripe.decide(&dispute, true);
    assert_eq!(stripe.kept("t"), 700);
    let kinds: Vec<String> = stripe.take_events().into_iter().map(|event| event.kind).collect();
    let expected = [
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.refunded",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn a_seed_gives_the_same_order_again() {
    let order = |seed| {
        let mut list: Vec<u32> = (0..20).collect();
        Rng::new(seed).shuffle(&mut list);
        list
    };
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
    let mut sorted = order(1);
    sorted.sort_unstable();
    assert_eq!(sorted, (0..20).collect::<Vec<_>>());
}
