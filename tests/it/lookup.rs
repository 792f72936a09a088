//! Purchases whose answer got lost, and whose provider can be asked about them.

use ledger::{Ledger, NewKey};
use sandbox::{Fault, Injection, Sandbox};
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::{Answer, Process, TestContext, binary};
use tokio::net::TcpListener;
use uaps_model::{AccessLevel, Commerce, IDEMPOTENCY_KEY};

const SERVICE: &str = "rideshare";
const BUY: &str = "create_ride";
const LOOK_UP: &str = "find_ride";
const CREDIT: i64 = 1_000_000;

/// The gateway as it is shipped, with stand-ins as its providers.
struct Shipped {
    url: String,
    key: String,
    sandbox: Sandbox,
    database: String,
    http: reqwest::Client,
    process: Process,
    _folder: tempfile::TempDir,
}

impl Shipped {
    async fn start() -> Shipped {
        gateway::install_crypto();
        let sandbox = Sandbox::new(Arc::new(generated::catalog()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let providers = format!("http://{}/{SERVICE}", listener.local_addr().unwrap());
        let router = sandbox.router();
        tokio::spawn(async move { axum::serve(listener, router).await });

        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("ledger.db").display());
        let ledger = Ledger::open(&database).await.unwrap();
        let new = NewKey { credit_cents: CREDIT, ..NewKey::new("a@example.com", AccessLevel::Authenticated) };
        let key = ledger.create_key(new).await.unwrap().secret.reveal().to_owned();
        ledger.close().await;

        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let mut command = Command::new(binary("penumbra-gateway"));
        command
            .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
            .env("DATABASE_URL", &database)
            .env("PENUMBRA_RECONCILE_SECONDS", "1")
            .env("PENUMBRA_UPSTREAM_TIMEOUT_SECONDS", "1")
            .env("PENUMBRA_LOG", "off")
            .env("PROVIDER_RIDESHARE_BASE_URL", providers)
            .env("PROVIDER_RIDESHARE_API_KEY", format!("sandbox-{SERVICE}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = Process(command.spawn().expect("the gateway starts"));
        let url = format!("http://127.0.0.1:{port}");
        let http = reqwest::Client::new();
        let end = Instant::now() + Duration::from_secs(20);
        while http.get(format!("{url}/ready")).send().await.is_err() {
            assert!(Instant::now() < end, "the gateway does not come up");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Shipped { url, key, sandbox, database, http, process, _folder: folder }
    }

    /// Buys a ride whose order meets with `fault`; the address of the purchase, whose outcome is unknown.
    async fn lose(&self, name: &str, fault: Injection) -> String {
        self.sandbox.inject(SERVICE, fault);
        let catalog = generated::catalog();
        let mut parameters = catalog.get(SERVICE).unwrap().unwrap().operation(BUY).unwrap().example.arguments.clone();
        parameters[IDEMPOTENCY_KEY] = json!(name);
        let order = self.http.post(format!("{}/services/{SERVICE}/tools/{BUY}", self.url)).bearer_auth(&self.key);
        let answer = Answer::of(order.json(&json!({ "parameters": parameters })).send().await.unwrap()).await;
        answer.expect(202);
        answer.header("location").to_owned()
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.key);
        Answer::of(request.send().await.unwrap()).await.expect(200).clone()
    }

    /// The purchase once its outcome is known.
    async fn settled(&self, purchase: &str) -> Value {
        let end = Instant::now() + Duration::from_secs(45);
        loop {
            let record = self.get(purchase).await;
            // A denial takes the purchase out of the queue first: nobody may ask while money is given back.
            if record["state"] != "unknown" && record["state"] != "needs_operator" {
                return record;
            }
            assert!(Instant::now() < end, "{record}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// How often the provider was asked that.
    fn asked(&self, tool: &str) -> usize {
        self.sandbox.requests().iter().filter(|request| request.tool.as_deref() == Some(tool)).count()
    }
}

#[tokio::test]
async fn the_shipped_gateway_asks_what_became_of_an_order() {
    let shipped = Shipped::start().await;
    // One order went through and its answer got lost; the other never arrived.
    let made = shipped.lose("made", Fault::Drop.on(BUY).times(1).after_acting()).await;
    let bought = shipped.settled(&made).await;
    assert_eq!(bought["state"], "captured", "{bought}");
    let price = bought["charged"]["cents"].as_i64().unwrap();
    assert!(price > 0 && bought["transaction_id"].as_str().is_some_and(|id| id.starts_with("ride_")), "{bought}");

    let lost = shipped.lose("lost", Fault::Drop.on(BUY).times(1)).await;
    let held = shipped.get("/v1/me").await;
    assert_eq!(held["balance"]["available_cents"], CREDIT - 2 * price, "{held}");
    let released = shipped.settled(&lost).await;
    assert_eq!(released["state"], "released", "{released}");

    // Nothing was sent twice: the provider was asked, by the purchases' ids.
    assert_eq!((shipped.sandbox.orders(SERVICE), shipped.asked(BUY)), (1, 2));
    let looked: Vec<_> =
        shipped.sandbox.requests().into_iter().filter(|request| request.tool.as_deref() == Some(LOOK_UP)).collect();
    for purchase in [&bought, &released] {
        let path = format!("/bookings/{}", purchase["id"].as_str().unwrap());
        assert!(looked.iter().any(|request| request.path == path), "{path}: {looked:?}");
    }
    let balance = shipped.get("/v1/me").await["balance"].clone();
    assert_eq!(balance["available_cents"], CREDIT - price, "{balance}");
    assert_eq!(balance["held_cents"], 0, "{balance}");
    drop(shipped.process);
    let ledger = Ledger::open(&shipped.database).await.unwrap();
    assert!(ledger.audit().await.unwrap().is_clean());
}

#[tokio::test]
async fn every_look_up_of_the_catalogue_finds_an_order_whose_answer_got_lost() {
    let catalog = Arc::new(generated::catalog());
    let context = TestContext::with(catalog.clone(), |config| {
        config.reconcile.every = Duration::from_millis(20);
        config.reconcile.first_pause = Duration::from_millis(20);
    })
    .await;
    let mut found = 0;
    for service in catalog.services() {
        for op in &service.operations {
            let Some(Commerce::Purchase { lookup: Some(_), .. }) = &op.commerce else { continue };
            let (id, tool) = (service.id.as_str(), op.tool.as_str());
            let key = context.key(CREDIT).await;
            context.sandbox.inject(id, Fault::Drop.on(tool).times(1).after_acting());
            let answer = context.call(id, tool, Some(&key), context.purchase(id, tool, "lost")).await;
            answer.expect(202);
            let end = Instant::now() + Duration::from_secs(45);
            let record = loop {
                let record = context.get(answer.header("location"), Some(&key)).await.expect(200).clone();
                if record["state"] != "unknown" {
                    break record;
                }
                assert!(Instant::now() < end, "{id}: {record}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            };
            assert_eq!(record["state"], "captured", "{id}: {record}");
            let sent = context.sandbox.requests().into_iter().filter(|sent| sent.service == id);
            assert_eq!(
                sent.filter(|sent| sent.tool.as_deref() == Some(tool)).count(),
                1,
                "{id} was asked, not paid twice"
            );
            found += 1;
        }
    }
    assert!(found > 0);
    context.audit().await;
}

/// An order that was taken and whose answers all get lost, and look-ups that end with `fault`: a person has to look.
async fn check(fault: impl Fn(&TestContext) -> Fault) {
    let context = TestContext::with(Arc::new(generated::catalog()), |config| {
        config.reconcile.every = Duration::from_millis(20);
        config.reconcile.first_pause = Duration::from_millis(20);
        config.reconcile.attempts = 4;
    });
    let context = context.await;
    let key = context.key(CREDIT).await;
    let fault = fault(&context);
    context.sandbox.inject(SERVICE, Fault::Drop.on(BUY).after_acting());
    context.sandbox.inject(SERVICE, fault.clone().on(LOOK_UP));
    let answer = context.buy("/rideshare/rides", &key, "first", &context.example(SERVICE, BUY)["body"]).await;
    answer.expect(202);
    let (_, held, _) = context.balance(&key).await;
    let mut seen = Vec::new();
    while seen.last().is_none_or(|state| state == "unknown") {
        let record = context.get(answer.header("location"), Some(&key)).await;
        seen.push(record.expect(200)["state"].as_str().unwrap().to_owned());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(seen.last().map(String::as_str), Some("needs_operator"), "{fault:?}");
    assert!(held > 0);
    assert_eq!(context.balance(&key).await, (CREDIT - held, held, CREDIT), "{fault:?}");
    assert_eq!(context.sandbox.orders(SERVICE), 1);
    context.audit().await;
}

#[tokio::test]
async fn what_a_look_up_does_not_prove_is_left_to_a_person() {
    check(|_| Fault::Garbage).await;
    check(|_| Fault::Status(500, json!({}))).await;
    check(|_| Fault::Drop).await;
    for (pointer, value) in [
        ("/receipt/total", json!(-18.4)),
        ("/receipt/total", json!(null)),
        ("/receipt/total", json!(18.404)),
        ("/receipt/currency", json!("EUR")),
        ("/status", json!("cancelled")),
        ("/status", json!(["completed"])),
    ] {
        check(|context| Fault::Status(200, context.response_with(SERVICE, LOOK_UP, pointer, value.clone()))).await;
    }
}
