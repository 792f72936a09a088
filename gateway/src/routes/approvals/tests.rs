//! An agent asks, somebody answers, and the provider gets one order or none.

use crate::testing::{Got, Order, World, config};
use crate::{Config, Gateway, Pass, Reconcile};
use ledger::{Clock, Ledger, Settings};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use uaps_model::AccessLevel;

const TEA: &str = r#"{"item": "tea"}"#;
const YES: &str = r#"{"decision": "approve"}"#;
const NO: &str = r#"{"decision": "deny", "reason": "too dear"}"#;

/// A key with 50 dollars, and below it an agent's, whose purchases of more than 10 somebody must approve.
struct Asked {
    world: World,
    agent: String,
    /// `/v1/approvals/apr_…`
    place: String,
    /// What the agent was told.
    told: Got,
    minutes: Arc<AtomicI64>,
}

impl Asked {
    async fn new() -> Asked {
        Asked::with(config()).await
    }

    async fn with(config: Config) -> Asked {
        let minutes = Arc::new(AtomicI64::new(0));
        let shown = minutes.clone();
        let clock = Clock::new(move || {
            let late = Duration::from_secs(u64::try_from(shown.load(Ordering::SeqCst)).unwrap() * 60);
            jiff::Timestamp::now() + late
        });
        let settings = Settings { clock, ..Settings::default() };
        let ledger = Ledger::open_with("sqlite::memory:", settings).await.unwrap();
        let world = World::over(ledger, config, 5000, |_| {}).await;
        let (agent, _) = world.child(r#"{"approval_above": 1000}"#).await;
        let told = world.order_as(&agent, "k", TEA).await;
        assert_eq!(told.status, 202, "{}", told.body);
        let place = told.json()["approval"]["location"].as_str().unwrap().to_owned();
        Asked { world, agent, place, told, minutes }
    }

    fn later(&self, minutes: i64) {
        self.minutes.fetch_add(minutes, Ordering::SeqCst);
    }

    async fn again(&self) -> Got {
        self.world.order_as(&self.agent, "k", TEA).await
    }

    async fn answer(&self, key: &str, body: &str) -> Got {
        self.world.as_key(key, &format!("POST {}", self.place), body).await
    }

    async fn parent(&self, body: &str) -> Got {
        self.answer(&self.world.key, body).await
    }

    async fn state(&self) -> Value {
        self.world.authed(&format!("GET {}", self.place), "").await.json()["state"].clone()
    }

    fn orders(&self) -> usize {
        self.world.provider.count("POST /orders")
    }

    async fn pass(&self) -> Pass {
        let how = Reconcile { every: Duration::ZERO, first_pause: Duration::ZERO, attempts: 3, ..Reconcile::default() };
        self.world.gateway.pipeline().reconcile_once(&how, "me").await.unwrap()
    }
}

#[tokio::test]
async fn who_asks_is_told_what_waits_and_for_whom() {
    let asked = Asked::with(Config { public_url: "https://pay.example".parse().ok(), ..config() }).await;
    let told = asked.told.json();
    let purchase = told["purchase"]["id"].as_str().unwrap();
    assert_eq!(asked.told.header("location"), format!("/v1/purchases/{purchase}"));
    let approval = &told["approval"];
    let id = approval["id"].as_str().unwrap();
    assert_eq!(approval["url"], format!("https://pay.example/approve/{id}"));
    assert_eq!(approval["location"], format!("/v1/approvals/{id}"));
    assert_eq!(approval["may_answer"], json!([asked.world.credential.id, "operator"]));
    for (member, expected) in [
        ("state", json!("waiting")),
        ("amount_cents", json!(1999)),
        ("service", json!("shop")),
        ("tool", json!("place_order")),
        ("purchase", json!(purchase)),
    ] {
        assert_eq!(approval[member], expected, "{member}");
    }
    assert_eq!(told["purchase"]["state"], "held");
    let detail = told["detail"].as_str().unwrap();
    assert!(detail.starts_with("Nothing was sent or bought yet: a limit of this key asks"), "{detail}");
    assert_eq!((asked.orders(), asked.world.money().await), (0, (5000, 1999, 3001)));

    let again = asked.again().await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (202, "true"));
    assert_eq!((again.json(), asked.orders()), (told.clone(), 0));
    let other = asked.world.order_as(&asked.agent, "k", r#"{"item": "milk"}"#).await;
    other.problem(422, "idempotency-key-reused");

    // The same object is at its address, with what is to be bought, and in the lists of both.
    for key in [&asked.agent, &asked.world.key] {
        let mut shown = asked.world.as_key(key, &format!("GET {}", asked.place), "").await.json();
        assert_eq!(shown["arguments"]["body"]["item"], "tea");
        shown.as_object_mut().unwrap().remove("arguments");
        assert_eq!(shown, *approval);
        assert_eq!(asked.world.as_key(key, "GET /v1/approvals", "").await.json()["approvals"], json!([approval]));
    }
    let mcp = json!({"parameters": {"Idempotency-Key": "k", "body": {"item": "tea"}}}).to_string();
    let tool = asked.world.as_key(&asked.agent, "POST /services/shop/tools/place_order", &mcp).await;
    assert_eq!((tool.status, &tool.json()["result"]["approval"]), (202, approval), "{}", tool.body);
}

#[tokio::test]
async fn a_yes_sends_the_order_once() {
    let asked = Asked::new().await;
    let bought = asked.parent(YES).await;
    assert_eq!((bought.status, bought.json()["order"].as_str()), (201, Some("o-1")), "{}", bought.body);
    let sent = asked.world.provider.seen().into_iter().find(|seen| seen.line == "POST /orders").unwrap();
    assert_eq!(sent.body, r#"{"item":"tea"}"#);
    assert_eq!(sent.headers["idempotency-key"], bought.header("penumbra-purchase"));
    assert_eq!(asked.parent(YES).await.problem(409, "approval-decided")["state"], "approved");
    asked.parent(NO).await.problem(409, "approval-decided");
    let again = asked.again().await;
    assert_eq!((again.status, again.header("idempotent-replayed"), &again.body), (201, "true", &bought.body));
    assert_eq!((asked.orders(), asked.world.money().await), (1, (3001, 0, 3001)));
    // Who approved can look at it.
    let seen = asked.world.authed(&format!("GET {}", bought.header("location")), "").await.json();
    assert_eq!(seen["state"], "captured");
    assert_eq!(asked.world.authed("GET /v1/approvals", "").await.json()["approvals"], json!([]));
}

#[tokio::test]
async fn neither_who_asks_nor_a_stranger_can_answer() {
    let asked = Asked::new().await;
    let stranger = asked.world.key(AccessLevel::Authenticated).await;
    for body in [YES, NO] {
        let problem = asked.answer(&asked.agent, body).await.problem(403, "forbidden");
        assert!(problem["detail"].as_str().unwrap().contains("can't approve"), "{problem}");
        asked.answer(&stranger, body).await.problem(404, "not-found");
    }
    asked.world.as_key(&stranger, &format!("GET {}", asked.place), "").await.problem(404, "not-found");
    assert_eq!(asked.world.as_key(&stranger, "GET /v1/approvals", "").await.json()["approvals"], json!([]));
    asked.world.send("GET /admin/approvals", &[], "").await.problem(401, "unauthorized");
    for (after, left) in [(asked.place.trim_start_matches("/v1/approvals/"), 0), ("", 1)] {
        let query = if after.is_empty() { String::new() } else { format!("?after={after}") };
        let page = asked.world.admin(&format!("GET /admin/approvals{query}"), "").await.json();
        assert_eq!((page["approvals"].as_array().unwrap().len(), &page["next"]), (left, &Value::Null));
    }
    for wrong in ["?after=apr_1", "?after=apr_00000000000000000000000000000000", "?before=1"] {
        asked.world.admin(&format!("GET /admin/approvals{wrong}"), "").await.problem(400, "malformed-request");
    }
    for wrong in ["{}", r#"{"decision": "maybe"}"#, r#"{"decision": "approve", "more": 1}"#] {
        asked.parent(wrong).await.problem(400, "malformed-request");
    }
    assert_eq!((asked.state().await, asked.orders()), (json!("waiting"), 0));
}

#[tokio::test]
async fn a_no_gives_the_money_back_and_is_told() {
    let asked = Asked::new().await;
    let listed = asked.world.admin("GET /admin/approvals", "").await.json();
    assert_eq!(listed["approvals"][0]["location"], asked.place);
    let denied = asked.world.admin(&format!("POST {}", asked.place.replace("/v1", "/admin")), NO).await;
    assert_eq!((denied.status, denied.json()["decided_by"].as_str()), (200, Some("operator")), "{}", denied.body);
    let again = asked.again().await;
    let problem = again.problem(403, "approval-denied");
    assert_eq!(problem["detail"], "this purchase was not approved: too dear; nothing was sent or bought");
    assert_eq!(again.header("idempotent-replayed"), "true");
    asked.parent(YES).await.problem(409, "approval-decided");
    assert_eq!((asked.orders(), asked.world.money().await), (0, (5000, 0, 5000)));
}

#[tokio::test]
async fn many_answers_at_once_are_one_order() {
    let asked = Asked::new().await;
    asked.world.provider.orders([Order::Hang(Duration::from_millis(200))]);
    let all = futures::future::join_all((0..20).map(|_| asked.parent(YES))).await;
    let count = |status| all.iter().filter(|got| got.status == status).count();
    assert_eq!((count(201), count(409), asked.orders()), (1, 19, 1));
    assert_eq!(asked.world.money().await, (3001, 0, 3001));
}

#[tokio::test]
async fn an_approver_who_hangs_up_changes_nothing() {
    let asked = Asked::new().await;
    asked.world.provider.orders([Order::Hang(Duration::from_millis(300))]);
    assert!(tokio::time::timeout(Duration::from_millis(150), asked.parent(YES)).await.is_err());
    assert!(asked.world.gateway.pipeline().tasks().wait(Duration::from_secs(5)).await);
    assert_eq!((asked.again().await.status, asked.orders()), (201, 1));
}

#[tokio::test]
async fn an_approved_order_whose_outcome_is_unknown_is_found_out_like_any_other() {
    let asked = Asked::new().await;
    asked.world.provider.orders([Order::Answer(500, "{}")]);
    let got = asked.parent(YES).await;
    assert_eq!((got.status, got.json()["purchase"]["state"].as_str()), (202, Some("unknown")), "{}", got.body);
    assert_eq!(asked.pass().await, Pass { asked: 1, settled: 1, ..Pass::default() });
    assert_eq!((asked.again().await.status, asked.world.money().await), (201, (3001, 0, 3001)));
}

/// What an approval comes to after twenty minutes, when the price has run out and the provider names another.
async fn repriced(quote: (u16, &'static str)) -> (Asked, Got) {
    let asked = Asked::new().await;
    asked.later(20);
    asked.world.provider.quotes([quote]);
    let got = asked.parent(YES).await;
    assert_eq!(asked.world.provider.count("POST /quotes"), 2);
    (asked, got)
}

#[tokio::test]
async fn a_price_that_rose_meanwhile_buys_nothing() {
    let (asked, got) = repriced((200, r#"{"total_cents": 2500}"#)).await;
    let problem = got.problem(403, "approval-denied");
    let detail = "the price rose from 19.99 USD to 25.00 USD meanwhile; nothing was sent or bought";
    assert!(problem["detail"].as_str().unwrap().ends_with(detail), "{problem}");
    assert_eq!((asked.state().await, asked.orders()), (json!("denied"), 0));
    assert_eq!(asked.world.money().await, (5000, 0, 5000));

    let (asked, got) = repriced((200, r#"{"total_cents": 1999}"#)).await;
    assert_eq!((got.status, asked.orders()), (201, 1));
    // Who can't be asked has not raised his price.
    let (asked, got) = repriced((500, "{}")).await;
    got.problem(502, "upstream-rejected");
    assert_eq!((asked.state().await, asked.orders()), (json!("waiting"), 0));
}

#[tokio::test]
async fn a_question_that_nobody_answers_ends_by_itself() {
    let asked = Asked::new().await;
    assert_eq!(asked.pass().await, Pass::default());
    asked.later(61);
    assert_eq!(asked.parent(YES).await.problem(409, "approval-decided")["state"], "expired");
    assert_eq!(asked.pass().await, Pass { expired: 1, ..Pass::default() });
    assert_eq!((asked.pass().await, asked.state().await), (Pass::default(), json!("expired")));
    assert_eq!(asked.again().await.problem(403, "approval-denied")["approval_state"], "expired");
    assert_eq!((asked.orders(), asked.world.money().await), (0, (5000, 0, 5000)));
}

#[tokio::test]
async fn what_can_t_be_sent_now_can_still_be_approved_later() {
    let mut asked = Asked::new().await;
    let whole = asked.world.gateway.clone();
    let (catalog, ledger) = (whole.pipeline().catalog().clone(), whole.ledger().clone());
    asked.world.gateway = Gateway::new(Config::default(), catalog, ledger).unwrap();
    asked.parent(YES).await.problem(503, "credential-missing");
    assert_eq!(asked.state().await, "waiting");
    asked.world.gateway = whole;
    assert_eq!((asked.parent(YES).await.status, asked.orders()), (201, 1));
}

#[tokio::test]
async fn nothing_is_bought_for_a_key_that_was_revoked_meanwhile() {
    let asked = Asked::new().await;
    let child = asked.told.json()["purchase"]["credential"].as_str().unwrap().to_owned();
    asked.world.authed(&format!("DELETE /v1/keys/{child}"), "").await;
    asked.parent(YES).await.problem(403, "forbidden");
    assert_eq!((asked.parent(NO).await.status, asked.orders()), (200, 0));
    assert_eq!(asked.world.money().await, (5000, 0, 5000));
}
