//! One document over HTTPS.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;
use uaps_spec::limits::MAX_BYTES;
use ureq::http::{StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig};
use url::Url;

/// From the first byte sent to the last received.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Redirects that are followed.
const HOPS: usize = 5;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DownloadError {
    /// The caller's fault.
    #[error("`{0}` is not a URL that can be fetched: {1}")]
    Url(String, String),
    /// The network's, or the server's.
    #[error("{0} could not be fetched: {1}")]
    Failed(Url, String),
    /// The server's answer.
    #[error("{0} answered {1}; open the address in a browser, and give the one where the document itself is")]
    Status(Url, StatusCode),
    /// A decision for the caller: the document would come from somebody else.
    #[error("{from} redirects to another host, {}, which was not asked for; if that is right, give {to} itself", host(.to))]
    OtherHost {
        /// What was asked.
        from: Url,
        /// Where it points.
        to: Url,
    },
    /// A loop, or nearly.
    #[error("{0} redirects more than {HOPS} times")]
    TooManyRedirects(Url),
    /// A page for people.
    #[error("{0} answered a web page (HTML), not an OpenAPI document; give the address of the raw file")]
    Html(Url),
    /// Beyond the limit of a document.
    #[error("{0} answered more than {limit} MiB, the limit of a document", limit = MAX_BYTES / 1_048_576)]
    TooLarge(Url),
    /// Not text.
    #[error("{0} answered something that is no UTF-8 text, from byte {1} on")]
    NotText(Url, usize),
}

/// A document, and where it was in the end.
#[derive(Debug)]
pub(crate) struct Downloaded {
    /// Its text.
    pub(crate) text: String,
    /// The address that answered, from which its references start.
    pub(crate) url: Url,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A whole document.
    Document,
    /// A file that a document refers to; it may be any value.
    File,
}

/// Fetches a document. Redirects are followed on the same host only; plain HTTP is for this machine.
pub(crate) fn download(address: &str, part: Part) -> Result<Downloaded, DownloadError> {
    let wrong = |reason: &str| DownloadError::Url(address.to_owned(), reason.to_owned());
    let mut url = Url::parse(address).map_err(|e| wrong(&e.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        // The address is written into the manifest.
        return Err(DownloadError::Url(
            redacted(&url),
            "it holds a credential, which would end up in the manifest".into(),
        ));
    }
    let start = url.clone();
    for _ in 0..=HOPS {
        check_scheme(&url).map_err(|reason| DownloadError::Url(url.to_string(), reason.into()))?;
        match get(&url, part)? {
            Answer::Document(text) => return Ok(Downloaded { text, url }),
            Answer::Redirect(to) => {
                if (to.host(), to.port_or_known_default()) != (url.host(), url.port_or_known_default()) {
                    return Err(DownloadError::OtherHost { from: url, to });
                }
                url = to;
            }
        }
    }
    Err(DownloadError::TooManyRedirects(start))
}

/// Whether text is a page for people.
pub(crate) fn is_html(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let head: String = start.chars().take(15).collect::<String>().to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body", "<!--"].iter().any(|tag| head.starts_with(tag))
}

enum Answer {
    Document(String),
    Redirect(Url),
}

fn get(url: &Url, part: Part) -> Result<Answer, DownloadError> {
    let failed = |error: ureq::Error| DownloadError::Failed(url.clone(), reason(&error));
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let mut config = ureq::Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(TIMEOUT))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .accept("application/yaml, application/json, text/yaml;q=0.9, */*;q=0.5");
    if uaps_spec::is_loopback(url) {
        config = config.proxy(None);
    }
    let mut response = ureq::Agent::from(config.build()).get(url.as_str()).call().map_err(failed)?;
    let status = response.status();
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    if let (true, Some(location)) = (status.is_redirection(), location) {
        let to = url
            .join(location)
            .map_err(|e| DownloadError::Failed(url.clone(), format!("its redirect is no URL: {e}")))?;
        return Ok(Answer::Redirect(to));
    }
    if !status.is_success() {
        return Err(DownloadError::Status(url.clone(), status));
    }
    let is_page = response.body().mime_type().is_some_and(|mime| mime.eq_ignore_ascii_case("text/html"));
    let mut bytes = Vec::new();
    let read = response.body_mut().as_reader().take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| failed(ureq::Error::from(error)))?;
    if bytes.len() > MAX_BYTES {
        return Err(DownloadError::TooLarge(url.clone()));
    }
    let text =
        String::from_utf8(bytes).map_err(|e| DownloadError::NotText(url.clone(), e.utf8_error().valid_up_to()))?;
    // Some servers call every file text/html, so a page must also look like one, or like no document at all.
    let is_document = part == Part::File || ["openapi", "swagger"].iter().any(|word| text.contains(word));
    if is_html(&text) || (is_page && !is_document) {
        return Err(DownloadError::Html(url.clone()));
    }
    Ok(Answer::Document(text))
}

const NO_HOST: &str = "there is no such host; check the spelling and the network";

fn reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => format!("no answer within {} seconds", TIMEOUT.as_secs()),
        ureq::Error::HostNotFound => NO_HOST.to_owned(),
        ureq::Error::Io(error) => match error.kind() {
            std::io::ErrorKind::ConnectionRefused => "nothing answers there; the connection was refused".to_owned(),
            std::io::ErrorKind::TimedOut => format!("no answer within {} seconds", TIMEOUT.as_secs()),
            std::io::ErrorKind::UnexpectedEof => "the connection ended in the middle of the answer".to_owned(),
            _ if error.to_string().contains("lookup address") => NO_HOST.to_owned(),
            _ => error.to_string(),
        },
        other => other.to_string(),
    }
}

fn check_scheme(url: &Url) -> Result<(), &'static str> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if uaps_spec::is_loopback(url) => Ok(()),
        "http" => Err("it is not encrypted; use https:// (http:// is for this machine only)"),
        _ => Err("use https://, or the path of a file"),
    }
}

fn host(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => "?".to_owned(),
    }
}

fn redacted(url: &Url) -> String {
    let host = host(url);
    format!("{}://…@{host}{}", url.scheme(), url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, expected: &str) {
        let message = download(address, Part::Document).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
        assert!(!message.contains("secret"), "{message}");
    }

    #[test]
    fn what_is_not_even_tried() {
        check("http://api.weather.example/openapi.json", "not encrypted");
        check("ftp://api.weather.example/openapi.json", "use https://");
        check("https://me:secret@api.weather.example/x", "holds a credential");
        check("https://", "not a URL");
    }
}
