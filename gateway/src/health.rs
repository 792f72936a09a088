//! How providers are: asked when somebody wants to know, at most once in a while.

use crate::credentials::ProviderSettings;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use metatool::{HealthStatus, ServiceHealth};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::Instant as Deadline;
use uaps_model::{Catalog, Service};

/// How long a finding is good, so that callers can't use the gateway to shout at providers.
const FRESH: Duration = Duration::from_secs(15);

/// How long a provider may take. The MCP tool gives up after two seconds.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// What is slow.
const SLOW: Duration = Duration::from_millis(1000);

/// How long a look at all of them may take.
const ALL_WITHIN: Duration = Duration::from_millis(1700);

/// Providers asked at the same time.
const PARALLEL: usize = 256;

type Cell = Arc<tokio::sync::Mutex<Option<(Instant, ServiceHealth)>>>;

/// The latest findings.
#[derive(Debug)]
pub struct HealthBoard {
    client: reqwest::Client,
    /// One lock a service, so that a crowd of askers is one question.
    cells: std::sync::Mutex<HashMap<String, Cell>>,
}

impl HealthBoard {
    /// An empty board.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("penumbra-health/", env!("CARGO_PKG_VERSION")))
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(HealthBoard { client, cells: std::sync::Mutex::default() })
    }

    /// One service.
    pub async fn service(&self, providers: &ProviderSettings, service: &Service) -> ServiceHealth {
        let cell = {
            let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
            cells.entry(service.id.to_string()).or_default().clone()
        };
        let mut cell = cell.lock().await;
        if let Some((_, health)) = cell.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return health.clone();
        }
        let health = self.ask(providers, service).await;
        *cell = Some((Instant::now(), health.clone()));
        health
    }

    /// All services, by id, within the time that an asker has.
    pub async fn all(&self, providers: &ProviderSettings, catalog: &Catalog) -> Vec<ServiceHealth> {
        let deadline = Deadline::now() + ALL_WITHIN;
        let services: Vec<&Service> = catalog.services().collect();
        let asked: Vec<BoxFuture<'_, ServiceHealth>> =
            services.into_iter().map(|service| self.within(deadline, providers, service).boxed()).collect();
        futures::stream::iter(asked).buffered(PARALLEL).collect().await
    }

    async fn within(&self, deadline: Deadline, providers: &ProviderSettings, service: &Service) -> ServiceHealth {
        let found = tokio::time::timeout_at(deadline, self.service(providers, service)).await;
        found.unwrap_or_else(|_| ServiceHealth {
            service: service.id.to_string(),
            status: HealthStatus::Degraded,
            detail: format!("not checked in time; ask GET /{}/health", service.id),
            latency_ms: None,
        })
    }

    /// Any answer that is not a failure counts: the base URL of an API is rarely a page. No credential is sent.
    async fn ask(&self, providers: &ProviderSettings, service: &Service) -> ServiceHealth {
        let found = |status, detail: String, latency_ms| ServiceHealth {
            service: service.id.to_string(),
            status,
            detail,
            latency_ms,
        };
        if let Err(missing) = providers.check(service) {
            return found(HealthStatus::Unconfigured, missing.to_string(), None);
        }
        let Ok(url) = providers.base_url(service) else {
            return found(HealthStatus::Down, "its upstream is not a URL".into(), None);
        };
        let started = Instant::now();
        let answer = self.client.head(url).send().await;
        let took = started.elapsed();
        let latency = u64::try_from(took.as_millis()).ok();
        match answer {
            Err(error) if error.is_timeout() => {
                found(HealthStatus::Down, format!("no answer within {} ms", TIMEOUT.as_millis()), None)
            }
            Err(_) => found(HealthStatus::Down, "no connection to the provider".into(), None),
            Ok(answer)
                if answer.status().is_server_error() && answer.status() != reqwest::StatusCode::NOT_IMPLEMENTED =>
            {
                found(HealthStatus::Degraded, format!("the provider answers {}", answer.status().as_u16()), latency)
            }
            Ok(_) if took > SLOW => found(HealthStatus::Degraded, "the provider answers slowly".into(), latency),
            Ok(_) => found(HealthStatus::Ok, String::new(), latency),
        }
    }
}
