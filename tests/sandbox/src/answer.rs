//! Answers, before they become HTTP responses.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use uaps_model::{BodyKind, Operation};

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Vec<u8>,
    /// For 405: the methods that would do.
    pub(crate) allow: Option<String>,
}

impl Answer {
    /// What the stand-in says when it refuses: `{"error": {"status": 400, "message": "…"}}`.
    pub(crate) fn error(status: u16, message: impl Into<String>) -> Self {
        Answer::json(status, &json!({"error": {"status": status, "message": message.into()}}))
    }

    /// A JSON document.
    pub(crate) fn json(status: u16, document: &Value) -> Self {
        Answer {
            status,
            content_type: Some("application/json".into()),
            body: document.to_string().into_bytes(),
            allow: None,
        }
    }

    /// The status and media type of `operation`'s example, with `document` (or, without one, nothing) in its body.
    pub(crate) fn of(operation: &Operation, document: Option<&Value>) -> Self {
        let example = &operation.example;
        let content_type = example.content_type.as_deref().map(concrete);
        let kind = content_type.as_deref().map(BodyKind::of);
        let body = match (document, kind) {
            (Some(Value::String(text)), Some(BodyKind::Text | BodyKind::Binary)) => text.clone().into_bytes(),
            (Some(document), _) => document.to_string().into_bytes(),
            (None, Some(BodyKind::Json)) => b"null".to_vec(),
            (None, Some(_)) => b"sandbox".to_vec(),
            (None, None) => Vec::new(),
        };
        Answer { status: example.status, content_type, body, allow: None }
    }
}

/// A media type one can send: a range stands for bytes.
fn concrete(content_type: &str) -> String {
    if content_type.contains('*') { "application/octet-stream".into() } else { content_type.to_owned() }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        // Informational statuses end no exchange, so they can't be answered with.
        let status = StatusCode::from_u16(self.status).ok().filter(|s| !s.is_informational()).unwrap_or(StatusCode::OK);
        let empty = matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED);
        let mut response = Response::new(if empty { Body::empty() } else { Body::from(self.body) });
        *response.status_mut() = status;
        let headers = [(header::CONTENT_TYPE, self.content_type.filter(|_| !empty)), (header::ALLOW, self.allow)];
        for (name, value) in headers {
            if let Some(value) = value.and_then(|v| HeaderValue::try_from(v).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
