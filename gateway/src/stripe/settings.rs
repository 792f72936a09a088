//! What the operator decides about top-ups.

use crate::Secret;
use crate::config::{ConfigError, is_loopback, number, web_url};
use std::time::Duration;
use url::Url;

const KEY: &str = "PENUMBRA_STRIPE_SECRET_KEY";
const SECRETS: &str = "PENUMBRA_STRIPE_WEBHOOK_SECRETS";
const RETURN: &str = "PENUMBRA_TOPUP_RETURN_URL";
const ADDRESS: &str = "PENUMBRA_STRIPE_URL";
const MAX: &str = "PENUMBRA_TOPUP_MAX_CENTS";

/// The least that Stripe charges in US dollars.
pub const MIN_CENTS: i64 = 50;

/// The most that Stripe charges at once.
const STRIPE_MAX_CENTS: i64 = 99_999_999;

/// How the gateway talks to Stripe. Without it there are no top-ups.
#[derive(Debug, Clone)]
pub struct StripeSettings {
    /// `PENUMBRA_STRIPE_SECRET_KEY`: `sk_…`, or `rk_…` with less power.
    pub secret_key: Secret,
    /// `PENUMBRA_STRIPE_WEBHOOK_SECRETS`: `whsec_…`; two of them, separated by a comma, while one replaces the other.
    pub webhook_secrets: Vec<Secret>,
    /// `PENUMBRA_STRIPE_URL`: where Stripe's API is. Default `https://api.stripe.com`.
    pub url: Url,
    /// `PENUMBRA_TOPUP_RETURN_URL`: where a browser goes once it has paid, or has not.
    pub return_url: Url,
    /// `PENUMBRA_TOPUP_MAX_CENTS`: the largest top-up. Default 100000.
    pub max_cents: i64,
    /// How often Stripe is asked for what was missed. A day.
    pub reconcile_every: Duration,
}

impl StripeSettings {
    /// Reads the settings; none of them set is fine, and so are all.
    pub(crate) fn from_vars(var: &impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigError> {
        let (key, secrets, back) = match (var(KEY), var(SECRETS), var(RETURN)) {
            (None, None, None) => return Ok(None),
            (Some(key), Some(secrets), Some(back)) => (key, secrets, back),
            (key, secrets, _) => {
                let missing = if key.is_none() {
                    KEY
                } else if secrets.is_none() {
                    SECRETS
                } else {
                    RETURN
                };
                return Err(wrong(missing, &format!("is not set; top-ups need {KEY}, {SECRETS} and {RETURN}")));
            }
        };
        let url = web_url(ADDRESS, &var(ADDRESS).unwrap_or_else(|| "https://api.stripe.com".into()))?;
        if url.scheme() != "https" && !is_loopback(&url) {
            return Err(wrong(ADDRESS, "takes an https:// URL; http:// only on this machine, for tests"));
        }
        let max_cents = number(var, MAX, MIN_CENTS..=STRIPE_MAX_CENTS)?.unwrap_or(100_000);
        Ok(Some(StripeSettings {
            secret_key: secret(KEY, &key, &["sk_", "rk_"])?,
            webhook_secrets: webhook_secrets(&secrets)?,
            url,
            return_url: web_url(RETURN, &back)?,
            max_cents,
            reconcile_every: Duration::from_secs(24 * 60 * 60),
        }))
    }

    /// Whether the key moves real money.
    pub(super) fn is_live(&self) -> bool {
        self.secret_key.expose().get(2..).is_some_and(|rest| rest.starts_with("_live_"))
    }
}

fn wrong(variable: &str, reason: &str) -> ConfigError {
    ConfigError { variable: variable.into(), reason: reason.into() }
}

fn webhook_secrets(text: &str) -> Result<Vec<Secret>, ConfigError> {
    let secrets: Vec<Secret> =
        text.split(',').map(|text| secret(SECRETS, text.trim(), &["whsec_"])).collect::<Result<_, _>>()?;
    match secrets.len() {
        1 | 2 => Ok(secrets),
        n => Err(wrong(SECRETS, &format!("holds {n} secrets; it takes one, or two while one replaces the other"))),
    }
}

/// The value is in no message: it is a secret even if it is the wrong one.
fn secret(variable: &str, text: &str, prefixes: &[&str]) -> Result<Secret, ConfigError> {
    let known = prefixes.iter().any(|prefix| text.strip_prefix(prefix).is_some_and(|rest| rest.len() >= 8));
    match known && text.bytes().all(|b| b.is_ascii_graphic()) {
        true => Ok(Secret::new(text)),
        false => {
            Err(wrong(variable, &format!("is none that Stripe gave out: it starts with {}", prefixes.join(" or "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Config;

    const GOOD: [(&str, &str); 3] = [
        (super::KEY, "sk_test_0123456789abcdef"),
        (super::SECRETS, "whsec_0123456789, whsec_9876543210"),
        (super::RETURN, "https://shop.example/done"),
    ];

    /// What is read where `changed` differs from what is good; an empty value is not set.
    fn read(changed: &[(&str, &str)]) -> Result<Config, String> {
        let vars = GOOD.iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name)).chain(changed);
        Config::from_vars(vars.map(|(k, v)| (k.to_string(), v.to_string()))).map_err(|error| error.to_string())
    }

    #[test]
    fn all_or_nothing() {
        let stripe = read(&[]).unwrap().stripe.unwrap();
        assert_eq!((stripe.url.as_str(), stripe.max_cents), ("https://api.stripe.com/", 100_000));
        assert_eq!(stripe.webhook_secrets.len(), 2);
        assert!(!stripe.is_live());
        assert!(read(&[(super::KEY, "rk_live_0123456789")]).unwrap().stripe.unwrap().is_live());
        let nothing = GOOD.map(|(name, _)| (name, ""));
        assert!(read(&nothing).unwrap().stripe.is_none());
        for (name, _) in GOOD {
            let error = read(&[(name, " ")]).err().unwrap();
            assert!(error.starts_with(&format!("{name} is not set; top-ups need ")), "{error}");
        }
    }

    #[test]
    fn a_bad_setting_says_what_it_takes_and_shows_no_secret() {
        for (name, value, expected) in [
            (super::KEY, "pk_test_s3cr3t-s3cr3t", "is none that Stripe gave out: it starts with sk_ or rk_"),
            (super::KEY, "sk_s3cr3t", "is none that Stripe gave out: it starts with sk_ or rk_"),
            (super::KEY, "sk_test_s3cr3t s3cr3t", "is none that Stripe gave out: it starts with sk_ or rk_"),
            (super::SECRETS, "sk_test_s3cr3t-s3cr3t", "is none that Stripe gave out: it starts with whsec_"),
            (super::SECRETS, "whsec_s3cr3t-s3cr3t,", "is none that Stripe gave out: it starts with whsec_"),
            (
                super::SECRETS,
                "whsec_s3cr3t-1,whsec_s3cr3t-2,whsec_s3cr3t-3",
                "holds 3 secrets; it takes one, or two while one replaces the other",
            ),
            (super::ADDRESS, "http://stripe.example", "takes an https:// URL; http:// only on this machine, for tests"),
            (super::MAX, "49", "is `49`; it takes a whole number from 50 to 99999999"),
        ] {
            let error = read(&[(name, value)]).err().unwrap();
            assert_eq!(error, format!("{name} {expected}"));
            assert!(!error.contains("s3cr3t"));
        }
        for near in ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "https://stripe.example"] {
            assert!(read(&[(super::ADDRESS, near)]).is_ok(), "{near}");
        }
        let shown = format!("{:?}", read(&[]).unwrap());
        assert!(!shown.contains("0123456789") && !shown.contains("9876543210"), "{shown}");
    }
}
