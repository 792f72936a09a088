//! An agent with a key of its own, and a person who has to say yes: through the real binary, which is killed in between.

use ledger::{Ledger, NewKey};
use sandbox::{Fault, Sandbox};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tests::{Answer, Process, is_up, start_gateway};
use tokio::net::TcpListener;
use uaps_model::{AccessLevel, IDEMPOTENCY_KEY};

const SERVICE: &str = "food-delivery";
const TOOL: &str = "place_order";
const CREDIT: i64 = 1_000_000;

/// A person's key with money, an agent's below it that may buy nothing unasked, a gateway and its providers.
struct House {
    gateway: Process,
    sandbox: Sandbox,
    http: reqwest::Client,
    database: String,
    providers: String,
    port: u16,
    person: String,
    agent: String,
    _folder: tempfile::TempDir,
}

impl House {
    async fn open() -> House {
        gateway::install_crypto();
        let sandbox = Sandbox::new(Arc::new(generated::catalog()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let providers = format!("http://{}", listener.local_addr().unwrap());
        let router = sandbox.router();
        tokio::spawn(async move { axum::serve(listener, router).await });

        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("ledger.db").display());
        let ledger = Ledger::open(&database).await.unwrap();
        let new = NewKey { credit_cents: CREDIT, ..NewKey::new("person@example.com", AccessLevel::Authenticated) };
        let person = ledger.create_key(new).await.unwrap().secret.reveal().to_owned();
        ledger.close().await;
        drop(ledger);

        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let gateway = start_gateway(&database, port, &providers, SERVICE, &[]);
        let http = reqwest::Client::new();
        let agent = String::new();
        let mut house = House { gateway, sandbox, http, database, providers, port, person, agent, _folder: folder };
        is_up(&house.url("")).await;
        let made = house.post("/v1/keys", &house.person, &json!({"limits": {"approval_above": 0}})).await;
        house.agent = made.expect(201)["key"].as_str().unwrap().to_owned();
        house
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    async fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.http.post(self.url(path)).bearer_auth(key).json(body);
        Answer::of(request.send().await.expect("the gateway answers")).await
    }

    async fn get(&self, path: &str, key: &str) -> Answer {
        let request = self.http.get(self.url(path)).bearer_auth(key);
        Answer::of(request.send().await.expect("the gateway answers")).await
    }

    /// The agent's order, under a name.
    async fn order(&self, name: &str) -> Answer {
        let service = generated::catalog();
        let mut parameters = service.get(SERVICE).unwrap().unwrap().operation(TOOL).unwrap().example.arguments.clone();
        parameters[IDEMPOTENCY_KEY] = json!(name);
        self.post(&format!("/services/{SERVICE}/tools/{TOOL}"), &self.agent, &json!({ "parameters": parameters })).await
    }

    /// The address of the question that the agent's order comes to.
    async fn asks(&self, name: &str) -> String {
        let asked = self.order(name).await;
        let approval = &asked.expect(202)["result"]["approval"];
        assert_eq!((&approval["state"], &approval["service"]), (&json!("waiting"), &json!(SERVICE)), "{}", asked.text);
        approval["location"].as_str().unwrap().to_owned()
    }

    async fn killed_and_started(&mut self) {
        self.gateway.0.kill().unwrap();
        self.gateway.0.wait().unwrap();
        self.gateway = start_gateway(&self.database, self.port, &self.providers, SERVICE, &[]);
        is_up(&self.url("")).await;
    }

    /// Held and available.
    async fn money(&self) -> (i64, i64) {
        let me = self.get("/v1/me", &self.person).await;
        let balance = &me.expect(200)["balance"];
        (balance["held_cents"].as_i64().unwrap(), balance["available_cents"].as_i64().unwrap())
    }
}

#[tokio::test]
async fn what_an_agent_asks_for_is_bought_once_a_person_says_yes() {
    let mut house = House::open().await;
    let place = house.asks("dinner").await;
    let (held, _) = house.money().await;
    assert!(held > 0 && house.sandbox.orders(SERVICE) == 0);
    // The question outlives the process.
    house.killed_and_started().await;
    assert_eq!(house.asks("dinner").await, place);
    house.post(&place, &house.agent, &json!({"decision": "approve"})).await.problem("forbidden");
    let bought = house.post(&place, &house.person, &json!({"decision": "approve"})).await;
    assert_eq!(bought.status, 201, "{}", bought.text);
    house.post(&place, &house.person, &json!({"decision": "approve"})).await.problem("approval-decided");
    let again = house.order("dinner").await;
    assert_eq!(again.expect(200)["purchase"]["state"], "captured");
    let (held, available) = house.money().await;
    assert!(held == 0 && available < CREDIT);
    assert_eq!(house.sandbox.orders(SERVICE), 1);
}

#[tokio::test]
async fn what_a_person_denies_is_not_bought() {
    let house = House::open().await;
    let place = house.asks("dinner").await;
    let denied = house.post(&place, &house.person, &json!({"decision": "deny", "reason": "not today"})).await;
    assert_eq!(denied.expect(200)["state"], "denied");
    let told = house.order("dinner").await;
    assert!(told.problem("approval-denied")["detail"].as_str().unwrap().contains("not today"));
    assert_eq!((house.money().await, house.sandbox.orders(SERVICE)), ((0, CREDIT), 0));
}

#[tokio::test]
async fn a_person_who_hangs_up_has_still_said_yes() {
    let house = House::open().await;
    let place = house.asks("dinner").await;
    house.sandbox.inject(SERVICE, Fault::Hang(Duration::from_millis(400)).on(TOOL));
    let yes = house.http.post(house.url(&place)).bearer_auth(&house.person).json(&json!({"decision": "approve"}));
    assert!(yes.timeout(Duration::from_millis(150)).send().await.unwrap_err().is_timeout());
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if house.money().await.0 == 0 {
            break;
        }
    }
    let (held, available) = house.money().await;
    assert!(held == 0 && available < CREDIT);
    assert_eq!(house.order("dinner").await.expect(200)["purchase"]["state"], "captured");
    assert_eq!(house.sandbox.orders(SERVICE), 1);
}
