//! Requests to providers.

use crate::executor::OutboundRequest;
use bytes::{Bytes, BytesMut};
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{HeaderMap, StatusCode};
use reqwest::redirect::Policy;
use std::sync::Arc;
use std::time::Duration;

/// Redirects followed within one origin.
const MAX_REDIRECTS: usize = 5;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// No connection was made, so the provider can't have seen the request.
    #[error("no connection: {0}")]
    NeverConnected(String),
    /// It took too long; the provider may have seen the request.
    #[error("no answer within {} seconds", .0.as_secs_f32())]
    Timeout(Duration),
    /// The connection broke; the provider may have seen the request.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The answer's status is none that ends a request, such as 101.
    #[error("the provider answered {}, which is no answer", .0.as_u16())]
    NoAnswer(StatusCode),
    /// The answer is larger than can be kept.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
}

/// An answer that was read to its end.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// Which connections a request may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Pooled; redirects within the origin are followed.
    Shared,
    /// A new connection, nothing repeated, no redirects: for purchases.
    Fresh,
}

/// What carries a request to its provider and the answer back. The gateway's own is HTTP.
pub trait Transport: std::fmt::Debug + Send + Sync {
    /// Sends a request; ready as soon as the answer's head is there.
    fn send(&self, request: OutboundRequest, channel: Channel) -> BoxFuture<'_, Result<reqwest::Response, SendError>>;
}

/// The way to providers, with limits of time and size on whatever comes back. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Upstream {
    transport: Arc<dyn Transport>,
    timeout: Duration,
}

impl Upstream {
    /// Over HTTP, with the given limit for an answer's head, or for the silence between two pieces of its body.
    pub fn new(timeout: Duration) -> Result<Self, reqwest::Error> {
        Ok(Upstream::over(Arc::new(Http::new(timeout)?), timeout))
    }

    /// Over a transport of the caller's.
    pub fn over(transport: Arc<dyn Transport>, timeout: Duration) -> Self {
        Upstream { transport, timeout }
    }

    /// Sends a request and returns as soon as the answer's head is there.
    pub async fn send(&self, request: OutboundRequest, channel: Channel) -> Result<reqwest::Response, SendError> {
        let sent = tokio::time::timeout(self.timeout, self.transport.send(request, channel)).await;
        let response = sent.unwrap_or(Err(SendError::Timeout(self.timeout)))?;
        match response.status() {
            status if status.is_informational() => Err(SendError::NoAnswer(status)),
            _ => Ok(response),
        }
    }

    /// Sends a request and reads the whole answer, both within the time limit.
    pub async fn send_whole(
        &self,
        request: OutboundRequest,
        channel: Channel,
        max_bytes: usize,
    ) -> Result<Whole, SendError> {
        let whole = async { self.read(self.send(request, channel).await?, max_bytes).await };
        tokio::time::timeout(self.timeout, whole).await.unwrap_or(Err(SendError::Timeout(self.timeout)))
    }

    /// Reads an answer to its end.
    pub async fn read(&self, mut response: reqwest::Response, max_bytes: usize) -> Result<Whole, SendError> {
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| explain(error, self.timeout))? {
            if body.len() + chunk.len() > max_bytes {
                return Err(SendError::TooLarge(max_bytes));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Whole { status, headers, body: body.freeze() })
    }

    /// The limit for an answer.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }
}

/// HTTP/1.1 and HTTP/2.
#[derive(Debug)]
struct Http {
    shared: reqwest::Client,
    /// Never reuses a connection: an idle one that the provider just closed would leave a purchase's outcome unknown.
    fresh: reqwest::Client,
    timeout: Duration,
}

impl Http {
    fn new(timeout: Duration) -> Result<Self, reqwest::Error> {
        let builder = || {
            reqwest::Client::builder()
                .user_agent(concat!("penumbra/", env!("CARGO_PKG_VERSION")))
                // Shorter than the whole, so that a connection never made is told from an answer never given.
                .connect_timeout((timeout / 2).min(Duration::from_secs(10)))
                .read_timeout(timeout)
                .referer(false)
                // A proxy's own answers could not be told from a provider's.
                .no_proxy()
        };
        Ok(Http {
            shared: builder().redirect(same_origin()).build()?,
            fresh: builder()
                .redirect(Policy::none())
                .retry(reqwest::retry::never())
                .pool_max_idle_per_host(0)
                .build()?,
            timeout,
        })
    }
}

impl Transport for Http {
    fn send(&self, request: OutboundRequest, channel: Channel) -> BoxFuture<'_, Result<reqwest::Response, SendError>> {
        let client = match channel {
            Channel::Shared => &self.shared,
            Channel::Fresh => &self.fresh,
        };
        let mut builder = client.request(request.method, request.url).headers(request.headers);
        if let Some(body) = request.body {
            builder = builder.body(body);
        }
        async move { builder.send().await.map_err(|error| explain(error, self.timeout)) }.boxed()
    }
}

/// The URL is left out of every message, because a credential may stand in its query.
fn explain(error: reqwest::Error, limit: Duration) -> SendError {
    let never_sent = error.is_connect() || error.is_builder();
    let timeout = error.is_timeout();
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    match (never_sent, timeout) {
        (true, _) => SendError::NeverConnected(text),
        (false, true) => SendError::Timeout(limit),
        (false, false) => SendError::Broken(text),
    }
}

/// Follows a redirect only where it leads to the same scheme, host and port; any other is the caller's to see.
fn same_origin() -> Policy {
    Policy::custom(|attempt| {
        let same = attempt.previous().last().is_some_and(|from| from.origin() == attempt.url().origin());
        if same && attempt.previous().len() <= MAX_REDIRECTS { attempt.follow() } else { attempt.stop() }
    })
}
