//! Names of headers.

/// Headers of a request with a job of their own.
const TAKEN: [&str; 14] = [
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// Whether it is a legal name of a header.
pub fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// Whether a header has a job of its own, so that it can't carry an idempotency key.
pub fn is_taken_header(name: &str) -> bool {
    TAKEN.iter().any(|taken| taken.eq_ignore_ascii_case(name))
}
