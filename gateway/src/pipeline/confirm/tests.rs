//! An assistant asks, the person at its client answers, and the provider gets one request or none.

use crate::testing::{Got, World, config};
use crate::{Config, Gateway, Secret};
use ledger::{Clock, Ledger, Settings};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const TEA: &str = r#"{"item": "tea"}"#;
const REVIEW: &str = "POST /shop/items/7/reviews";

/// A key with 50 dollars, and an agent's below it.
struct Home {
    world: World,
    agent: String,
    minutes: Arc<AtomicU64>,
}

impl Home {
    /// `limits` are the agent's. In this shop a review replaces the one before it.
    async fn new(limits: &str) -> Home {
        Home::with(config(), limits).await
    }

    async fn with(config: Config, limits: &str) -> Home {
        let minutes = Arc::new(AtomicU64::new(0));
        let shown = minutes.clone();
        let clock = Clock::new(move || jiff::Timestamp::now() + Duration::from_secs(shown.load(Ordering::SeqCst) * 60));
        let ledger = Ledger::open_with("sqlite::memory:", Settings { clock, ..Settings::default() }).await.unwrap();
        let world = World::over(ledger, config, 5000, |service| {
            let review = service.operations.iter_mut().find(|op| op.tool.as_str() == "add_review").unwrap();
            review.hints.destructive = true;
        })
        .await;
        let (agent, _) = world.child(limits).await;
        Home { world, agent, minutes }
    }

    async fn order_as(&self, who: &str, name: &str, body: &str, confirmation: Option<&str>) -> Got {
        let mut headers = vec![("x-api-key", who), ("idempotency-key", name)];
        headers.extend(confirmation.map(|token| ("penumbra-confirmation", token)));
        self.world.send("POST /shop/orders", &headers, body).await
    }

    async fn order(&self, name: &str, confirmation: Option<&str>) -> Got {
        self.order_as(&self.agent, name, TEA, confirmation).await
    }

    async fn review(&self, body: &str, confirmation: Option<&str>) -> Got {
        let mut headers = vec![("x-api-key", self.agent.as_str())];
        headers.extend(confirmation.map(|token| ("penumbra-confirmation", token)));
        self.world.send(REVIEW, &headers, body).await
    }

    fn orders(&self) -> usize {
        self.world.provider.count("POST /orders")
    }

    fn reviews(&self) -> usize {
        self.world.provider.count("POST /items/7/reviews")
    }

    fn later(&self, minutes: u64) {
        self.minutes.fetch_add(minutes, Ordering::SeqCst);
    }
}

#[track_caller]
fn token(told: &Got) -> String {
    told.json()["confirmation"]["token"].as_str().unwrap_or_else(|| panic!("no token in {}", told.body)).to_owned()
}

#[tokio::test]
async fn a_purchase_is_sent_once_however_often_its_confirmation_comes() {
    let home = Home::new(r#"{"confirm_above": 1000}"#).await;
    let asked = home.order("k", None).await;
    assert_eq!((asked.status, home.orders(), home.world.money().await), (202, 0, (5000, 1999, 3001)));
    let told = asked.json();
    assert_eq!((&told["approval"]["confirmable"], &told["approval"]["amount_cents"]), (&json!(true), &json!(1999)));
    let detail = told["detail"].as_str().unwrap();
    assert!(detail.contains("The person at the client, if it can ask them; else somebody of"), "{detail}");
    // Each repetition asks anew, and every token is good as long as the question is open.
    let (first, second) = (token(&asked), token(&home.order("k", None).await));
    let bought = home.order("k", Some(&second)).await;
    assert_eq!((bought.status, bought.json()["order"].as_str()), (201, Some("o-1")), "{}", bought.body);
    for token in [first.as_str(), second.as_str(), "nonsense", &format!("{second};decision=deny")] {
        let again = home.order("k", Some(token)).await;
        assert_eq!((again.status, again.header("idempotent-replayed"), &again.body), (201, "true", &bought.body));
    }
    assert_eq!((home.orders(), home.world.money().await), (1, (3001, 0, 3001)));
    let place = told["approval"]["location"].as_str().unwrap();
    let decided = home.world.authed(&format!("GET {place}"), "").await.json();
    assert_eq!(decided["decided_by"], format!("client:{}", told["approval"]["asked_by"].as_str().unwrap()));
}

#[tokio::test]
async fn a_no_frees_the_money() {
    let home = Home::new(r#"{"confirm_above": 1000}"#).await;
    let no = format!("{};decision=deny", token(&home.order("k", None).await));
    home.order("k", Some(&no)).await.problem(403, "approval-denied");
    home.order("k", None).await.problem(403, "approval-denied");
    assert_eq!((home.orders(), home.world.money().await), (0, (5000, 0, 5000)));
}

#[tokio::test]
async fn a_confirmation_is_good_for_its_own_key_and_request_only() {
    let home = Home::new(r#"{"confirm_above": 1000}"#).await;
    let (other, _) = home.world.child(r#"{"confirm_above": 1000}"#).await;
    home.world.provider.quotes([(200, r#"{"total_cents": 1500}"#); 3]);
    let tea = token(&home.order("tea", None).await);
    let milk = home.order_as(&home.agent, "milk", r#"{"item": "milk"}"#, None).await;
    home.order_as(&other, "tea", TEA, None).await;
    let mut edited = tea.clone();
    edited.replace_range(5..6, if &tea[5..6] == "A" { "B" } else { "A" });
    for (who, name, body, token) in [
        (&other, "tea", TEA, tea.as_str()),
        (&home.agent, "milk", r#"{"item": "milk"}"#, &tea),
        (&home.agent, "tea", TEA, &token(&milk)),
        (&home.agent, "unheard-of", TEA, &tea),
        (&home.agent, "tea", TEA, &edited),
        (&home.agent, "tea", TEA, "nonsense"),
    ] {
        let refused = home.order_as(who, name, body, Some(token)).await.problem(409, "confirmation-invalid");
        assert!(refused["detail"].as_str().unwrap().ends_with("Repeat the request without it, and it is asked anew"));
    }
    home.order_as(&home.agent, "tea", r#"{"item": "milk"}"#, Some(&tea)).await.problem(422, "idempotency-key-reused");
    home.order_as(&home.agent, "tea", TEA, Some("a;b")).await.problem(400, "malformed-request");
    home.later(6);
    home.order("tea", Some(&tea)).await.problem(409, "confirmation-invalid");
    assert_eq!((home.orders(), home.world.money().await), (0, (5000, 4500, 500)));
    let fresh = token(&home.order("tea", None).await);
    assert_eq!((home.order("tea", Some(&fresh)).await.status, home.orders()), (201, 1));
}

#[tokio::test]
async fn a_question_whose_time_is_over_is_not_asked_and_buys_nothing() {
    let home = Home::new(r#"{"confirm_above": 1000}"#).await;
    home.order("k", None).await;
    home.later(58);
    let late = home.order("k", None).await;
    let expires = |told: &Value| told["expires_at"].as_str().unwrap().to_owned();
    assert_eq!(expires(&late.json()["confirmation"])[..19], expires(&late.json()["approval"])[..19]);
    home.later(3);
    home.order("k", Some(&token(&late))).await.problem(409, "confirmation-invalid");
    assert_eq!((&home.order("k", None).await.json()["confirmation"], home.orders()), (&Value::Null, 0));
}

#[tokio::test]
async fn of_two_answers_at_once_one_sends_the_order() {
    let home = Home::new(r#"{"confirm_above": 1000}"#).await;
    let yes = token(&home.order("k", None).await);
    let (one, two) = tokio::join!(home.order("k", Some(&yes)), home.order("k", Some(&yes)));
    for told in [&one, &two].into_iter().filter(|told| told.status != 201) {
        told.problem(409, "purchase-in-progress");
    }
    assert!([&one, &two].iter().any(|told| told.status == 201 && told.header("idempotent-replayed").is_empty()));
    assert_eq!((home.orders(), home.world.money().await), (1, (3001, 0, 3001)));
}

#[tokio::test]
async fn what_a_person_said_yes_to_is_an_amount() {
    let home = Home::new(r#"{"confirm_above": 1000}"#).await;
    home.order("k", None).await;
    home.later(20);
    let yes = token(&home.order("k", None).await);
    home.world.provider.quotes([(200, r#"{"total_cents": 2500}"#)]);
    let refused = home.order("k", Some(&yes)).await.problem(403, "approval-denied");
    assert!(refused["detail"].as_str().unwrap().contains("the price rose from 19.99 USD to 25.00 USD"), "{refused}");
    assert_eq!((home.orders(), home.world.money().await), (0, (5000, 0, 5000)));
}

#[tokio::test]
async fn above_the_ceiling_the_client_is_not_asked() {
    let home = Home::new(r#"{"confirm_above": 0, "approval_above": 1000}"#).await;
    let told = home.order("k", None).await;
    let told = told.json();
    assert_eq!((&told["confirmation"], &told["approval"]["confirmable"]), (&Value::Null, &json!(false)));
    // What needs less may be confirmed, and the token is none for what needs more.
    home.world.provider.quotes([(200, r#"{"total_cents": 999}"#)]);
    let small = home.order_as(&home.agent, "small", r#"{"item": "gum"}"#, None).await;
    home.order("k", Some(&token(&small))).await.problem(409, "confirmation-invalid");
    assert_eq!(home.orders(), 0);
}

#[tokio::test]
async fn a_key_above_the_asker_may_answer_as_well() {
    let home = Home::new(r#"{"confirm_above": 1000}"#).await;
    let asked = home.order("k", None).await;
    let place = asked.json()["approval"]["location"].as_str().unwrap().to_owned();
    let yes = r#"{"decision": "approve"}"#;
    home.world.as_key(&home.agent, &format!("POST {place}"), yes).await.problem(403, "forbidden");
    assert_eq!(home.world.authed(&format!("POST {place}"), yes).await.status, 201);
    let again = home.order("k", Some(&token(&asked))).await;
    assert_eq!((again.status, again.header("idempotent-replayed"), home.orders()), (201, "true", 1));
}

#[tokio::test]
async fn a_call_that_destroys_waits_for_a_yes_and_takes_one_call() {
    let home = Home::new(r#"{"confirm_destructive": true}"#).await;
    let five = r#"{"stars": 5}"#;
    let asked = home.review(five, None).await;
    let problem = asked.problem(428, "confirmation-required");
    assert_eq!((&problem["service"], &problem["tool"]), (&json!("shop"), &json!("add_review")));
    let yes = token(&asked);
    home.review(r#"{"stars": 1}"#, Some(&yes)).await.problem(409, "confirmation-invalid");
    assert_eq!(home.reviews(), 0);
    assert_eq!((home.review(r#"{ "stars":5 }"#, Some(&yes)).await.status, home.reviews()), (200, 1));
    home.review(five, Some(&yes)).await.problem(409, "confirmation-invalid");

    let no = token(&home.review(five, None).await);
    let denied = format!("{no};decision=deny");
    home.review(five, Some(&denied)).await.problem(403, "approval-denied");
    home.review(five, Some(&no)).await.problem(409, "confirmation-invalid");
    let late = token(&home.review(five, None).await);
    home.later(5);
    home.review(five, Some(&late)).await.problem(409, "confirmation-invalid");
    assert_eq!(home.reviews(), 1);

    // By the other door: as a tool.
    let call = json!({"parameters": {"id": "7", "body": {"stars": 4}}});
    let tool = "POST /services/shop/tools/add_review";
    let asked = home.world.as_key(&home.agent, tool, &call.to_string()).await;
    asked.problem(428, "confirmation-required");
    let mut confirmed = call.clone();
    confirmed["confirmation"] = json!({"token": token(&asked), "decision": "approve"});
    assert_eq!(home.world.as_key(&home.agent, tool, &confirmed.to_string()).await.status, 200);
    assert_eq!(home.reviews(), 2);
}

#[tokio::test]
async fn who_need_not_ask_is_not_asked() {
    let home = Home::new(r#"{"confirm_destructive": true}"#).await;
    assert_eq!(home.world.authed(REVIEW, "{}").await.status, 200);
    assert_eq!(home.world.as_key(&home.agent, "GET /shop/items/7", "").await.status, 200);
    // A purchase has limits of its own.
    assert_eq!(home.order("k", None).await.status, 201);
    // What a key above must confirm, one below must too.
    let made = home.world.as_key(&home.agent, "POST /v1/keys", "{}").await.json();
    let below = made["key"].as_str().unwrap();
    home.world.as_key(below, REVIEW, "{}").await.problem(428, "confirmation-required");
}

#[tokio::test]
async fn another_gateway_takes_a_confirmation_if_it_has_the_same_secret() {
    let with = |secret: Option<&str>| Config { confirmation_secret: secret.map(Secret::new), ..config() };
    let shared = "0123456789abcdef0123456789abcdef";
    for (here, there, taken) in [(Some(shared), Some(shared), true), (None, None, false)] {
        let mut home = Home::with(with(here), r#"{"confirm_above": 1000}"#).await;
        let yes = token(&home.order("k", None).await);
        let (catalog, ledger) = (home.world.gateway.pipeline().catalog().clone(), home.world.gateway.ledger().clone());
        home.world.gateway = Gateway::new(with(there), catalog, ledger).unwrap();
        let told = home.order("k", Some(&yes)).await;
        assert_eq!((told.status, home.orders()), if taken { (201, 1) } else { (409, 0) }, "{}", told.body);
        if !taken {
            let fresh = token(&home.order("k", None).await);
            assert_eq!(home.order("k", Some(&fresh)).await.status, 201);
        }
    }
}
