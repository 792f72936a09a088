//! Answers that repeat the gateway's own credential, which no caller and no store may see.

use super::{MAX_ANSWER_BYTES, Pipeline};
use crate::upstream::{SendError, Whole};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use serde_json::json;
use uaps_model::Service;

impl Pipeline {
    /// The answer, or one of the same status that says why the provider's words are not here.
    pub(super) fn withhold(&self, service: &Service, whole: Whole) -> Whole {
        let leaks = |text: &[u8]| self.providers().leaks(service, text);
        if !leaks(&whole.body) && !whole.headers.get(CONTENT_TYPE).is_some_and(|value| leaks(value.as_bytes())) {
            return whole;
        }
        tracing::warn!(service = %service.id, status = whole.status.as_u16(), "a provider repeated the gateway's credential");
        let detail = format!("`{}` repeated the gateway's credential in its answer, which is withheld", service.id);
        let body = json!({"withheld": true, "detail": detail}).to_string();
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        Whole { status: whole.status, headers, body: body.into() }
    }

    /// A text about an answer, unless it repeats the credential.
    pub(super) fn withhold_text(&self, service: &Service, text: String) -> String {
        match self.providers().leaks(service, text.as_bytes()) {
            true => {
                "the provider's answer can't be used, and it is withheld because it repeats the gateway's credential"
                    .into()
            }
            false => text,
        }
    }

    /// Reads an answer to its end, within the size and the time limit.
    pub(super) async fn read_whole(&self, service: &Service, response: reqwest::Response) -> Result<Whole, SendError> {
        let read = self.upstream().read(response, MAX_ANSWER_BYTES);
        let limit = self.upstream().timeout();
        let whole = tokio::time::timeout(limit, read).await.unwrap_or(Err(SendError::Timeout(limit)));
        let whole = whole.inspect_err(|error| tracing::info!(service = %service.id, %error, "an answer was not read"));
        Ok(self.withhold(service, whole?))
    }
}
