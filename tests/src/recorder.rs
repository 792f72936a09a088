//! A server that writes down what it is sent.

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// One request as it arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its method.
    pub method: String,
    /// Its path, still encoded.
    pub path: String,
    /// The pairs of its query, still encoded, sorted: their order means nothing.
    pub query: Vec<String>,
    /// The headers asked for, by name.
    pub headers: Vec<(String, String)>,
    /// Its body: JSON where it is, else text.
    pub body: Value,
}

#[derive(Default)]
struct Inner {
    requests: Vec<Recorded>,
    watched: Vec<String>,
    answer: (u16, Option<String>, String),
}

/// A server on a free port of this machine.
#[derive(Clone)]
pub struct Recorder {
    /// `http://127.0.0.1:<port>`
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

impl Recorder {
    /// Starts one; it runs until the test's runtime ends.
    pub async fn start() -> Self {
        let inner = Arc::new(Mutex::new(Inner { answer: (200, None, String::new()), ..Inner::default() }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let app = axum::Router::new().fallback(record).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Recorder { url, inner }
    }

    /// Which headers to write down, and what to answer from now on.
    pub fn expect(&self, watched: Vec<String>, status: u16, content_type: Option<String>, body: String) {
        let mut inner = self.inner.lock().expect("no test panicked here");
        inner.watched = watched;
        inner.answer = (status, content_type, body);
    }

    /// The requests since the last call.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.inner.lock().expect("no test panicked here").requests)
    }
}

async fn record(State(inner): State<Arc<Mutex<Inner>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut inner = inner.lock().expect("no test panicked here");
    let mut query: Vec<String> =
        parts.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect();
    query.sort();
    let value = |name: &String| {
        let values: Vec<_> = parts.headers.get_all(name).iter().filter_map(|v| v.to_str().ok()).collect();
        (!values.is_empty()).then(|| (name.to_ascii_lowercase(), values.join(", ")))
    };
    let headers = inner.watched.iter().filter_map(value).collect();
    inner.requests.push(Recorded {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query,
        headers,
        body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
    });
    let (status, content_type, body) = inner.answer.clone();
    let status = axum::http::StatusCode::from_u16(status).unwrap_or_default();
    match content_type {
        Some(content_type) => (status, [("content-type", content_type)], body).into_response(),
        None => status.into_response(),
    }
}
