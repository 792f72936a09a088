//! Asking Stripe: everything of a time, and one top-up by itself.

use super::Facts;
use crate::stripe::Stripe;
use crate::stripe::client::StripeError;
use crate::stripe::object::{reference, topup};
use jiff::Timestamp;
use ledger::TopupId;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Under which names a top-up is known to Stripe.
#[derive(Debug, Clone, Default)]
pub(super) struct Hint {
    /// Its session. More than one is wrong.
    pub sessions: BTreeSet<String>,
    /// Its payments; more than one that succeeded is wrong.
    pub payments: BTreeSet<String>,
}

/// What Stripe's lists say.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Top-ups that something happened to.
    pub hints: BTreeMap<TopupId, Hint>,
    sessions: HashMap<String, Value>,
    payments: HashMap<String, Value>,
}

impl Seen {
    fn hint(&mut self, id: TopupId) -> &mut Hint {
        self.hints.entry(id).or_default()
    }
}

impl Stripe {
    /// All sessions, payments, refunds and disputes that were made since then, by the top-ups they are about.
    pub(super) async fn listed(&self, since: Timestamp) -> Result<Seen, StripeError> {
        let from = since.as_second().to_string();
        let made = [("created[gte]", from.as_str())];
        let mut seen = Seen::default();
        for session in self.client.list("/v1/checkout/sessions", &made).await? {
            if let (Some(id), Some(name)) = (topup(&session), reference(&session, "id")) {
                let hint = seen.hint(id);
                hint.sessions.insert(name.clone());
                hint.payments.extend(reference(&session, "payment_intent"));
                seen.sessions.insert(name, session);
            }
        }
        let expanded = [made[0], ("expand[]", "data.latest_charge")];
        for payment in self.client.list("/v1/payment_intents", &expanded).await? {
            if let (Some(id), Some(name)) = (topup(&payment), reference(&payment, "id")) {
                seen.hint(id).payments.insert(name.clone());
                seen.payments.insert(name, payment);
            }
        }
        // What happened of late to payments of long ago.
        let mut touched = BTreeSet::new();
        for path in ["/v1/refunds", "/v1/disputes"] {
            let found = self.client.list(path, &made).await?;
            touched.extend(found.iter().filter_map(|object| reference(object, "payment_intent")));
        }
        for name in touched.into_iter().filter(|name| !seen.payments.contains_key(name)).collect::<Vec<_>>() {
            if let Some((id, payment)) = self.payment(&name).await? {
                seen.hint(id).payments.insert(name.clone());
                seen.payments.insert(name, payment);
            }
        }
        Ok(seen)
    }

    /// How a top-up stands, from what was `seen` as far as it is there, or else asked for now. The inner error is an object
    /// that can't be read, or is gone.
    pub(super) async fn look(&self, hint: &Hint, seen: Option<&Seen>) -> Result<Result<Facts, String>, StripeError> {
        let mut facts = Facts::default();
        let mut payments = hint.payments.clone();
        for name in &hint.sessions {
            let session = match seen.and_then(|seen| seen.sessions.get(name)) {
                Some(session) => session.clone(),
                None => match self.client.get(&format!("/v1/checkout/sessions/{name}"), &[]).await {
                    Err(error) if error.is_absent() => return Ok(Err(format!("Stripe has no session `{name}`"))),
                    other => other?,
                },
            };
            payments.extend(reference(&session, "payment_intent"));
            if let Err(reason) = facts.session(&session) {
                return Ok(Err(reason));
            }
        }
        for name in &payments {
            let payment = match seen.and_then(|seen| seen.payments.get(name)) {
                Some(payment) => payment.clone(),
                None => match self.payment(name).await? {
                    Some((_, payment)) => payment,
                    None => return Ok(Err(format!("Stripe has no payment `{name}` for a top-up"))),
                },
            };
            let charge = payment.get("latest_charge");
            let disputed = charge.and_then(|charge| charge.get("disputed")).and_then(Value::as_bool).unwrap_or(false);
            let disputes = match disputed {
                true => self.client.list("/v1/disputes", &[("payment_intent", name.as_str())]).await?,
                false => Vec::new(),
            };
            if let Err(reason) = facts.payment(&payment, &disputes) {
                return Ok(Err(reason));
            }
        }
        Ok(Ok(facts))
    }
}
