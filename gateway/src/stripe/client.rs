//! Requests to Stripe's API: forms in, JSON out.

use super::StripeSettings;
use super::object::{reference, shown, text};
use crate::Secret;
use crate::executor::OutboundRequest;
use crate::upstream::{Channel, SendError, Upstream};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

/// The version whose objects are read here. Events come in the version of their endpoint; what is read of them is the same.
const VERSION: &str = "2024-06-20";

/// The largest answer: a page of a hundred objects.
const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// Pages of one list, so that a list that never ends does.
const MAX_PAGES: usize = 10_000;

/// Why Stripe gave nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StripeError {
    /// No answer.
    #[error("Stripe gave no answer: {0}")]
    Silent(#[from] SendError),
    /// It works on a request with the same idempotency key, or on too many.
    #[error("Stripe is busy ({0})")]
    Busy(u16),
    /// It failed itself.
    #[error("Stripe failed ({0})")]
    Failed(u16),
    /// It does not take our key.
    #[error("Stripe refuses the secret key ({0})")]
    Key(u16),
    /// It refused the request.
    #[error("Stripe refused ({status}): {reason}")]
    Refused {
        /// The answer's status.
        status: u16,
        /// What it said.
        reason: String,
    },
    /// Its answer is none.
    #[error("Stripe's answer can't be used: {0}")]
    Unreadable(String),
}

impl StripeError {
    /// Whether Stripe says that there is no such object.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, StripeError::Refused { status: 404, .. })
    }
}

/// A way to Stripe's API. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Client {
    base: Url,
    key: Secret,
    upstream: Upstream,
}

impl Client {
    pub(super) fn new(settings: &StripeSettings, upstream: Upstream) -> Self {
        Client { base: settings.url.clone(), key: settings.secret_key.clone(), upstream }
    }

    /// Creates something, once for each idempotency key.
    pub(super) async fn post(&self, path: &str, form: &[(&str, &str)], key: &str) -> Result<Value, StripeError> {
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = self.request(Method::POST, path, &[])?;
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        request.headers.insert(HeaderName::from_static("idempotency-key"), header(key)?);
        request.body = Some(body.into());
        self.send(request, Channel::Fresh).await
    }

    /// One object.
    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, StripeError> {
        self.send(self.request(Method::GET, path, query)?, Channel::Shared).await
    }

    /// All objects of a list, page after page.
    pub(super) async fn list(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<Value>, StripeError> {
        let unreadable = |reason: &str| StripeError::Unreadable(format!("{path} {reason}"));
        let mut found: Vec<Value> = Vec::new();
        for _ in 0..MAX_PAGES {
            let last = found.last().map(|last| reference(&serde_json::json!({ "last": last }), "last"));
            let last = match last {
                Some(None) => return Err(unreadable("has an object without an id")),
                other => other.flatten(),
            };
            let mut query = query.to_vec();
            query.push(("limit", "100"));
            query.extend(last.as_deref().map(|last| ("starting_after", last)));
            let mut page = self.get(path, &query).await?;
            let more = page.get("has_more").and_then(Value::as_bool);
            let data = page.get_mut("data").and_then(Value::as_array_mut).map(std::mem::take);
            let (Some(more), Some(data)) = (more, data) else { return Err(unreadable("is no list")) };
            let empty = data.is_empty();
            found.extend(data);
            if !more || empty {
                return Ok(found);
            }
        }
        Err(unreadable("does not end"))
    }

    fn request(&self, method: Method, path: &str, query: &[(&str, &str)]) -> Result<OutboundRequest, StripeError> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut key = header(&format!("Bearer {}", self.key.expose()))?;
        key.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, key);
        headers.insert(HeaderName::from_static("stripe-version"), HeaderValue::from_static(VERSION));
        Ok(OutboundRequest { method, url, headers, body: None })
    }

    async fn send(&self, request: OutboundRequest, channel: Channel) -> Result<Value, StripeError> {
        let whole = self.upstream.send_whole(request, channel, MAX_ANSWER_BYTES).await?;
        let body = serde_json::from_slice::<Value>(&whole.body);
        match whole.status.as_u16() {
            200..=299 => body
                .ok()
                .filter(Value::is_object)
                .ok_or_else(|| StripeError::Unreadable("it is no JSON object".to_owned())),
            status @ (409 | 429) => Err(StripeError::Busy(status)),
            status @ (401 | 403) => Err(StripeError::Key(status)),
            status @ 400..=499 => {
                let body = body.unwrap_or_default();
                let said = body.get("error").and_then(|error| text(error, "message")).unwrap_or("without a reason");
                Err(StripeError::Refused { status, reason: shown(said) })
            }
            status => Err(StripeError::Failed(status)),
        }
    }
}

fn header(text: &str) -> Result<HeaderValue, StripeError> {
    HeaderValue::try_from(text).map_err(|_| StripeError::Unreadable("a header can't be written".to_owned()))
}
