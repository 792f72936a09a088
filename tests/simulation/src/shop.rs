//! What is for sale: one service with a call that costs a fee, a quote, an order that the provider recognises when it comes
//! again, and a ticket that it doesn't.

use http::Method;
use serde_json::json;
use std::sync::Arc;
use uaps_model::{Catalog, IDEMPOTENCY_KEY, Service};

/// Which of the two purchases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ware {
    /// The provider recognises a repeated order by its name.
    Order,
    /// The provider takes each order for a new one.
    Ticket,
}

impl Ware {
    /// Its path at the provider.
    pub fn path(self) -> &'static str {
        match self {
            Ware::Order => "/orders",
            Ware::Ticket => "/tickets",
        }
    }
}

/// The fixed fees of the simulation, by tool. The matrix has none.
pub const FEES: &[(&str, i64)] = &[("search", 5), ("quote_order", 3), ("place_ticket", 4)];

/// The catalogue with the shop, which takes these fees.
pub fn catalog(fees: &[(&str, i64)]) -> anyhow::Result<Arc<Catalog>> {
    let mut service: Service = serde_json::from_str(include_str!("shop.json"))?;
    for op in &mut service.operations {
        op.fee_cents = fees.iter().find(|(tool, _)| *tool == op.tool.as_str()).map_or(0, |(_, cents)| *cents);
    }
    Ok(Arc::new(Catalog::from_json([serde_json::to_string(&service)?])?))
}

/// A request of a client's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// How.
    pub method: Method,
    /// Where, at the gateway.
    pub path: String,
    /// The client's name for a purchase.
    pub key: Option<String>,
    /// JSON; empty for none.
    pub body: String,
}

impl Ask {
    /// A purchase of `item`; `note` is what the provider remembers it by.
    pub fn buy(ware: Ware, key: &str, item: usize, note: &str) -> Ask {
        let body = json!({"item": item, "note": note}).to_string();
        Ask { method: Method::POST, path: format!("/shop{}", ware.path()), key: Some(key.to_owned()), body }
    }

    /// The price of `item`.
    pub fn quote(item: usize) -> Ask {
        Ask { method: Method::POST, path: "/shop/quotes".into(), key: None, body: json!({"item": item}).to_string() }
    }

    /// A yes or a no to the question of a purchase.
    pub fn answer(approval: &str, yes: bool) -> Ask {
        let body = json!({"decision": if yes { "approve" } else { "deny" }}).to_string();
        Ask { method: Method::POST, path: format!("/v1/approvals/{approval}"), key: None, body }
    }

    /// A call that costs a fee.
    pub fn search() -> Ask {
        Ask { method: Method::GET, path: "/shop/search".into(), key: None, body: String::new() }
    }

    /// As an HTTP request under a unified key.
    pub fn request(&self, secret: &str) -> http::Result<http::Request<axum::body::Body>> {
        let mut request = http::Request::builder().method(&self.method).uri(&self.path).header("x-api-key", secret);
        if let Some(key) = &self.key {
            request = request.header(IDEMPOTENCY_KEY, key);
        }
        if !self.body.is_empty() {
            request = request.header(http::header::CONTENT_TYPE, "application/json");
        }
        request.body(self.body.clone().into())
    }
}
