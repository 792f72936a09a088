//! Opening a top-up: from an amount to a page of Stripe's on which it is paid.
//!
//! The top-up is in the ledger before Stripe hears of it, and its id is the idempotency key there. So whatever breaks in
//! between, the same request again finds the same top-up and the same session.

use super::client::StripeError;
use super::object::{cents, reference, text};
use super::{Stripe, object};
use crate::error::ledger_problem;
use jiff::{SignedDuration, Timestamp};
use ledger::{BegunTopup, NewTopup, Topup, TopupId, TopupState};
use serde_json::Value;
use uaps_model::{Problem, ProblemKind};

/// How long Stripe surely remembers an idempotency key is a day; past this nothing is sent under an old one.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(23);

/// How soon to ask again, in seconds.
const RETRY_AFTER_SECONDS: u64 = 2;

/// A top-up with a page to pay it on.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The top-up; its session and URL are there.
    pub topup: Topup,
    /// Whether the request only repeated an earlier one.
    pub replayed: bool,
}

/// A top-up is no longer being opened once this is dropped, also where the task panics.
struct Opening(Stripe, TopupId);

impl Drop for Opening {
    fn drop(&mut self) {
        self.0.opening().remove(&self.1);
    }
}

impl Stripe {
    /// Opens a top-up, in a task of its own so that a caller who hangs up leaves nothing half done.
    pub async fn open(&self, new: NewTopup) -> Result<Opened, Problem> {
        let stripe = self.clone();
        let opened = self.tasks.spawn(async move { stripe.begin(new).await }).await;
        opened.unwrap_or_else(|_| {
            Err(Problem::new(ProblemKind::Internal, "the gateway failed; send the same request again, it continues"))
        })
    }

    async fn begin(&self, new: NewTopup) -> Result<Opened, Problem> {
        let topup = match self.ledger.begin_topup(new).await.map_err(ledger_problem)? {
            BegunTopup::Started(topup) | BegunTopup::Existing(topup) => topup,
            BegunTopup::KeyReused(topup) => {
                let detail =
                    format!("this Idempotency-Key names top-up `{}` of another amount; use a new key", topup.id);
                return Err(Problem::new(ProblemKind::IdempotencyKeyReused, detail).with("topup_id", topup.id.as_str()));
            }
        };
        if !self.opening().insert(topup.id.clone()) {
            return Err(in_progress(&topup.id));
        }
        let _opening = Opening(self.clone(), topup.id.clone());
        // Whoever was opening it may have ended just now.
        let found = self.ledger.topup(&topup.id).await.map_err(ledger_problem)?;
        let topup = found.unwrap_or(topup);
        if topup.url.is_some() {
            return Ok(Opened { topup, replayed: true });
        }
        if !can_open(&topup, Timestamp::now()) {
            let detail = format!("this Idempotency-Key names top-up `{}`, which is over; use a new key", topup.id);
            return Err(Problem::new(ProblemKind::IdempotencyKeyReused, detail).with("topup_id", topup.id.as_str()));
        }
        let created = self.session(&topup).await.map_err(|error| problem(&topup.id, &error))?;
        let (session, url) = read(&topup, &created).map_err(|reason| {
            problem(&topup.id, &StripeError::Unreadable(format!("of the session it made, {reason}")))
        })?;
        let topup = self.ledger.topup_session(&topup.id, &session, &url).await.map_err(ledger_problem)?;
        Ok(Opened { topup, replayed: false })
    }

    /// Creates the session. Sent again it must be the same to the byte, so nothing in it depends on the moment.
    async fn session(&self, topup: &Topup) -> Result<Value, StripeError> {
        let id = topup.id.as_str();
        let amount = topup.cents.to_string();
        let back = |outcome: &str| {
            let mut url = self.settings.return_url.clone();
            url.query_pairs_mut().append_pair("topup", id).append_pair("outcome", outcome);
            url.to_string()
        };
        let (done, cancelled) = (back("done"), back("cancelled"));
        let mark = format!("metadata[{}]", object::TOPUP_ID);
        let payment_mark = format!("payment_intent_data[metadata][{}]", object::TOPUP_ID);
        let form = [
            ("mode", "payment"),
            ("client_reference_id", id),
            ("success_url", &done),
            ("cancel_url", &cancelled),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", "usd"),
            ("line_items[0][price_data][unit_amount]", &amount),
            ("line_items[0][price_data][product_data][name]", "Penumbra credit"),
            (mark.as_str(), id),
            (payment_mark.as_str(), id),
            // Accounts are in US dollars, so nobody pays in anything else.
            ("adaptive_pricing[enabled]", "false"),
        ];
        self.client.post("/v1/checkout/sessions", &form, id).await
    }
}

/// Whether Stripe may still be asked for a session: once it has forgotten the key, it would make a second one.
fn can_open(topup: &Topup, now: Timestamp) -> bool {
    topup.state == TopupState::Open && now.duration_since(topup.created_at) <= REMEMBERED
}

/// The session's id and page, if it is for what was asked.
fn read(topup: &Topup, session: &Value) -> Result<(String, String), String> {
    let asked = cents(session, "amount_total", 1)?;
    if asked != topup.cents {
        return Err(format!("the amount is {asked} cents and not {}", topup.cents));
    }
    let id = reference(session, "id").ok_or("there is no id")?;
    let url = text(session, "url").filter(|url| url.len() <= 2000 && url.starts_with("http"));
    Ok((id, url.ok_or("there is no page to pay on")?.to_owned()))
}

/// Where a top-up can be looked at.
pub(crate) fn topup_path(id: &str) -> String {
    format!("/v1/topups/{id}")
}

fn in_progress(id: &TopupId) -> Problem {
    Problem::new(
        ProblemKind::TopupInProgress,
        format!("top-up `{id}` is being opened; ask again in {RETRY_AFTER_SECONDS} s with the same key"),
    )
    .with("topup_id", id.as_str())
    .with("retry_after_seconds", RETRY_AFTER_SECONDS)
}

/// What a caller learns of Stripe's failure. Nothing was charged, and the same request continues.
fn problem(id: &TopupId, error: &StripeError) -> Problem {
    use crate::upstream::SendError;
    let again = "nothing was charged; send the same request again, with the same Idempotency-Key";
    let (kind, detail) = match error {
        StripeError::Busy(409) => return in_progress(id),
        StripeError::Busy(_) => (ProblemKind::Unavailable, format!("Stripe is busy; {again}")),
        StripeError::Silent(SendError::Timeout(limit)) => {
            let seconds = limit.as_secs_f32();
            (ProblemKind::UpstreamTimeout, format!("Stripe did not answer within {seconds} seconds; {again}"))
        }
        StripeError::Silent(_) | StripeError::Failed(_) => {
            (ProblemKind::UpstreamUnreachable, format!("Stripe can't be reached or fails; {again}"))
        }
        StripeError::Key(_) => (
            ProblemKind::TopupsUnavailable,
            "Stripe refuses the gateway's key; the operator must set PENUMBRA_STRIPE_SECRET_KEY anew".to_owned(),
        ),
        StripeError::Refused { .. } => {
            (ProblemKind::UpstreamRejected, "Stripe refused the top-up; nothing was charged".to_owned())
        }
        StripeError::Unreadable(_) => {
            (ProblemKind::UpstreamInvalid, "Stripe's answer can't be used; nothing was charged".to_owned())
        }
    };
    match error {
        StripeError::Silent(_) | StripeError::Busy(_) | StripeError::Failed(_) => {
            tracing::warn!(topup = %id, %error, "a top-up could not be opened");
        }
        _ => tracing::error!(topup = %id, %error, "a top-up could not be opened"),
    }
    let problem = Problem::new(kind, detail).with("topup_id", id.as_str());
    if problem.retryable { problem.with("retry_after_seconds", RETRY_AFTER_SECONDS) } else { problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stripe::reconcile::topup;
    use serde_json::json;

    #[test]
    fn nothing_is_sent_under_a_key_that_stripe_may_have_forgotten() {
        let begun = topup(TopupState::Open, 0);
        let after = |hours| begun.created_at + SignedDuration::from_hours(hours);
        assert!(can_open(&begun, after(0)) && can_open(&begun, after(23)));
        assert!(!can_open(&begun, after(23) + SignedDuration::from_secs(1)));
        assert!(!can_open(&topup(TopupState::Expired, 0), after(0)));
    }

    #[test]
    fn a_session_is_for_what_was_asked_and_has_a_page() {
        let begun = topup(TopupState::Open, 0);
        let good = json!({"id": "cs_1", "url": "https://pay.example/1", "amount_total": 2500, "currency": "usd"});
        assert_eq!(read(&begun, &good), Ok(("cs_1".to_owned(), "https://pay.example/1".to_owned())));
        for (name, value, expected) in [
            ("amount_total", json!(2501), "the amount is 2501 cents and not 2500"),
            ("currency", json!("eur"), "its currency is `eur`, not usd"),
            ("id", json!(null), "there is no id"),
            ("url", json!(null), "there is no page to pay on"),
            ("url", json!("javascript:alert(1)"), "there is no page to pay on"),
        ] {
            let mut wrong = good.clone();
            wrong[name] = value;
            assert_eq!(read(&begun, &wrong), Err(expected.to_owned()));
        }
    }
}
