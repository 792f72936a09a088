//! A backend that answers from memory and remembers who asked for what.

use futures::future::BoxFuture;
use metatool::{
    Account, AccountBalance, Backend, Caller, Cost, CostKind, HealthStatus, PurchaseRef, ServiceHealth, ToolCall,
    ToolResult,
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uaps_model::{AccessLevel, Catalog, IDEMPOTENCY_KEY, Problem, ProblemKind};

/// The one key that is worth something: 100.00 USD.
pub const KEY: &str = "unified-rich";

/// The idempotency key of a purchase that nobody knows the end of.
pub const DOUBTFUL: &str = "doubtful";

pub struct Fake {
    catalog: Arc<Catalog>,
    pub calls: Mutex<Vec<(Caller, ToolCall)>>,
    /// Set when a call was dropped before it ended.
    pub dropped: AtomicBool,
    /// Health and account never answer.
    pub stuck: bool,
}

impl Fake {
    pub fn new(catalog: Catalog) -> Arc<Self> {
        Arc::new(Fake {
            catalog: Arc::new(catalog),
            calls: Mutex::default(),
            dropped: AtomicBool::new(false),
            stuck: false,
        })
    }

    pub fn stuck(catalog: Catalog) -> Arc<Self> {
        Arc::new(Fake {
            catalog: Arc::new(catalog),
            calls: Mutex::default(),
            dropped: AtomicBool::new(false),
            stuck: true,
        })
    }

    fn answer(&self, caller: &Caller, call: &ToolCall) -> Result<ToolResult, Problem> {
        let service = match self.catalog.get(&call.service) {
            Some(service) => service.unwrap(),
            None => return Err(Problem::new(ProblemKind::UnknownService, format!("no service `{}`", call.service))),
        };
        let Some(operation) = service.operation(&call.tool) else {
            return Err(Problem::new(ProblemKind::UnknownOperation, format!("no tool `{}`", call.tool)));
        };
        let paid = operation.is_purchase();
        if paid && !call.parameters.contains_key(IDEMPOTENCY_KEY) {
            let detail = "Add `Idempotency-Key` to the parameters";
            return Err(Problem::new(ProblemKind::IdempotencyKeyRequired, detail));
        }
        let doubt = call.parameters.get(IDEMPOTENCY_KEY).is_some_and(|key| key == DOUBTFUL);
        let (status, result) = match call.tool.as_str() {
            "request_ride" if doubt => (202, Value::Null),
            "quote_ride" => (200, json!({"total": 1999})),
            "request_ride" => (201, json!({"ride_id": "r-7", "total": 1999})),
            "list_drivers" => (503, json!({"error": "busy"})),
            "search_restaurants" => (404, Value::String("no such town".into())),
            _ => (200, json!({"utc_offset_seconds": 3600, "echo": call.parameters})),
        };
        Ok(ToolResult {
            service: call.service.clone(),
            tool: call.tool.clone(),
            method: operation.method.to_string(),
            path: operation.path.clone(),
            status,
            content_type: Some("application/json".into()),
            result,
            cost: paid.then(|| Cost { kind: CostKind::Purchase, amount_cents: 1999, currency: "USD".into() }),
            purchase: paid.then(|| PurchaseRef {
                id: "pur_1".into(),
                state: if doubt { "unknown" } else { "captured" }.into(),
                replayed: false,
            }),
            balance: caller.key.as_ref().map(|_| balance(if paid { 8001 } else { 10_000 })),
        })
    }
}

fn balance(cents: i64) -> AccountBalance {
    AccountBalance {
        posted_cents: cents,
        held_cents: 0,
        available_cents: cents,
        receivable_cents: 0,
        currency: "USD".into(),
    }
}

struct OnDrop<'f>(&'f AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Backend for Fake {
    fn catalog(&self) -> Arc<Catalog> {
        self.catalog.clone()
    }

    fn execute<'a>(&'a self, caller: &'a Caller, call: ToolCall) -> BoxFuture<'a, Result<ToolResult, Problem>> {
        Box::pin(async move {
            self.calls.lock().unwrap().push((caller.clone(), call.clone()));
            if call.tool == "place_order" {
                let _mark = OnDrop(&self.dropped);
                std::future::pending::<()>().await;
            }
            self.answer(caller, &call)
        })
    }

    fn health<'a>(&'a self, _caller: &'a Caller) -> BoxFuture<'a, Result<Vec<ServiceHealth>, Problem>> {
        Box::pin(async move {
            if self.stuck {
                tokio::time::sleep(Duration::from_secs(3600)).await;
            }
            let state = |service: &str, status, detail: &str, latency_ms| ServiceHealth {
                service: service.into(),
                status,
                detail: detail.into(),
                latency_ms,
            };
            Ok(vec![
                state("food-delivery", HealthStatus::Unconfigured, "PROVIDER_FOOD_DELIVERY_API_KEY is not set", None),
                state("open-meteo", HealthStatus::Ok, "", Some(12)),
                state("rideshare", HealthStatus::Down, "The provider refuses connections", None),
            ])
        })
    }

    fn account<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<Option<Account>, Problem>> {
        Box::pin(async move {
            if self.stuck {
                tokio::time::sleep(Duration::from_secs(3600)).await;
            }
            match caller.key.as_deref() {
                None => Ok(None),
                Some(KEY) => {
                    let level = AccessLevel::Authenticated;
                    Ok(Some(Account { level, email: Some("a@example.com".into()), balance: balance(10_000) }))
                }
                Some(_) => Err(Problem::new(ProblemKind::Unauthorized, "The key is not known; check how it was set")),
            }
        })
    }
}
