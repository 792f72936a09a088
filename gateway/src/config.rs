//! What the operator decides, read from the environment.

use crate::Secret;
use crate::StripeSettings;
use crate::credentials::ProviderSettings;
use crate::pipeline::{Reconcile, RedisAddress};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use url::{Host, Url};

const CONFIRMATION_SECRET: &str = "PENUMBRA_CONFIRMATION_SECRET";

/// The gateway's settings. [`Config::default`] is what an empty environment gives.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DATABASE_URL`: where the ledger is. Default `sqlite://penumbra.db`.
    pub database_url: String,
    /// `REDIS_URL`: where rate limits are counted for several gateways. Default: each counts for itself.
    pub redis: Option<RedisAddress>,
    /// `PENUMBRA_LISTEN`: host and port. Default `127.0.0.1:8080`.
    pub listen: String,
    /// `PENUMBRA_PUBLIC_URL`: how clients reach the gateway, for the OpenAPI documents. Default: relative.
    pub public_url: Option<Url>,
    /// `PENUMBRA_ADMIN_TOKEN`: opens the admin routes. Without it they don't exist.
    pub admin_token: Option<Secret>,
    /// `PENUMBRA_CONFIRMATION_SECRET`: what makes the tokens of confirmations this gateway's. Several gateways need the same.
    /// Default: a random one, so that a token is good for the process that gave it out.
    pub confirmation_secret: Option<Secret>,
    /// `PENUMBRA_MAX_BODY_BYTES`: the largest request body. Default 1 MiB.
    pub max_body_bytes: usize,
    /// `PENUMBRA_UPSTREAM_TIMEOUT_SECONDS`: how long a provider may take to answer. Default 30.
    pub upstream_timeout: Duration,
    /// `PENUMBRA_RECONCILE_SECONDS`: how often purchases of unknown outcome are looked for. Default 15.
    /// `PENUMBRA_LOST_AFTER_SECONDS`: what an order under way gets beyond the time that its caller waits, before another
    /// gateway takes it for lost. Default 60.
    pub reconcile: Reconcile,
    /// `PENUMBRA_ALLOWED_HOSTS`: `Host` values that the MCP endpoint answers to, beside loopback. Comma-separated.
    pub allowed_hosts: Vec<String>,
    /// `PENUMBRA_ALLOWED_ORIGINS`: `Origin` values that the MCP endpoint answers to, beside loopback. Comma-separated.
    pub allowed_origins: Vec<String>,
    /// `PENUMBRA_MCP_SESSIONS`: whether clients of older eras get sessions at `/mcp`, so that they can be asked something.
    /// Default `false`.
    pub mcp_sessions: bool,
    /// `PENUMBRA_STRIPE_…` and `PENUMBRA_TOPUP_…`: how keys are topped up. Default: they are not.
    pub stripe: Option<StripeSettings>,
    /// `PENUMBRA_CATALOG`: a folder with services beside those that are compiled in. Default: there are no others.
    pub catalog: Option<PathBuf>,
    /// `PROVIDER_<ID>_…`: credentials and addresses of providers.
    pub providers: ProviderSettings,
}

/// A setting that can't be used. The text names the variable and what it takes; it never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {reason}")]
pub struct ConfigError {
    /// The environment variable.
    pub variable: String,
    /// What is wrong and what it takes.
    pub reason: String,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            database_url: "sqlite://penumbra.db".into(),
            redis: None,
            listen: "127.0.0.1:8080".into(),
            public_url: None,
            admin_token: None,
            confirmation_secret: None,
            max_body_bytes: 1024 * 1024,
            upstream_timeout: Duration::from_secs(30),
            reconcile: Reconcile::default(),
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            mcp_sessions: false,
            stripe: None,
            catalog: None,
            providers: ProviderSettings::default(),
        }
    }
}

impl Config {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        let vars = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
        Self::from_vars(vars)
    }

    /// Reads variables given as pairs. An empty value counts as not set.
    pub fn from_vars(vars: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let vars: Vec<(String, String)> = vars.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
        let var = |name: &str| vars.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim().to_owned());
        let list = |name: &str| -> Vec<String> {
            var(name).unwrap_or_default().split(',').map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect()
        };
        let default = Config::default();
        let public_url = var("PENUMBRA_PUBLIC_URL").map(|text| web_url("PENUMBRA_PUBLIC_URL", &text)).transpose()?;
        let seconds = number(&var, "PENUMBRA_UPSTREAM_TIMEOUT_SECONDS", 1u64..=600)?;
        let every = number(&var, "PENUMBRA_RECONCILE_SECONDS", 1u64..=3600)?;
        let every = every.map_or(default.reconcile.every, Duration::from_secs);
        let late = number(&var, "PENUMBRA_LOST_AFTER_SECONDS", 1u64..=3600)?;
        let late = late.map_or(default.reconcile.late, Duration::from_secs);
        Ok(Config {
            reconcile: Reconcile { every, late, ..default.reconcile },
            database_url: var("DATABASE_URL").unwrap_or(default.database_url),
            redis: var("REDIS_URL").map(|url| redis(&url)).transpose()?,
            listen: var("PENUMBRA_LISTEN").unwrap_or(default.listen),
            public_url,
            admin_token: var("PENUMBRA_ADMIN_TOKEN")
                .map(|text| secret("PENUMBRA_ADMIN_TOKEN", 16, text))
                .transpose()?,
            confirmation_secret: var(CONFIRMATION_SECRET)
                .map(|text| secret(CONFIRMATION_SECRET, 32, text))
                .transpose()?,
            max_body_bytes: number(&var, "PENUMBRA_MAX_BODY_BYTES", 1usize..=1 << 30)?
                .unwrap_or(default.max_body_bytes),
            upstream_timeout: seconds.map_or(default.upstream_timeout, Duration::from_secs),
            allowed_hosts: list("PENUMBRA_ALLOWED_HOSTS"),
            allowed_origins: list("PENUMBRA_ALLOWED_ORIGINS"),
            mcp_sessions: flag(&var, "PENUMBRA_MCP_SESSIONS")?,
            stripe: StripeSettings::from_vars(&var)?,
            catalog: var("PENUMBRA_CATALOG").map(PathBuf::from),
            providers: ProviderSettings::from_vars(&vars)?,
        })
    }
}

/// So many characters at least, so that nobody guesses it.
fn secret(variable: &str, least: usize, text: String) -> Result<Secret, ConfigError> {
    if text.len() < least {
        return Err(ConfigError {
            variable: variable.into(),
            reason: format!("is shorter than {least} characters; make one with `openssl rand -hex 32`"),
        });
    }
    Ok(Secret::new(text))
}

fn redis(url: &str) -> Result<RedisAddress, ConfigError> {
    url.parse().map_err(|reason| ConfigError { variable: "REDIS_URL".into(), reason })
}

/// `true` or `false`; `false` where nothing is said.
fn flag(var: &impl Fn(&str) -> Option<String>, name: &str) -> Result<bool, ConfigError> {
    match var(name).as_deref() {
        Some("true") => Ok(true),
        Some("false") | None => Ok(false),
        Some(text) => {
            Err(ConfigError { variable: name.into(), reason: format!("is `{text}`; it takes true or false") })
        }
    }
}

/// A whole number within a range.
pub(crate) fn number<N: FromStr + PartialOrd + std::fmt::Display>(
    var: &impl Fn(&str) -> Option<String>,
    name: &str,
    range: std::ops::RangeInclusive<N>,
) -> Result<Option<N>, ConfigError> {
    let Some(text) = var(name) else { return Ok(None) };
    match text.parse().ok().filter(|n| range.contains(n)) {
        Some(number) => Ok(Some(number)),
        None => Err(ConfigError {
            variable: name.into(),
            reason: format!("is `{text}`; it takes a whole number from {} to {}", range.start(), range.end()),
        }),
    }
}

/// An absolute http or https URL without a user, query or fragment.
pub(crate) fn web_url(variable: &str, text: &str) -> Result<Url, ConfigError> {
    let wrong = |reason: &str| ConfigError { variable: variable.into(), reason: reason.into() };
    let url =
        Url::parse(text).map_err(|e| wrong(&format!("is not a URL: {e}; it takes https://HOST or http://HOST")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong("takes a URL that starts with https:// or http:// and names a host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("may not hold a user or a password; set the provider's credential in its own variable"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("may not hold a query or a fragment"));
    }
    Ok(url)
}

/// Whether an address is this machine's own. Nothing is looked up.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<Config, String> {
        Config::from_vars(vars.iter().map(|(k, v)| (k.to_string(), v.to_string()))).map_err(|e| e.to_string())
    }

    #[test]
    fn an_empty_environment_gives_the_defaults() {
        let config =
            read(&[("PENUMBRA_ADMIN_TOKEN", ""), ("PENUMBRA_ALLOWED_HOSTS", "a.example, b.example,")]).unwrap();
        assert!(config.admin_token.is_none());
        assert_eq!(config.upstream_timeout, Duration::from_secs(30));
        assert_eq!(config.max_body_bytes, 1_048_576);
        assert_eq!(config.allowed_hosts, ["a.example", "b.example"]);
    }

    #[test]
    fn a_bad_setting_says_what_it_takes() {
        let error = |name: &str, value: &str| read(&[(name, value)]).unwrap_err();
        insta::assert_snapshot!(error("PENUMBRA_MAX_BODY_BYTES", "1MB"), @"PENUMBRA_MAX_BODY_BYTES is `1MB`; it takes a whole number from 1 to 1073741824");
        insta::assert_snapshot!(error("PENUMBRA_MCP_SESSIONS", "on"), @"PENUMBRA_MCP_SESSIONS is `on`; it takes true or false");
        insta::assert_snapshot!(error("PENUMBRA_PUBLIC_URL", "ftp://x.example"), @"PENUMBRA_PUBLIC_URL takes a URL that starts with https:// or http:// and names a host");
        insta::assert_snapshot!(error("REDIS_URL", "cache.example:6379"), @"REDIS_URL has the unknown scheme `cache.example`; it takes redis://USER:PASSWORD@HOST:PORT/NUMBER (all but HOST may be left out), rediss:// with TLS, or unix:///PATH");
        insta::assert_snapshot!(error("PENUMBRA_ADMIN_TOKEN", "hunter2"), @"PENUMBRA_ADMIN_TOKEN is shorter than 16 characters; make one with `openssl rand -hex 32`");
        insta::assert_snapshot!(error("PENUMBRA_CONFIRMATION_SECRET", "0123456789abcdef"), @"PENUMBRA_CONFIRMATION_SECRET is shorter than 32 characters; make one with `openssl rand -hex 32`");
        insta::assert_snapshot!(error("PROVIDER_A_BASE_URL", "http://u:p@x.example"), @"PROVIDER_A_BASE_URL may not hold a user or a password; set the provider's credential in its own variable");
    }

    #[test]
    fn no_secret_is_ever_printed() {
        let secret = "s3cr3t-s3cr3t-s3cr3t";
        let config = read(&[
            ("PENUMBRA_ADMIN_TOKEN", secret),
            ("PENUMBRA_CONFIRMATION_SECRET", "s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t"),
            ("REDIS_URL", "redis://me:s3cr3t-s3cr3t-s3cr3t@cache.example"),
            ("PROVIDER_A_API_KEY", secret),
            ("PROVIDER_A_TOKEN", secret),
            ("PROVIDER_A_HEADERS", r#"{"X-Auth": "s3cr3t-s3cr3t-s3cr3t"}"#),
        ]);
        assert!(!format!("{config:?}").contains(secret));
        let wrong = read(&[("REDIS_URL", "redis://me:s3cr3t-s3cr3t-s3cr3t@cache.example/number")]).unwrap_err();
        assert!(!wrong.contains(secret), "{wrong}");
        assert!(!read(&[("PROVIDER_A_HEADERS", "s3cr3t-s3cr3t-s3cr3t")]).unwrap_err().contains(secret));
    }
}
