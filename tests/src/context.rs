//! A gateway, its ledger and its providers.

use crate::Answer;
use gateway::{Config, Gateway, ProviderSetting, Secret};
use ledger::{Ledger, NewKey};
use sandbox::Sandbox;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use uaps_model::{AccessLevel, Catalog, IDEMPOTENCY_KEY, Operation};

/// The admin token of every test gateway.
pub const ADMIN_TOKEN: &str = "an-admin-token-for-tests";

/// A gateway on a free port, with the sandbox as every provider.
pub struct TestContext {
    /// `http://127.0.0.1:<port>` of the gateway.
    pub url: String,
    /// The providers.
    pub sandbox: Sandbox,
    /// The gateway's ledger.
    pub ledger: Ledger,
    /// The services on offer.
    pub catalog: Arc<Catalog>,
    /// A client without credentials.
    pub http: reqwest::Client,
    _stop: tokio::sync::oneshot::Sender<()>,
    _folder: tempfile::TempDir,
}

impl TestContext {
    /// The services that are compiled in.
    pub async fn start() -> Self {
        Self::with(Arc::new(generated::catalog()), |_| {}).await
    }

    /// Other services, or another configuration.
    pub async fn with(catalog: Arc<Catalog>, adjust: impl FnOnce(&mut Config)) -> Self {
        gateway::install_crypto();
        let sandbox = Sandbox::new(catalog.clone());
        let providers = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let providers_url = format!("http://{}", providers.local_addr().expect("an address"));
        let router = sandbox.router();
        tokio::spawn(async move { axum::serve(providers, router).await });

        let folder = tempfile::tempdir().expect("a temporary folder");
        let database_url = format!("sqlite://{}", folder.path().join("ledger.db").display());
        let ledger = Ledger::open(&database_url).await.expect("the ledger opens");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let mut config = Config {
            database_url,
            listen: address.to_string(),
            admin_token: Some(Secret::new(ADMIN_TOKEN)),
            upstream_timeout: Duration::from_secs(2),
            ..Config::default()
        };
        for service in catalog.services() {
            config
                .providers
                .set(&service.id, provider(&format!("{providers_url}/{}", service.id), service.id.as_str()));
        }
        adjust(&mut config);
        let gateway = Gateway::new(config, catalog.clone(), ledger.clone()).expect("the gateway starts");
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        tokio::spawn(async move {
            let stopped = async move {
                let _ = stopped.await;
            };
            gateway.serve(listener, stopped).await
        });
        TestContext {
            url: format!("http://{address}"),
            sandbox,
            ledger,
            catalog,
            http: reqwest::Client::new(),
            _stop: stop,
            _folder: folder,
        }
    }

    /// A key that may spend `credit_cents`.
    pub async fn key(&self, credit_cents: i64) -> String {
        self.key_of(AccessLevel::Authenticated, credit_cents).await
    }

    /// A key of a level.
    pub async fn key_of(&self, level: AccessLevel, credit_cents: i64) -> String {
        let key = NewKey { credit_cents, ..NewKey::new("person@example.com", level) };
        self.ledger.create_key(key).await.expect("a key").secret.reveal().to_owned()
    }

    /// `GET path`, with a key or without.
    pub async fn get(&self, path: &str, key: Option<&str>) -> Answer {
        self.send(self.http.get(format!("{}{path}", self.url)), key).await
    }

    /// `POST path` with JSON, with a key or without.
    pub async fn post(&self, path: &str, key: Option<&str>, body: &Value) -> Answer {
        self.send(self.http.post(format!("{}{path}", self.url)).json(body), key).await
    }

    /// A purchase: `POST path` with an idempotency key.
    pub async fn buy(&self, path: &str, key: &str, idempotency_key: &str, body: &Value) -> Answer {
        let request =
            self.http.post(format!("{}{path}", self.url)).header("Idempotency-Key", idempotency_key).json(body);
        self.send(request, Some(key)).await
    }

    /// A tool call as `POST /services/{service}/tools/{tool}`.
    pub async fn call(&self, service: &str, tool: &str, key: Option<&str>, parameters: Value) -> Answer {
        self.post(&format!("/services/{service}/tools/{tool}"), key, &json!({ "parameters": parameters })).await
    }

    /// Sends a request with a key or without.
    pub async fn send(&self, request: reqwest::RequestBuilder, key: Option<&str>) -> Answer {
        let request = match key {
            Some(key) => request.bearer_auth(key),
            None => request,
        };
        Answer::of(request.send().await.expect("the gateway answers")).await
    }

    /// One of the services' operations.
    pub fn operation(&self, service: &str, tool: &str) -> &Operation {
        let service = self.catalog.get(service).expect("the service exists").expect("its catalogue is good");
        service.operation(tool).expect("the tool exists")
    }

    /// The arguments of an operation's example; a purchase's come without an idempotency key.
    pub fn example(&self, service: &str, tool: &str) -> Value {
        let mut arguments = self.operation(service, tool).example.arguments.clone();
        if let Some(arguments) = arguments.as_object_mut() {
            arguments.remove(IDEMPOTENCY_KEY);
        }
        arguments
    }

    /// The same with an idempotency key.
    pub fn purchase(&self, service: &str, tool: &str, idempotency_key: &str) -> Value {
        let mut arguments = self.example(service, tool);
        arguments[IDEMPOTENCY_KEY] = json!(idempotency_key);
        arguments
    }

    /// An operation's example answer with one value replaced.
    pub fn response_with(&self, service: &str, tool: &str, pointer: &str, value: Value) -> Value {
        let mut response = self.operation(service, tool).example.response.clone().expect("it has an answer");
        *response.pointer_mut(pointer).expect("the answer has this member") = value;
        response
    }

    /// What the key may still spend, what is held, and what is there in all: `(available, held, posted)` in cents.
    pub async fn balance(&self, key: &str) -> (i64, i64, i64) {
        let credential = self.ledger.authenticate(key).await.expect("the ledger answers").expect("the key is good");
        let balance = self.ledger.balance(&credential.id).await.expect("the ledger answers");
        (balance.available_cents, balance.held_cents, balance.posted_cents)
    }

    /// Asserts that every invariant of the ledger holds.
    pub async fn audit(&self) {
        let report = self.ledger.audit().await.expect("the ledger answers");
        assert!(report.is_clean(), "{report:?}");
    }
}

/// The settings of a provider at `url`, with a credential that the sandbox takes.
pub fn provider(url: &str, id: &str) -> ProviderSetting {
    ProviderSetting {
        api_key: Some(Secret::new(format!("sandbox-{id}"))),
        token: Some(Secret::new(format!("sandbox-{id}"))),
        base_url: Some(url.parse().expect("a URL")),
        ..ProviderSetting::default()
    }
}
