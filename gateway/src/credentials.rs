//! The gateway's credentials with providers: where they come from and how they are put on a request.

use crate::Secret;
use crate::config::{ConfigError, web_url};
use crate::executor::OutboundRequest;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use std::collections::{BTreeMap, BTreeSet};
use uaps_model::{Auth, AuthScheme, SecretPlace, Service, ServiceId};
use url::Url;

/// Shorter values, in bytes, are not looked for in answers.
const MIN_SECRET: usize = 8;

/// One provider's settings.
#[derive(Debug, Clone, Default)]
pub struct ProviderSetting {
    /// `PROVIDER_<ID>_API_KEY`: for the scheme `apiKey`.
    pub api_key: Option<Secret>,
    /// `PROVIDER_<ID>_TOKEN`: a bearer token, for `oauth2` and `jwt`.
    pub token: Option<Secret>,
    /// `PROVIDER_<ID>_HEADERS`: a JSON object of header names and values, for `custom`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// `PROVIDER_<ID>_BASE_URL`: used instead of the manifest's upstream.
    pub base_url: Option<Url>,
}

/// The settings of all providers.
#[derive(Debug, Clone, Default)]
pub struct ProviderSettings {
    /// By the id as it stands in environment variables.
    by_name: BTreeMap<String, ProviderSetting>,
}

/// No credential is set for a provider that needs one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no credential is set for `{service}`; set {variable} where the gateway runs")]
pub struct CredentialMissing {
    /// The service's id.
    pub service: String,
    /// The environment variable that mends it.
    pub variable: String,
}

impl ProviderSettings {
    /// Reads `PROVIDER_<ID>_API_KEY`, `_TOKEN`, `_HEADERS` and `_BASE_URL`; other variables are left alone.
    pub fn from_vars(vars: &[(String, String)]) -> Result<Self, ConfigError> {
        let mut settings = ProviderSettings::default();
        for (variable, value) in vars {
            let Some(rest) = variable.strip_prefix("PROVIDER_") else { continue };
            let wrong = |reason: &str| ConfigError { variable: variable.clone(), reason: reason.into() };
            let value = value.trim();
            if let Some(name) = rest.strip_suffix("_API_KEY") {
                header_value(value).ok_or_else(|| wrong("holds characters that no header can carry"))?;
                settings.entry(name).api_key = Some(Secret::new(value));
            } else if let Some(name) = rest.strip_suffix("_TOKEN") {
                header_value(value).ok_or_else(|| wrong("holds characters that no header can carry"))?;
                settings.entry(name).token = Some(Secret::new(value));
            } else if let Some(name) = rest.strip_suffix("_HEADERS") {
                let expected = r#"takes a JSON object of header names and values: {"X-Auth": "…"}"#;
                settings.entry(name).headers = headers(value).ok_or_else(|| wrong(expected))?;
            } else if let Some(name) = rest.strip_suffix("_BASE_URL") {
                settings.entry(name).base_url = Some(web_url(variable, value)?);
            }
        }
        Ok(settings)
    }

    /// Sets one provider's settings.
    pub fn set(&mut self, id: &ServiceId, setting: ProviderSetting) {
        self.by_name.insert(id.env_name(), setting);
    }

    /// One provider's settings, if there are any.
    pub fn get(&self, id: &ServiceId) -> Option<&ProviderSetting> {
        self.by_name.get(&id.env_name())
    }

    /// The names that have settings, as in environment variables, for telling an operator about a misspelt one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// Where requests to a service go.
    pub fn base_url(&self, service: &Service) -> Result<Url, url::ParseError> {
        match self.get(&service.id).and_then(|setting| setting.base_url.clone()) {
            Some(url) => Ok(url),
            None => Url::parse(&service.upstream),
        }
    }

    /// Whether a service can be called, and if not, what is missing.
    pub fn check(&self, service: &Service) -> Result<(), CredentialMissing> {
        let setting = self.get(&service.id);
        let (present, kind) = match service.auth.scheme {
            AuthScheme::None => (true, ""),
            AuthScheme::ApiKey => (setting.is_some_and(|s| s.api_key.is_some()), "API_KEY"),
            AuthScheme::Oauth2 | AuthScheme::Jwt => (setting.is_some_and(|s| s.token.is_some()), "TOKEN"),
            AuthScheme::Custom => (setting.is_some_and(|s| !s.headers.is_empty()), "HEADERS"),
        };
        if present {
            return Ok(());
        }
        let variable = format!("PROVIDER_{}_{kind}", service.id.env_name());
        Err(CredentialMissing { service: service.id.to_string(), variable })
    }

    /// Puts the credential on a request. Whatever stood in its place is replaced.
    pub fn apply(&self, service: &Service, request: &mut OutboundRequest) -> Result<(), CredentialMissing> {
        self.check(service)?;
        let Some(setting) = self.get(&service.id) else { return Ok(()) };
        match service.auth.scheme {
            AuthScheme::None => {}
            AuthScheme::ApiKey => {
                if let Some(key) = &setting.api_key {
                    place(&service.auth, key, request);
                }
            }
            AuthScheme::Oauth2 | AuthScheme::Jwt => {
                let value = setting.token.as_ref().and_then(|t| header_value(&format!("Bearer {}", t.expose())));
                request.headers.extend(value.map(|value| (AUTHORIZATION, value)));
            }
            AuthScheme::Custom => {
                for (name, value) in &setting.headers {
                    request.headers.insert(name, value.clone());
                }
            }
        }
        Ok(())
    }

    /// Whether a text from a provider's answer repeats one of the gateway's secrets, plain, percent-encoded or within a
    /// JSON string. Of a header's value, the part behind the last space is a secret too: `Basic dTpw` holds `dTpw`.
    ///
    /// Values of fewer than eight bytes and of headers that say what is spoken, such as `Accept` and `X-Version`, are not
    /// looked for: they are no secrets, and they stand in every other answer.
    pub fn leaks(&self, service: &Service, text: &[u8]) -> bool {
        let Some(setting) = self.get(&service.id) else { return false };
        let secrets = setting.api_key.iter().chain(&setting.token).map(|s| s.expose().to_owned());
        let values = setting.headers.iter().filter(|(name, _)| may_be_secret(name.as_str()));
        let values = values.map(|(_, value)| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let parts = values.flat_map(|value| {
            let last = value.rsplit(' ').next().map(str::to_owned);
            last.into_iter().chain([value])
        });
        let mut sought = BTreeSet::new();
        for secret in secrets.chain(parts).filter(|secret| secret.len() >= MIN_SECRET) {
            let encoded = crate::executor::encoded(&secret);
            let quoted = serde_json::Value::from(secret.as_str()).to_string();
            sought.insert(lower_hex(&encoded));
            sought.insert(encoded.replace("%20", "+"));
            sought.insert(encoded);
            sought.insert(quoted.trim_matches('"').to_owned());
            sought.insert(secret);
        }
        sought.iter().any(|secret| text.windows(secret.len()).any(|window| window == secret.as_bytes()))
    }

    fn entry(&mut self, name: &str) -> &mut ProviderSetting {
        self.by_name.entry(name.to_owned()).or_default()
    }
}

fn may_be_secret(header: &str) -> bool {
    !(header.starts_with("accept") || header.ends_with("version") || matches!(header, "content-type" | "user-agent"))
}

/// A percent-encoded text with its hexadecimal digits in lower case.
fn lower_hex(encoded: &str) -> String {
    let mut digits = 0;
    let lower = encoded.chars().map(|c| {
        let in_code = digits > 0;
        digits = if c == '%' { 2 } else { u8::from(digits == 2) };
        if in_code { c.to_ascii_lowercase() } else { c }
    });
    lower.collect()
}

fn place(auth: &Auth, key: &Secret, request: &mut OutboundRequest) {
    let Some(name) = auth.name.as_deref() else { return };
    match auth.place {
        Some(SecretPlace::Query) => {
            let others: Vec<String> = request
                .url
                .query()
                .unwrap_or_default()
                .split('&')
                .filter(|pair| !pair.is_empty())
                .filter(|pair| {
                    crate::executor::decoded(pair.split('=').next().unwrap_or_default()).as_deref() != Some(name)
                })
                .map(str::to_owned)
                .chain([format!("{}={}", crate::executor::encoded(name), crate::executor::encoded(key.expose()))])
                .collect();
            request.url.set_query(Some(&others.join("&")));
        }
        _ => {
            if let (Ok(name), Some(value)) = (HeaderName::try_from(name), header_value(key.expose())) {
                request.headers.insert(name, value);
            }
        }
    }
}

/// A header value that no log shows.
fn header_value(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn headers(json: &str) -> Option<Vec<(HeaderName, HeaderValue)>> {
    let map: BTreeMap<String, String> = serde_json::from_str(json).ok()?;
    map.iter().map(|(name, value)| Some((HeaderName::try_from(name.as_str()).ok()?, header_value(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use serde_json::json;

    /// The request of `search` with a credential on it.
    fn applied(auth: serde_json::Value, vars: &[(&str, &str)]) -> Result<OutboundRequest, String> {
        let mut service = testing::service("https://api.example.com");
        service.auth = serde_json::from_value(auth).unwrap();
        let vars: Vec<_> = vars.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        let settings = ProviderSettings::from_vars(&vars).unwrap();
        let mut request =
            crate::executor::build(&service, testing::op(&service, "search"), &json!({"q": "a"})).unwrap();
        settings.apply(&service, &mut request).map_err(|error| error.to_string())?;
        Ok(request)
    }

    #[test]
    fn each_scheme_puts_its_proof_in_its_place() {
        let key = json!({"scheme": "apiKey", "in": "header", "name": "X-Shop-Key"});
        let request = applied(key, &[("PROVIDER_SHOP_API_KEY", "s3cret")]).unwrap();
        assert_eq!(request.headers["x-shop-key"], "s3cret");
        assert!(!format!("{request:?}").contains("s3cret"));
        let query = json!({"scheme": "apiKey", "in": "query", "name": "q"});
        let request = applied(query, &[("PROVIDER_SHOP_API_KEY", "s3&cret")]).unwrap();
        assert_eq!(request.url.query(), Some("q=s3%26cret"));
        let request = applied(json!({"scheme": "oauth2"}), &[("PROVIDER_SHOP_TOKEN", "t0ken")]).unwrap();
        assert_eq!(request.headers["authorization"], "Bearer t0ken");
        let headers = [("PROVIDER_SHOP_HEADERS", r#"{"X-A": "1", "X-B": "2"}"#)];
        let request = applied(json!({"scheme": "custom"}), &headers).unwrap();
        assert_eq!((&request.headers["x-a"], &request.headers["x-b"]), (&"1".parse().unwrap(), &"2".parse().unwrap()));
        assert!(applied(json!({"scheme": "none"}), &[]).is_ok());
    }

    #[track_caller]
    fn check_leak(vars: &[(&str, &str)], text: &str, expected: bool) {
        let vars: Vec<_> = vars.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        let settings = ProviderSettings::from_vars(&vars).unwrap();
        assert_eq!(settings.leaks(&testing::service("https://api.example.com"), text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn a_secret_is_found_in_every_form_it_is_sent_in() {
        let key = [("PROVIDER_SHOP_API_KEY", "s3cret/k=y\"&more")];
        for text in [
            "bad key s3cret/k=y\"&more",
            "?k=s3cret%2Fk%3Dy%22%26more",
            "s3cret%2fk%3dy%22%26more",
            r#"{"e": "s3cret/k=y\"&more"}"#,
        ] {
            check_leak(&key, text, true);
        }
        check_leak(&key, "bad key s3cret", false);
        let headers =
            [("PROVIDER_SHOP_HEADERS", r#"{"X-Auth": "Basic dXNlcjpwYXNz", "X-Version": "2026-01-01", "X-A": "1"}"#)];
        check_leak(&headers, "got Basic dXNlcjpwYXNz", true);
        check_leak(&headers, "got dXNlcjpwYXNz", true);
        check_leak(&headers, "Basic 1 2026-01-01", false);
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = applied(json!({"scheme": "jwt"}), &[("PROVIDER_SHOP_API_KEY", "x")]).unwrap_err();
        assert_eq!(error, "no credential is set for `shop`; set PROVIDER_SHOP_TOKEN where the gateway runs");
    }
}
