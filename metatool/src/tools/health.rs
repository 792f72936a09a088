//! `health()`: service by service, within two seconds.

use crate::backend::{Caller, HealthStatus, ServiceHealth};
use crate::outcome::{Outcome, answer};
use crate::server::Metatool;
use serde::Serialize;
use std::time::Duration;
use uaps_model::{Problem, ProblemKind};

/// After this the tool answers, whatever the backend does.
const PATIENCE: Duration = Duration::from_secs(2);
/// Services that are named, those in trouble first.
const MAX_SERVICES: usize = 30;

#[derive(Serialize)]
struct Health {
    /// The worst of all services. Not called `status`, because a problem's `status` is a number.
    overall: HealthStatus,
    summary: String,
    /// How services are searched for.
    search: String,
    /// How current the catalogue is, where it can change.
    #[serde(skip_serializing_if = "Option::is_none")]
    catalog: Option<String>,
    services: Vec<View>,
    /// Services that are not named; none of them is worse than those that are.
    #[serde(skip_serializing_if = "is_zero")]
    more: usize,
}

#[derive(Serialize)]
struct View {
    service: String,
    status: HealthStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_ms: Option<u64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

pub(super) async fn call(metatool: &Metatool, caller: &Caller) -> Outcome {
    let asked = tokio::time::timeout(PATIENCE, metatool.backend().health(caller)).await;
    let catalog = metatool.backend().catalog_state();
    let late = || {
        Problem::new(ProblemKind::Unavailable, "The gateway did not tell within two seconds; services may still work")
    };
    let mut all = asked.unwrap_or_else(|_| Err(late())).map_err(|problem| match &catalog {
        Some(state) => problem.with("catalog", state.as_str()),
        None => problem,
    })?;
    all.sort_by(|a, b| b.status.cmp(&a.status).then_with(|| a.service.cmp(&b.service)));
    let working = all.iter().filter(|s| s.status == HealthStatus::Ok).count();
    let overall = all.first().map_or(HealthStatus::Ok, |s| s.status);
    let summary = format!("{working} of {} services work", all.len());
    let more = all.len().saturating_sub(MAX_SERVICES);
    let services = all.into_iter().take(MAX_SERVICES).map(view).collect();
    answer(&Health { overall, summary, search: crate::search::state(), catalog, services, more })
}

fn view(health: ServiceHealth) -> View {
    let advice = match health.status {
        HealthStatus::Ok => None,
        HealthStatus::Degraded => Some("Calls may be slow or fail; retry those that do"),
        HealthStatus::Down => Some("Use another service, or try again in a minute"),
        HealthStatus::Unconfigured => Some("Use another service; the gateway's operator must set its credential"),
    };
    View {
        service: health.service,
        status: health.status,
        latency_ms: health.latency_ms,
        detail: health.detail,
        advice,
    }
}
