//! Which of a provider's headers reach the caller.

use axum::http::header::{CONNECTION, CONTENT_SECURITY_POLICY, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Headers that belong to the provider's connection, that would speak for the gateway's own origin, that tell a server in
/// front of the gateway to send something else, or that are the gateway's to say.
const DROPPED: &[&str] = &[
    "alt-svc",
    "clear-site-data",
    "connection",
    "content-security-policy",
    "idempotent-replayed",
    "keep-alive",
    "nel",
    "payment-required",
    "payment-response",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "public-key-pins",
    "refresh",
    "report-to",
    "reporting-endpoints",
    "server",
    "service-worker-allowed",
    "set-cookie",
    "set-cookie2",
    "sourcemap",
    "strict-transport-security",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "www-authenticate",
    "x-lighttpd-send-file",
    "x-payment-response",
    "x-reproxy-url",
    "x-request-id",
    "x-sendfile",
];

const DROPPED_PREFIXES: &[&str] = &["access-control-", "penumbra-", "x-accel-"];

/// A copy without them, and without any value for which `leaks` is true.
pub fn passed_on(upstream: &HeaderMap, leaks: impl Fn(&[u8]) -> bool) -> HeaderMap {
    let named: Vec<String> = upstream
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let passes = |name: &HeaderName| {
        let name = name.as_str();
        !DROPPED.contains(&name)
            && !DROPPED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            && !named.iter().any(|other| other == name)
    };
    let mut headers = HeaderMap::new();
    for (name, value) in upstream.iter().filter(|(name, value)| passes(name) && !leaks(value.as_bytes())) {
        headers.append(name, value.clone());
    }
    // A cache in between must not show one caller what another one got.
    headers.append(VARY, HeaderValue::from_static("authorization, x-api-key"));
    harden(&mut headers);
    headers
}

/// A provider's page must not run scripts in the gateway's origin.
pub fn harden(headers: &mut HeaderMap) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_speaks_only_for_itself() {
        let upstream: HeaderMap = [
            ("content-type", "text/html"),
            ("set-cookie", "session=1"),
            ("connection", "close, X-Hop"),
            ("x-hop", "1"),
            ("transfer-encoding", "chunked"),
            ("access-control-allow-origin", "*"),
            ("penumbra-cost-cents", "0"),
            ("x-echo", "key=SECRET"),
            ("x-accel-redirect", "/internal"),
            ("x-sendfile", "/etc/passwd"),
            ("x-lighttpd-send-file", "/etc/passwd"),
            ("x-reproxy-url", "http://192.0.2.1/"),
            ("payment-required", "eyJ4NDAyVmVyc2lvbiI6Mn0="),
            ("x-payment-response", "e30="),
            ("x-ratelimit-remaining", "9"),
        ]
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
        let passed = passed_on(&upstream, |value| value.windows(6).any(|w| w == b"SECRET"));
        let mut names: Vec<&str> = passed.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["content-security-policy", "content-type", "vary", "x-ratelimit-remaining"]);
    }
}
