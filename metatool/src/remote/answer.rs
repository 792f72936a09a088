//! What came back from a gateway, or did not.

use reqwest::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uaps_model::{IDEMPOTENCY_KEY, Problem, ProblemKind};

/// Bytes of an answer that are read.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Why a request got no answer. `matters`: it may have changed something.
pub(super) fn unsent(gateway: &str, error: &reqwest::Error, matters: bool) -> Problem {
    if error.is_connect() {
        return Problem::new(
            ProblemKind::Unavailable,
            format!(
                "No gateway answers at {gateway}, and nothing was sent; start one with `penumbra-gateway`, or name \
                 another with --gateway or PENUMBRA_GATEWAY"
            ),
        )
        .with("gateway", gateway);
    }
    let what = if error.is_timeout() { "did not answer in time" } else { "broke the connection off" };
    lost(gateway, what, matters)
}

fn lost(gateway: &str, what: &str, matters: bool) -> Problem {
    let advice = match matters {
        true => format!(
            "; the call may have been carried out. Repeat a purchase only with the same {IDEMPOTENCY_KEY}, which \
             never buys twice"
        ),
        false => "; try again".to_owned(),
    };
    Problem::new(ProblemKind::Unavailable, format!("The gateway at {gateway} {what}{advice}")).with("gateway", gateway)
}

/// The JSON of a good answer, or the problem document of a bad one.
pub(super) async fn read(gateway: &str, mut response: reqwest::Response, matters: bool) -> Result<Value, Problem> {
    let status = response.status();
    let header = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("no media type");
    let content_type: String = header.chars().take(80).collect();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > MAX_BODY => {
                return Err(lost(gateway, "sent more than 16 MiB", matters));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => return Err(unsent(gateway, &error, matters)),
        }
    }
    let value = serde_json::from_slice::<Value>(&body).ok();
    match value {
        Some(value) if status.is_success() => Ok(value),
        Some(value) => {
            Err(serde_json::from_value::<Problem>(value).unwrap_or_else(|_| foreign(gateway, status, &content_type)))
        }
        None => Err(foreign(gateway, status, &content_type)),
    }
}

/// A good answer as what it should be.
pub(super) fn typed<T: DeserializeOwned>(gateway: &str, value: Value) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(|error| {
        let detail = format!(
            "The gateway at {gateway} gave an answer that this program can't read ({error}); both must be of one version"
        );
        Problem::new(ProblemKind::Unavailable, detail).with("gateway", gateway)
    })
}

fn foreign(gateway: &str, status: reqwest::StatusCode, content_type: &str) -> Problem {
    let detail = format!(
        "{gateway} answered {} with {content_type}, as no Penumbra gateway does; check --gateway or PENUMBRA_GATEWAY",
        status.as_u16()
    );
    Problem::new(ProblemKind::Unavailable, detail).with("gateway", gateway)
}
