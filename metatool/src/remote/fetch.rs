//! Getting foreign text from a gateway, within bounds.

use reqwest::header::{ETAG, HeaderValue, IF_NONE_MATCH};
use reqwest::{Client, StatusCode, Url};
use std::time::Duration;

/// Until one request is answered in full.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a gateway answered.
#[derive(Debug)]
pub(super) enum Got {
    /// As it was.
    Same,
    /// A text, and its `ETag`.
    Text(Vec<u8>, Option<String>),
    /// There is nothing under that address.
    Absent,
    /// More than was to be read.
    TooLarge,
}

/// Gets `url`, unless it is as `etag` says. At most `most` bytes are read. No key is sent: what is asked for is no secret.
pub(super) async fn get(client: &Client, url: Url, etag: Option<&str>, most: usize) -> Result<Got, String> {
    let mut request = client.get(url).timeout(PATIENCE);
    if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
        request = request.header(IF_NONE_MATCH, etag);
    }
    let mut response = request.send().await.map_err(|error| reason(&error).to_owned())?;
    match response.status() {
        StatusCode::NOT_MODIFIED if etag.is_some() => return Ok(Got::Same),
        StatusCode::OK => {}
        StatusCode::NOT_FOUND => return Ok(Got::Absent),
        other => return Err(format!("it answered {}", other.as_u16())),
    }
    let etag = response.headers().get(ETAG).and_then(|etag| etag.to_str().ok()).filter(|etag| etag.len() <= 256);
    let etag = etag.map(str::to_owned);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| reason(&error).to_owned())? {
        if body.len() + chunk.len() > most {
            return Ok(Got::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Got::Text(body, etag))
}

fn reason(error: &reqwest::Error) -> &'static str {
    if error.is_connect() {
        "nobody answers there"
    } else if error.is_timeout() {
        "it did not answer in time"
    } else {
        "it broke the connection off"
    }
}
