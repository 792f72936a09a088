//! Opening a top-up: one session for one name, whatever breaks.

use super::{Till, serve};
use serde_json::json;
use std::time::Duration;
use stripe_stand_in::{Fault, StripeStandIn};
use tests::TestContext;

#[tokio::test]
async fn only_the_webhook_credits() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let answer = till.top_up(&key, "first", 2500).await;
    let body = answer.expect(201);
    let id = body["id"].as_str().unwrap();
    assert_eq!((&body["amount_cents"], &body["currency"]), (&json!(2500), &json!("USD")));
    assert_eq!(answer.header("location"), format!("/v1/topups/{id}"));
    assert_eq!(answer.header("cache-control"), "no-store");
    let session = body["url"].as_str().unwrap().rsplit('/').next().unwrap();
    assert_eq!(till.state(&key, id).await, "open, paid 0, returned 0, disputed 0");

    let payment = till.stripe.pay(session);
    assert_eq!(till.available(&key).await, 0, "a browser that comes back proves nothing");
    till.deliver().await;
    assert_eq!(till.available(&key).await, 2500);
    assert_eq!(till.state(&key, id).await, "paid, paid 2500, returned 0, disputed 0");
    assert_eq!(till.stripe.kept(id), 2500);
    let lines = till.context.get("/v1/transactions", Some(&key)).await;
    let lines = lines.body["transactions"].as_array().unwrap();
    assert_eq!(lines.len(), 1, "two events about one payment are one line");
    assert_eq!((&lines[0]["type"], &lines[0]["amount_cents"]), (&json!("credit"), &json!(2500)));

    // Nobody else sees it, and its page is gone.
    let stranger = till.context.key(0).await;
    let path = format!("/v1/topups/{id}");
    till.context.get(&path, Some(&stranger)).await.problem("not-found");
    till.context.get(&path, None).await.problem("unauthorized");
    till.context.get("/v1/topups/top_1", Some(&key)).await.problem("not-found");
    let own = till.context.get(&path, Some(&key)).await;
    assert!(own.body["url"].is_null() && !own.text.contains(&payment), "{}", own.text);
    till.context.audit().await;
}

#[tokio::test]
async fn a_name_is_required_and_names_one_top_up() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let body = json!({"amount_cents": 2500});
    till.context.post("/v1/topups", Some(&key), &body).await.problem("idempotency-key-required");
    for bad in ["", "a b", "\"\"", &"x".repeat(256)] {
        till.top_up(&key, bad, 2500).await.problem("idempotency-key-required");
    }
    let twice = till.context.http.post(format!("{}/v1/topups", till.context.url)).json(&body);
    let twice = twice.header("Idempotency-Key", "a").header("Idempotency-Key", "b");
    till.context.send(twice, Some(&key)).await.problem("malformed-request");
    assert!(till.stripe.requests().is_empty());

    let first = till.top_up(&key, "\"same\"", 2500).await;
    first.expect(201);
    assert_eq!(first.header("idempotent-replayed"), "");
    let again = till.top_up(&key, "same", 2500).await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(again.header("idempotent-replayed"), "true");
    let other = till.top_up(&key, "same", 2501).await;
    assert_eq!(other.problem("idempotency-key-reused")["status"], 422);
    assert_eq!(till.stripe.requests().len(), 1, "a replay asks nobody");

    // Paid or not, the answer stays what it was.
    till.stripe.pay(&till.stripe.sessions()[0]);
    till.deliver().await;
    assert_eq!(till.top_up(&key, "same", 2500).await.text, first.text);

    // Another name, or another key's same name, is another top-up.
    till.top_up(&key, "other", 2500).await.expect(201);
    let stranger = till.context.key(0).await;
    assert_eq!(till.top_up(&stranger, "same", 2500).await.header("idempotent-replayed"), "");
    assert_eq!(till.stripe.sessions().len(), 3);
}

#[tokio::test]
async fn a_name_sent_many_times_at_once_is_one_session() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    till.stripe.fail(Fault::Slow(Duration::from_millis(300)));
    let answers = futures::future::join_all((0..12).map(|_| till.top_up(&key, "same", 2500))).await;
    let opened: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert!(!opened.is_empty());
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        let problem = answer.problem("topup-in-progress");
        assert_eq!(problem["status"], 409);
        assert_eq!(answer.header("location"), format!("/v1/topups/{}", problem["topup_id"].as_str().unwrap()));
        assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
    }
    let after = till.top_up(&key, "same", 2500).await;
    assert_eq!((after.status, &after.text), (201, &opened[0].text));
    assert_eq!(till.stripe.sessions().len(), 1);
    assert_eq!(till.stripe.requests().len(), 1, "{:?}", till.stripe.requests());
}

#[tokio::test]
async fn what_another_gateway_is_opening_is_in_progress_here() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    till.stripe.fail(Fault::InUse);
    let answer = till.top_up(&key, "same", 2500).await;
    assert_eq!(answer.problem("topup-in-progress")["retryable"], true);
    assert!(!answer.header("retry-after").is_empty() && answer.header("location").starts_with("/v1/topups/top_"));
    till.top_up(&key, "same", 2500).await.expect(201);
}

#[tokio::test]
async fn after_a_failure_the_same_request_goes_on() {
    for (fault, slug) in [
        (Fault::LostAnswer, "upstream-unreachable"),
        (Fault::Unavailable, "upstream-unreachable"),
        (Fault::TooMany, "unavailable"),
        (Fault::Garbage, "upstream-invalid"),
        (Fault::WrongKey, "topups-unavailable"),
        (Fault::Slow(Duration::from_secs(4)), "upstream-timeout"),
    ] {
        let till = Till::start().await;
        let key = till.context.key(0).await;
        till.stripe.fail(fault);
        let failed = till.top_up(&key, "same", 2500).await;
        assert!(failed.status >= 500, "{fault:?}");
        let problem = failed.problem(slug);
        assert!(!failed.text.contains("sk_test"), "{fault:?}: {}", failed.text);
        if problem["retryable"] == true {
            assert!(!failed.header("retry-after").is_empty(), "{fault:?}");
        }
        let again = till.top_up(&key, "same", 2500).await;
        assert_eq!(again.expect(201)["id"], problem["topup_id"], "{fault:?}");
        assert_eq!(till.stripe.sessions().len(), 1, "{fault:?}");
        till.stripe.pay(&till.stripe.sessions()[0]);
        till.deliver().await;
        assert_eq!(till.available(&key).await, 2500, "{fault:?}");
    }
}

#[tokio::test]
async fn a_failure_that_stripe_keeps_ends_with_another_name() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    till.stripe.fail(Fault::KeptFailure);
    for _ in 0..3 {
        till.top_up(&key, "stuck", 2500).await.problem("upstream-unreachable");
    }
    assert_eq!(till.stripe.sessions().len(), 1, "the same key goes to Stripe, which makes no second session");
    let (_, session) = till.opened(&key, "fresh", 2500).await;
    till.stripe.pay(&session);
    till.deliver().await;
    assert_eq!(till.available(&key).await, 2500);
}

#[tokio::test]
async fn nobody_at_stripe() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let till = Till::at(StripeStandIn::new(), format!("http://{closed}")).await;
    let key = till.context.key(0).await;
    let answer = till.top_up(&key, "same", 2500).await;
    assert_eq!(answer.problem("upstream-unreachable")["fault"], "provider");
    assert_eq!(till.available(&key).await, 0);
}

#[tokio::test]
async fn a_caller_who_hangs_up_leaves_a_top_up_that_goes_on() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    till.stripe.fail(Fault::Slow(Duration::from_millis(500)));
    let request = till.context.http.post(format!("{}/v1/topups", till.context.url)).bearer_auth(&key);
    let request = request.header("Idempotency-Key", "gone").json(&json!({"amount_cents": 2500}));
    assert!(request.timeout(Duration::from_millis(150)).send().await.unwrap_err().is_timeout());
    till.top_up(&key, "gone", 2500).await.problem("topup-in-progress");
    tokio::time::sleep(Duration::from_millis(800)).await;
    let again = till.top_up(&key, "gone", 2500).await;
    again.expect(201);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!((till.stripe.sessions().len(), till.stripe.requests().len()), (1, 1));
}

#[tokio::test]
async fn an_amount_is_whole_cents_within_bounds() {
    let till = Till::start().await;
    let key = till.context.key(0).await;
    let send = async |name: &str, body: serde_json::Value| till.context.buy("/v1/topups", &key, name, &body).await;
    for wrong in [
        json!(49),
        json!(100_001),
        json!(0),
        json!(-2500),
        json!(2500.5),
        json!(2500.0),
        json!("2500"),
        json!(null),
        json!(1e99),
    ] {
        let answer = send("k", json!({"amount_cents": wrong})).await;
        let problem = answer.problem("invalid-parameters");
        assert_eq!(problem["errors"][0]["pointer"], "/amount_cents", "{wrong}");
        assert_eq!(problem["errors"][0]["detail"], "must be a whole number of US cents from 50 to 100000");
    }
    for malformed in [json!({}), json!([]), json!({"amount_cents": 2500, "currency": "eur"})] {
        send("k", malformed).await.problem("malformed-request");
    }
    let form = till.context.http.post(format!("{}/v1/topups", till.context.url)).header("Idempotency-Key", "k");
    let form = form.header("Content-Type", "application/x-www-form-urlencoded").body("amount_cents=2500");
    till.context.send(form, Some(&key)).await.problem("unsupported-media-type");
    assert!(till.stripe.requests().is_empty());
    till.top_up(&key, "least", 50).await.expect(201);
    till.top_up(&key, "most", 100_000).await.expect(201);
    till.context.post("/v1/topups", None, &json!({"amount_cents": 2500})).await.problem("unauthorized");
    let credential = till.context.ledger.authenticate(&key).await.unwrap().unwrap();
    till.context.ledger.revoke(&credential.id).await.unwrap();
    till.top_up(&key, "late", 2500).await.problem("unauthorized");
}

#[tokio::test]
async fn who_lacks_money_is_told_where_to_get_some() {
    let till = Till::start().await;
    let key = till.context.key(1).await;
    let parameters = till.context.purchase("rideshare", "create_ride", "k");
    let refused = till.context.call("rideshare", "create_ride", Some(&key), parameters.clone()).await;
    assert_eq!(refused.problem("insufficient-balance")["topup_url"], "/v1/topups");

    // Without Stripe there is no such place, and that is said.
    let without = TestContext::start().await;
    let key = without.key(1).await;
    let refused = without.call("rideshare", "create_ride", Some(&key), parameters).await;
    assert!(refused.problem("insufficient-balance").get("topup_url").is_none());
    let body = json!({"amount_cents": 2500});
    let answer = without.buy("/v1/topups", &key, "k", &body).await;
    assert_eq!((answer.status, &answer.problem("topups-unavailable")["retryable"]), (503, &json!(false)));
    without.post("/webhooks/stripe", None, &body).await.problem("topups-unavailable");
    without.get("/v1/topups/top_00000000000000000000000000000000", Some(&key)).await.problem("not-found");
}

#[tokio::test]
async fn the_openapi_document_carries_top_ups() {
    let till = Till::at(StripeStandIn::new(), serve(&StripeStandIn::new()).await).await;
    let document = till.context.get("/openapi.json", None).await;
    let create = &document.expect(200)["paths"]["/v1/topups"]["post"];
    assert_eq!(create["parameters"][0]["$ref"], "#/components/parameters/penumbra.IdempotencyKey");
    assert!(create["responses"]["201"].is_object() && create["responses"]["default"].is_object());
    assert!(document.body["paths"]["/v1/topups/{id}"]["get"].is_object());
    assert!(document.body["paths"]["/webhooks/stripe"]["post"].is_object());
}
