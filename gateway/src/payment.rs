//! An answer of 402 in the words of those who pay by machine.
//!
//! The body is the problem document of every refusal. Beside it stand a challenge in the `Payment` scheme of HTTP
//! authentication (<https://datatracker.ietf.org/doc/draft-ryan-httpauth-payment/>) and the `PAYMENT-REQUIRED` header of
//! x402 version 2 (<https://github.com/coinbase/x402>). Both say what is missing and in which currency of ours; neither can
//! be paid on a chain: the balance of the key is what pays, and it is topped up elsewhere.

use crate::Gateway;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, HOST, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::{Duration, SystemTime};
use uaps_model::{Problem, ProblemKind};

const PAYMENT_REQUIRED: HeaderName = HeaderName::from_static("payment-required");

/// How long an offer of ours stands.
const EXPIRES_IN: Duration = Duration::from_secs(300);

/// Longer names and paths are cut: proxies drop headers that are too large.
const MAX_NAME: usize = 255;
const MAX_PATH: usize = 1024;

/// The name under which our credits go as a network; there is no chain behind it.
const NETWORK: &str = "unified:credits";

/// What is to be paid, kept beside a response until its headers are written.
#[derive(Debug, Clone)]
pub struct Due {
    cents: i64,
    currency: String,
    detail: String,
    external: Option<String>,
}

impl Due {
    /// What the problem of a balance that is too low asks for.
    pub fn of(problem: &Problem) -> Option<Due> {
        if !problem.is(ProblemKind::InsufficientBalance) {
            return None;
        }
        let text = |name: &str| problem.extra.get(name).and_then(Value::as_str).map(str::to_owned);
        let cents = |name: &str| problem.extra.get(name).and_then(Value::as_i64);
        Some(Due {
            // Of a debt, all that is owed; of a price, the price.
            cents: cents("required_cents").or_else(|| cents("receivable_cents"))?,
            currency: text("currency")?,
            detail: problem.detail.clone(),
            external: text("quote_id"),
        })
    }
}

/// What makes the ids of challenges ours.
#[derive(Debug, Clone)]
pub struct Challenges {
    secret: [u8; 32],
}

impl Challenges {
    /// With a secret of this process's own: nobody presents a challenge again.
    pub fn new() -> Self {
        let mut secret = [0; 32];
        for half in secret.chunks_mut(16) {
            half.copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        }
        Challenges { secret }
    }

    /// `Payment id="…", realm="…", method="credits", intent="charge", expires="…", request="…"`
    fn payment(&self, due: &Due, realm: &str, now: SystemTime) -> String {
        let expires = jiff::Timestamp::try_from(now + EXPIRES_IN).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ");
        let mut request = json!({"amount": due.cents.to_string(), "currency": due.currency});
        if let (Some(members), Some(external)) = (request.as_object_mut(), &due.external) {
            members.insert("externalId".into(), external.as_str().into());
        }
        let request = URL_SAFE_NO_PAD.encode(request.to_string());
        let rest = format!(
            "realm=\"{realm}\", method=\"credits\", intent=\"charge\", expires=\"{expires}\", request=\"{request}\""
        );
        let id = match Hmac::<Sha256>::new_from_slice(&self.secret) {
            Ok(mut mac) => {
                mac.update(rest.as_bytes());
                URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
            }
            // A key of any length is taken.
            Err(_) => String::new(),
        };
        format!("Payment id=\"{id}\", {rest}")
    }
}

/// The x402 object, in base64.
fn x402(due: &Due, resource: &str) -> String {
    let object = json!({
        "x402Version": 2,
        "error": due.detail,
        "resource": {"url": resource, "description": "A call of an API behind this gateway", "mimeType": "application/json"},
        "accepts": [{
            "scheme": "batch-settlement",
            "network": NETWORK,
            "amount": due.cents.to_string(),
            "asset": due.currency,
            "payTo": "merchant",
            "maxTimeoutSeconds": EXPIRES_IN.as_secs(),
            "extra": {"version": "1", "paymentFlow": "authorization", "name": "Penumbra credits"},
        }],
    });
    STANDARD.encode(object.to_string())
}

/// Writes the headers of a 402 that is ours.
pub async fn challenge(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
    let uri = request.uri().clone();
    let mut response = next.run(request).await;
    let Some(due) = response.extensions_mut().remove::<Due>() else { return response };
    if response.status() != StatusCode::PAYMENT_REQUIRED {
        return response;
    }
    let public = gateway.config().public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
    let host = host.filter(|host| host.len() <= MAX_NAME).unwrap_or_else(|| "localhost".to_owned());
    let base = public.unwrap_or_else(|| format!("http://{host}"));
    let payment = gateway.challenges().payment(&due, "penumbra", SystemTime::now());
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let written = [(WWW_AUTHENTICATE, payment), (PAYMENT_REQUIRED, x402(&due, &resource(&base, &uri)))];
    headers.extend(written.into_iter().filter_map(|(name, text)| Some((name, HeaderValue::try_from(text).ok()?))));
    response
}

/// Without its query, which may hold what is private.
fn resource(base: &str, uri: &Uri) -> String {
    let path = uri.path();
    format!("{base}{}", path.get(..path.len().min(MAX_PATH)).unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{World, config};

    fn decoded(text: &str) -> Value {
        serde_json::from_slice(&STANDARD.decode(text).unwrap()).unwrap()
    }

    /// The parameters of a challenge.
    fn parameter<'h>(header: &'h str, name: &str) -> &'h str {
        let (_, rest) = header.split_once(&format!("{name}=\"")).unwrap_or_else(|| panic!("no {name} in {header}"));
        rest.split('"').next().unwrap()
    }

    #[tokio::test]
    async fn one_402_says_it_three_times() {
        let mut config = config();
        config.public_url = Some("https://api.example/gate".parse().unwrap());
        let world = World::with(config, 500, |_| {}).await;
        let refused = world.order("k", r#"{"item": "a"}"#).await;
        let problem = refused.problem(402, "insufficient-balance");
        assert_eq!((problem["required_cents"].as_i64(), problem["shortfall_cents"].as_i64()), (Some(1999), Some(1499)));
        assert_eq!(refused.header("cache-control"), "no-store");

        let challenge = refused.header("www-authenticate");
        assert!(challenge.starts_with("Payment id=\""), "{challenge}");
        assert_eq!((parameter(challenge, "method"), parameter(challenge, "intent")), ("credits", "charge"));
        let request: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parameter(challenge, "request")).unwrap()).unwrap();
        assert_eq!(request["amount"], "1999");
        assert_eq!(request["externalId"], problem["quote_id"]);

        let x402 = decoded(refused.header("payment-required"));
        assert_eq!(x402["resource"]["url"], "https://api.example/gate/shop/orders");
        assert_eq!((&x402["accepts"][0]["amount"], &x402["accepts"][0]["asset"]), (&"1999".into(), &"USD".into()));
    }

    #[tokio::test]
    async fn a_providers_own_402_is_not_ours() {
        let world = World::new().await;
        world.provider.quotes([(402, "{}")]);
        let refused = world.order("k", r#"{"item": "a"}"#).await;
        assert_ne!(refused.status, 402);
        assert_eq!((refused.header("payment-required"), refused.header("www-authenticate")), ("", ""));
    }

    #[test]
    fn a_challenge_is_bound_to_what_it_says() {
        let (one, two) = (Challenges::new(), Challenges::new());
        let due = |cents| Due { cents, currency: "USD".into(), detail: String::new(), external: None };
        let id = |by: &Challenges, cents, now| parameter(&by.payment(&due(cents), "r", now), "id").to_owned();
        let now = SystemTime::UNIX_EPOCH;
        assert_eq!(id(&one, 5, now), id(&one, 5, now));
        assert_ne!(id(&one, 5, now), id(&one, 6, now));
        assert_ne!(id(&one, 5, now), id(&one, 5, now + EXPIRES_IN));
        assert_ne!(id(&one, 5, now), id(&two, 5, now));
    }
}
