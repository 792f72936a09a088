//! Top-ups: over real sockets, with a stand-in for Stripe that keeps books of its own.

mod binary;
mod open;
mod random;
mod reconcile;
mod refusals;
mod webhook;

use gateway::{Secret, StripeSettings};
use serde_json::json;
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;
use stripe_stand_in::{Chaos, Delivered, Event, Rng, SECRET_KEY, StripeStandIn, WEBHOOK_SECRET};
use tests::{Answer, TestContext};
use tokio::net::TcpListener;

/// A gateway whose keys are topped up by the stand-in.
struct Till {
    context: TestContext,
    stripe: StripeStandIn,
    stripe_url: String,
    database_url: String,
}

/// Serves a stand-in on a free port.
async fn serve(stripe: &StripeStandIn) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = stripe.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn settings(url: &str) -> StripeSettings {
    StripeSettings {
        secret_key: Secret::new(SECRET_KEY),
        webhook_secrets: vec![Secret::new("whsec_the-next-one-0123"), Secret::new(WEBHOOK_SECRET)],
        url: url.parse().unwrap(),
        return_url: "https://shop.example/done".parse().unwrap(),
        max_cents: 100_000,
        reconcile_every: Duration::from_secs(86_400),
    }
}

impl Till {
    async fn start() -> Till {
        let stripe = StripeStandIn::new();
        let stripe_url = serve(&stripe).await;
        Till::at(stripe, stripe_url).await
    }

    async fn at(stripe: StripeStandIn, stripe_url: String) -> Till {
        Till::with(stripe, stripe_url, |_| {}).await
    }

    async fn with(stripe: StripeStandIn, stripe_url: String, adjust: impl FnOnce(&mut StripeSettings)) -> Till {
        let mut database_url = String::new();
        let context = TestContext::with(Arc::new(generated::catalog()), |config| {
            let mut settings = settings(&stripe_url);
            adjust(&mut settings);
            config.stripe = Some(settings);
            database_url.clone_from(&config.database_url);
        })
        .await;
        Till { context, stripe, stripe_url, database_url }
    }

    /// `POST /v1/topups` with an idempotency key.
    async fn top_up(&self, key: &str, idempotency_key: &str, cents: i64) -> Answer {
        self.context.buy("/v1/topups", key, idempotency_key, &json!({ "amount_cents": cents })).await
    }

    /// A top-up that must open: its id, and Stripe's session.
    async fn opened(&self, key: &str, idempotency_key: &str, cents: i64) -> (String, String) {
        let answer = self.top_up(key, idempotency_key, cents).await;
        let body = answer.expect(201);
        let session = body["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        (body["id"].as_str().unwrap().to_owned(), session)
    }

    fn webhook(&self) -> String {
        format!("{}/webhooks/stripe", self.context.url)
    }

    /// Delivers what waits, each once and in order. All of it must be accepted.
    async fn deliver(&self) {
        let done = Chaos::default().deliver(&self.stripe, &self.webhook(), &mut Rng::new(0)).await;
        assert_eq!(done, Delivered { accepted: done.accepted, ..Delivered::default() });
    }

    /// Posts one event with a header and gives the answer.
    async fn post(&self, event: &Event, signature: &str) -> Answer {
        let request = self.context.http.post(self.webhook()).header("Content-Type", "application/json");
        self.context.send(request.header("Stripe-Signature", signature).body(event.body.clone()), None).await
    }

    /// Posts one event as Stripe would, and tells what became of it.
    async fn told(&self, event: &Event) -> String {
        let answer = self.post(event, &event.signature(now())).await;
        answer.expect(200)["outcome"].as_str().unwrap().to_owned()
    }

    /// `paid, paid 2500, returned 0, disputed 0`
    async fn state(&self, key: &str, id: &str) -> String {
        let answer = self.context.get(&format!("/v1/topups/{id}"), Some(key)).await;
        let topup = answer.expect(200);
        let cents = |name: &str| topup[name].as_i64().unwrap();
        let (paid, returned, disputed) = (cents("paid_cents"), cents("returned_cents"), cents("disputed_cents"));
        format!("{}, paid {paid}, returned {returned}, disputed {disputed}", topup["state"].as_str().unwrap())
    }

    /// What may be spent.
    async fn available(&self, key: &str) -> i64 {
        self.context.balance(key).await.0
    }

    /// What is owed.
    async fn owed(&self, key: &str) -> i64 {
        let credential = self.context.ledger.authenticate(key).await.unwrap().unwrap();
        self.context.ledger.balance(&credential.id).await.unwrap().receivable_cents
    }

    /// Runs the gateway's own command line on the same ledger.
    async fn command(&self, arguments: &[&str]) -> Output {
        let mut command = tokio::process::Command::new(tests::binary("penumbra-gateway"));
        command.args(arguments).envs(environment(&self.database_url, &self.stripe_url)).output().await.unwrap()
    }

    /// `topups reconcile`: its exit code and what it said.
    async fn reconcile(&self) -> (i32, String) {
        let output = self.command(&["topups", "reconcile"]).await;
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code().unwrap(), said)
    }
}

/// What a gateway of its own process is told.
fn environment(database_url: &str, stripe_url: &str) -> [(&'static str, String); 5] {
    [
        ("DATABASE_URL", database_url.to_owned()),
        ("PENUMBRA_STRIPE_SECRET_KEY", SECRET_KEY.to_owned()),
        ("PENUMBRA_STRIPE_WEBHOOK_SECRETS", WEBHOOK_SECRET.to_owned()),
        ("PENUMBRA_STRIPE_URL", stripe_url.to_owned()),
        ("PENUMBRA_TOPUP_RETURN_URL", "https://shop.example/done".to_owned()),
    ]
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// An event about any object, made by hand.
fn event(id: &str, kind: &str, object: serde_json::Value) -> Event {
    Event::new(id.into(), kind, &object)
}
