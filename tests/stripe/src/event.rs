//! Events, and their signature.

use crate::WEBHOOK_SECRET;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// An event that waits to be delivered, as it will be each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// What is sent and signed.
    pub body: String,
}

impl Event {
    /// An event about an object as it is now.
    pub fn new(id: String, kind: &str, object: &Value) -> Self {
        let body = json!({
            "id": id,
            "object": "event",
            "api_version": "2025-08-27.basil",
            "created": crate::book::now(),
            "data": {"object": object},
            "livemode": false,
            "pending_webhooks": 1,
            "type": kind,
        });
        // Indented, as Stripe does: whoever writes the JSON anew signs something else.
        let body = serde_json::to_string_pretty(&body).unwrap_or_default();
        Event { id, kind: kind.to_owned(), body }
    }

    /// The header with which this is believed, at `seconds` since 1970.
    pub fn signature(&self, seconds: i64) -> String {
        sign(WEBHOOK_SECRET, seconds, &self.body)
    }
}

/// `t=…,v1=…` over a body.
pub fn sign(secret: &str, seconds: i64, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length is taken");
    let mac = mac.chain_update(format!("{seconds}.{body}")).finalize().into_bytes();
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hex}")
}
