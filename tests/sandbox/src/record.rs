//! What arrived.

use http::{HeaderMap, Method};
use serde_json::Value;
use std::collections::VecDeque;

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The first path segment, whether there is such a service or not.
    pub service: String,
    /// The tool whose operation the path belongs to.
    pub tool: Option<String>,
    /// The method.
    pub method: Method,
    /// The path below the service, still encoded, with its first slash.
    pub path: String,
    /// The query string, still encoded, without its question mark; empty where there is none.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Recorded {
    /// A header's value, where it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body, where it is JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The query, decoded, in order.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }
}

const MOST_REQUESTS: usize = 10_000;
const MOST_BYTES: usize = 64 << 20;

/// The newest requests, bounded, because a stand-in may run for days.
#[derive(Default)]
pub(crate) struct Log {
    requests: VecDeque<Recorded>,
    bytes: usize,
}

impl Log {
    pub(crate) fn push(&mut self, request: Recorded) {
        self.bytes += request.body.len();
        self.requests.push_back(request);
        while self.requests.len() > MOST_REQUESTS || (self.bytes > MOST_BYTES && self.requests.len() > 1) {
            if let Some(oldest) = self.requests.pop_front() {
                self.bytes -= oldest.body.len();
            }
        }
    }

    pub(crate) fn all(&self) -> Vec<Recorded> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        *self = Log::default();
    }
}
