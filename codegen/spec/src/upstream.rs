//! The base URL of a provider, as a manifest gives it.

use crate::is_loopback;
use url::Url;

/// What is wrong with an upstream. Its text is never part of it: what is wrong may be that a secret stands there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadUpstream {
    /// Completes the sentence "the upstream …".
    pub reason: String,
    /// What mends it.
    pub help: String,
    /// Whether the text may hold a secret, so that it must not be shown.
    pub secret: bool,
}

/// The base URL without its final slash.
pub(crate) fn parse(text: &str) -> Result<String, BadUpstream> {
    // Where no URL can be read, what looks like the place of a credential counts as one.
    let secret = text.contains(['@', '?']);
    let bad = |reason: &str, help: &str| Err(BadUpstream { reason: reason.into(), help: help.into(), secret });
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => return bad(&format!("is not a URL: {error}"), "write it as `https://api.vendor.example/v1`"),
    };
    if !matches!(url.scheme(), "https" | "http") {
        return bad("must start with https://", "write it as `https://api.vendor.example/v1`");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return bad(
            "holds a credential; those come from the environment of the gateway",
            "remove what stands before the `@`, and replace that credential: whoever had this file has seen it",
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return bad(
            "has a query or a fragment",
            "end it before the `?` or `#`; what every call needs goes into `auth`",
        );
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return bad(
            "is not encrypted; http:// is accepted for this machine only",
            "write https:// if the provider has it; if not, put a proxy that encrypts in front of it",
        );
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, reason: &str, secret: bool) {
        let bad = parse(text).unwrap_err();
        assert!(bad.reason.contains(reason), "{bad:?}");
        assert_eq!(bad.secret, secret, "{text}");
        assert!(!format!("{bad:?}").contains("hunter2"), "{bad:?}");
    }

    #[test]
    fn upstreams() {
        assert_eq!(parse("https://api.example/v1/"), Ok("https://api.example/v1".to_owned()));
        assert_eq!(parse("http://localhost:8080"), Ok("http://localhost:8080".to_owned()));
        check("https://me:hunter2@api.example", "holds a credential", true);
        check("https:hunter2@api.example", "holds a credential", true);
        check("https://me:hunter2@api example", "is not a URL", true);
        check("https://api.example?key=hunter2", "a query", true);
        check("ftp://api.example", "must start with https://", false);
        check("http://api.example", "not encrypted", false);
        check("api.example", "is not a URL", false);
    }
}
