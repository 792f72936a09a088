//! Who sent a request: the key and the address. Nobody is believed yet.

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use metatool::Caller;
use std::convert::Infallible;
use std::net::SocketAddr;

/// The caller of a request.
#[derive(Debug, Clone)]
pub struct From(pub Caller);

impl<S: Sync> FromRequestParts<S> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<Caller>().cloned();
        Ok(From(known.unwrap_or_else(|| caller(&parts.headers, &parts.extensions))))
    }
}

/// Reads `Authorization: Bearer`, else `X-API-Key`.
///
/// A header that is there but holds no key, such as another scheme, is a key that is not valid, and not the absence of
/// one: whoever sends credentials means to be known.
pub fn caller(headers: &HeaderMap, extensions: &Extensions) -> Caller {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default().trim());
    let key = text(AUTHORIZATION.as_str()).map(|value| bearer(value).unwrap_or_default()).or_else(|| text("x-api-key"));
    let address = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    Caller { key: key.map(str::to_owned), address }
}

/// The token of a `Bearer` value.
pub fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], expected: Option<&str>) {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        assert_eq!(caller(&headers, &Extensions::new()).key.as_deref(), expected);
    }

    #[test]
    fn a_key_comes_in_one_of_two_headers() {
        check(&[], None);
        check(&[("authorization", "Bearer unified-1")], Some("unified-1"));
        check(&[("authorization", "bearer  unified-1 ")], Some("unified-1"));
        check(&[("x-api-key", "unified-2")], Some("unified-2"));
        check(&[("authorization", "Bearer unified-1"), ("x-api-key", "unified-2")], Some("unified-1"));
    }

    #[test]
    fn other_credentials_are_not_the_absence_of_a_key() {
        check(&[("authorization", "Basic dTpw")], Some(""));
        check(&[("authorization", "Bearer")], Some(""));
        check(&[("x-api-key", "")], Some(""));
    }
}
