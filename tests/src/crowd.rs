//! Many buyers at once, over one gateway or several.

use crate::Answer;
use ledger::{CredentialId, Ledger, NewKey};
use sandbox::Sandbox;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use uaps_model::{AccessLevel, Catalog, IDEMPOTENCY_KEY};

/// Orders of a round.
pub const ORDERS: usize = 1000;

/// How many of them there is money for.
const PAID_FOR: usize = 250;

/// Keys that share the money of a round.
const KEYS: usize = 100;

/// Connections to the gateways at a time.
const CONNECTIONS: usize = 200;

/// How long a buyer tries again where it is told to.
const PERSISTENCE: Duration = Duration::from_secs(60);

/// What buyers buy, and where.
pub struct Crowd {
    service: String,
    tool: String,
    arguments: Value,
    urls: Vec<String>,
    http: reqwest::Client,
    connections: Semaphore,
    again: AtomicUsize,
}

impl Crowd {
    /// Buyers of the example of a purchase, at the gateways of `urls` in turn.
    pub fn new(catalog: &Catalog, service: &str, tool: &str, urls: &[&str]) -> Self {
        let found = catalog.get(service).expect("the service exists").expect("its catalogue is good");
        let mut arguments = found.operation(tool).expect("the tool exists").example.arguments.clone();
        arguments.as_object_mut().expect("arguments are an object").remove(IDEMPOTENCY_KEY);
        Crowd {
            service: service.to_owned(),
            tool: tool.to_owned(),
            arguments,
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
            http: reqwest::Client::builder().timeout(PERSISTENCE).build().expect("a client"),
            connections: Semaphore::new(CONNECTIONS),
            again: AtomicUsize::new(0),
        }
    }

    /// How often a buyer was told to come again: over the rate limit, busy, or the same purchase under way.
    pub fn came_again(&self) -> usize {
        self.again.load(Ordering::Relaxed)
    }

    /// Sends one order, once. `None` where no whole answer comes.
    pub async fn order(&self, gateway: usize, key: &str, name: &str) -> Option<Answer> {
        let mut parameters = self.arguments.clone();
        parameters[IDEMPOTENCY_KEY] = json!(name);
        let url = format!("{}/services/{}/tools/{}", self.urls[gateway % self.urls.len()], self.service, self.tool);
        let order = self.http.post(url).bearer_auth(key).json(&json!({ "parameters": parameters }));
        Answer::read(order.send().await.ok()?).await.ok()
    }

    /// Sends one order until the answer is final.
    async fn insist(&self, gateway: usize, key: &str, name: &str) -> Answer {
        let _one = self.connections.acquire().await.expect("nobody closes it");
        let end = Instant::now() + PERSISTENCE;
        loop {
            let answer = self.order(gateway, key, name).await.expect("the gateway answers");
            if !matches!(answer.status, 202 | 409 | 429 | 503) {
                return answer;
            }
            self.again.fetch_add(1, Ordering::Relaxed);
            assert!(Instant::now() < end, "it never ends: {}", answer.text);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends all orders at once, each a key and an idempotency key, over all gateways. The answers stand as the orders do.
    pub async fn insist_all(self: &Arc<Self>, orders: Vec<(String, String)>) -> Vec<Answer> {
        let sent = orders.into_iter().enumerate().map(|(gateway, (key, name))| {
            let crowd = self.clone();
            tokio::spawn(async move { crowd.insist(gateway, &key, &name).await })
        });
        let mut answers = Vec::new();
        for answer in futures::future::join_all(sent).await {
            answers.push(answer.expect("the buyer does not panic"));
        }
        answers
    }

    /// What the purchase costs, in cents. It is bought once to find out.
    pub async fn price(&self, ledger: &Ledger) -> i64 {
        let (key, _) = key_with(ledger, 1_000_000).await;
        let answer = self.insist(0, &key, "price").await;
        answer.expect(200)["cost"]["amount_cents"].as_i64().expect("a price")
    }
}

/// The purchase that an answer says is captured.
pub fn captured(answer: &Answer) -> Option<String> {
    let purchase = &answer.body["purchase"];
    let id = purchase["id"].as_str().filter(|_| answer.status == 200 && purchase["state"] == "captured");
    id.map(str::to_owned)
}

/// A key with money: its secret and its id.
pub async fn key_with(ledger: &Ledger, credit_cents: i64) -> (String, CredentialId) {
    let new = NewKey { credit_cents, ..NewKey::new("person@example.com", AccessLevel::Authenticated) };
    let made = ledger.create_key(new).await.expect("a key");
    (made.secret.reveal().to_owned(), made.credential.id)
}

/// So many keys that spend the money of one.
pub async fn keys_below(ledger: &Ledger, parent: &CredentialId, number: usize) -> Vec<String> {
    let mut keys = Vec::new();
    for _ in 0..number {
        let new =
            NewKey { parent: Some(parent.clone()), ..NewKey::new("person@example.com", AccessLevel::Authenticated) };
        keys.push(ledger.create_key(new).await.expect("a key").secret.reveal().to_owned());
    }
    keys
}

/// An account for [`one_balance`]: with money for a quarter of its orders, and almost enough for one more.
pub async fn account(ledger: &Ledger, price: i64) -> CredentialId {
    let paid_for = i64::try_from(PAID_FOR).expect("a small number");
    key_with(ledger, paid_for * price + price - 1).await.1
}

/// [`ORDERS`] orders at once on one balance: as many are bought as it pays for, to the cent, and the rest is told that it is
/// too low. Says how long it took.
pub async fn one_balance(
    crowd: &Arc<Crowd>,
    ledger: &Ledger,
    sandbox: &Sandbox,
    price: i64,
    account: &CredentialId,
) -> Duration {
    let keys = keys_below(ledger, account, KEYS).await;
    let orders = (0..ORDERS).map(|n| (keys[n % KEYS].clone(), format!("order-{n}"))).collect();
    let sold = sandbox.orders(&crowd.service);
    let begun = Instant::now();
    let answers = crowd.insist_all(orders).await;
    let took = begun.elapsed();
    let purchases: Vec<String> = answers.iter().filter_map(captured).collect();
    let poor = answers.iter().filter(|answer| answer.status == 402).inspect(|answer| {
        answer.problem("insufficient-balance");
    });
    assert_eq!((purchases.len(), poor.count()), (PAID_FOR, ORDERS - PAID_FOR));
    assert_eq!(purchases.iter().collect::<BTreeSet<_>>().len(), PAID_FOR, "two orders were told of one purchase");
    assert_eq!(sandbox.orders(&crowd.service) - sold, PAID_FOR, "the provider sold what nobody captured");
    let balance = ledger.balance(account).await.expect("the ledger answers");
    assert_eq!((balance.posted_cents, balance.held_cents), (price - 1, 0));
    let report = ledger.audit().await.expect("the ledger answers");
    assert!(report.is_clean(), "{report}");
    took
}

/// One order sent a hundred times at once under one idempotency key: the provider hears it once, and all answers are one.
pub async fn one_order(crowd: &Arc<Crowd>, sandbox: &Sandbox, key: &str, name: &str) {
    let sold = sandbox.orders(&crowd.service);
    sandbox.clear_requests();
    let answers = crowd.insist_all(vec![(key.to_owned(), name.to_owned()); 100]).await;
    let agreed = |answer: &Answer| {
        let body = answer.expect(200);
        (captured(answer), body["cost"].clone(), body["status"].clone(), body["result"].clone())
    };
    let first = agreed(&answers[0]);
    assert!(first.0.is_some() && first.3.is_object(), "{first:?}");
    assert!(answers.iter().all(|answer| agreed(answer) == first), "the answers differ");
    let new = answers.iter().filter(|answer| answer.body["purchase"]["replayed"] == false);
    assert_eq!(new.count(), 1, "one answer is the order's, the others are that one again");
    let heard = sandbox.requests().iter().filter(|heard| heard.tool.as_deref() == Some(&crowd.tool)).count();
    assert_eq!((sandbox.orders(&crowd.service) - sold, heard), (1, 1));
}

/// How many rounds to do: `few`, unless `PENUMBRA_ROUNDS` says otherwise.
pub fn rounds(few: usize) -> usize {
    std::env::var("PENUMBRA_ROUNDS").ok().map_or(few, |rounds| rounds.parse().expect("PENUMBRA_ROUNDS is a number"))
}
