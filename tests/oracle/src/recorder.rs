//! A server on this machine that writes down what it is sent.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of a body that are read, at most.
const MAX_BODY: usize = 16 << 20;

/// One request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its method.
    pub method: String,
    /// Path and query as they stood in the request line.
    pub target: String,
    /// Every header by name; those of one name in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Bytes,
}

/// What the recorder answers.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The status; 200 where it is none.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// The body.
    pub body: String,
}

#[derive(Default)]
struct Inner {
    sent: Vec<Sent>,
    answer: Answer,
}

/// The server. It runs until the runtime ends.
#[derive(Clone)]
pub struct Recorder {
    /// `http://127.0.0.1:<port>`
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

impl Recorder {
    /// Starts one on a free port.
    ///
    /// # Errors
    ///
    /// The machine has no port for it.
    pub async fn start() -> std::io::Result<Self> {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let app = axum::Router::new().fallback(record).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Recorder { url, inner })
    }

    /// What to answer from now on.
    pub fn answer(&self, answer: Answer) {
        lock(&self.inner).answer = answer;
    }

    /// The requests since the last call.
    pub fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut lock(&self.inner).sent)
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn record(State(inner): State<Arc<Mutex<Inner>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, MAX_BODY).await.unwrap_or_default();
    let mut headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    // Stable: the order among headers of one name is kept, that of names means nothing.
    headers.sort_by(|a, b| a.0.cmp(&b.0));
    let target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let mut inner = lock(&inner);
    inner.sent.push(Sent { method: parts.method.to_string(), target, headers, body });
    let Answer { status, content_type, body } = inner.answer.clone();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    if let Some(value) = content_type.and_then(|text| text.parse().ok()) {
        response.headers_mut().insert("content-type", value);
    }
    response
}
