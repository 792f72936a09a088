//! Whatever anybody may post where Stripe posts: nothing of it moves money.

use super::{Till, event, now};
use serde_json::json;
use stripe_stand_in::{Event, WEBHOOK_SECRET, sign};

/// An open top-up and the event that would pay it.
async fn unpaid(till: &Till, key: &str) -> Event {
    let (_, session) = till.opened(key, "k", 2500).await;
    till.stripe.pay(&session);
    till.stripe.take_events().remove(1)
}

#[tokio::test]
async fn what_is_not_signed_for_this_body_and_moment_is_refused() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let event = unpaid(&till, &key).await;
    let good = event.signature(now());
    let (time, hex) = good.split_once(",v1=").unwrap();
    for (wrong, why) in [
        (String::new(), "must be sent once"),
        ("garbage".into(), "must be sent once"),
        (time.to_owned(), "must be sent once"),
        (format!("v1={hex}"), "must be sent once"),
        (format!("{time},v0={hex}"), "must be sent once"),
        (format!("{time},{time},v1={hex}"), "must be sent once"),
        (format!("{time},v1={}", &hex[..62]), "must be sent once"),
        (format!("t=x,v1={hex}"), "must be sent once"),
        (format!("{time},v1={}", "0".repeat(64)), "does not fit"),
        (sign("whsec_guessed-0123456789", now(), &event.body), "does not fit"),
        (sign(WEBHOOK_SECRET, now(), &format!("{} ", event.body)), "does not fit"),
        (format!("t={},v1={hex}", now() + 1), "does not fit"),
        (event.signature(now() - 301), "300 seconds"),
        (event.signature(now() + 305), "300 seconds"),
        (event.signature(0), "300 seconds"),
    ] {
        let answer = till.post(&event, &wrong).await;
        assert_eq!(answer.status, 400, "{wrong}");
        let detail = answer.problem("malformed-request")["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(why), "{wrong}: {detail}");
        assert!(!answer.text.contains(WEBHOOK_SECRET) && !answer.text.contains("top_"), "{}", answer.text);
    }
    // A body that was written anew says the same and is not what was signed.
    let value: serde_json::Value = serde_json::from_str(&event.body).unwrap();
    let anew = Event { body: value.to_string(), ..event.clone() };
    till.post(&anew, &good).await.problem("malformed-request");
    assert_eq!(till.available(&key).await, 0);
    till.post(&event, &good).await.expect(200);
    assert_eq!(till.available(&key).await, 2500);
}

#[tokio::test]
async fn what_is_no_post_of_one_json_event_is_refused() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let event = unpaid(&till, &key).await;
    let post = || till.context.http.post(till.webhook());
    let json = || post().header("Content-Type", "application/json");
    let signed =
        |body: &str| json().header("Stripe-Signature", sign(WEBHOOK_SECRET, now(), body)).body(body.to_owned());
    let send = async |request| till.context.send(request, None).await;

    send(json().body(event.body.clone())).await.problem("malformed-request");
    let twice =
        json().header("Stripe-Signature", event.signature(now())).header("Stripe-Signature", event.signature(now()));
    send(twice.body(event.body.clone())).await.problem("malformed-request");
    for kind in ["text/plain", "application/x-www-form-urlencoded", "x"] {
        let request = post().header("Content-Type", kind).header("Stripe-Signature", event.signature(now()));
        send(request.body(event.body.clone())).await.problem("unsupported-media-type");
    }
    send(post().header("Stripe-Signature", event.signature(now())).body(event.body.clone()))
        .await
        .problem("unsupported-media-type");
    send(json().header("Stripe-Signature", event.signature(now())).body("x".repeat(600_000)))
        .await
        .problem("body-too-large");
    for body in [
        "",
        "{}",
        "[]",
        "null",
        "{\"id\": 1}",
        "\u{0}",
        "{\"id\":\"e\",\"type\":\"t\",\"data\":{}}",
        &"[".repeat(100_000),
    ] {
        send(signed(body)).await.problem("malformed-request");
    }
    till.context.get("/webhooks/stripe", None).await.problem("method-not-allowed");
    // Not text at all, and yet signed: bytes are signed as they are, so this one can't be forged into sense.
    let odd = json().header("Stripe-Signature", sign(WEBHOOK_SECRET, now(), "x")).body(vec![0xff, 0xfe, 0x00]);
    send(odd).await.problem("malformed-request");
    assert_eq!(till.available(&key).await, 0);
}

#[tokio::test]
async fn a_key_opens_nothing_there() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let (id, _) = till.opened(&key, "k", 2500).await;
    let object = json!({"metadata": {"topup_id": id}, "payment_status": "paid", "payment_intent": "pi_1", "amount_total": 2500, "currency": "usd"});
    let event = event("evt_1", "checkout.session.completed", object);
    let request = till.context.http.post(till.webhook()).header("Content-Type", "application/json");
    till.context.send(request.body(event.body), Some(&key)).await.problem("malformed-request");
    assert_eq!(till.available(&key).await, 0);
}
