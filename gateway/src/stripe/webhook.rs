//! From a webhook to the ledger.
//!
//! The answer tells Stripe whether to send the event again: 200 where it is booked, or where sending it again would change
//! nothing; 400 where it is not Stripe's; 503 where it may work later. What was refused for good is an error in the log and
//! a line of `topups reconcile`.

use super::client::StripeError;
use super::event::{Event, Said, Whose};
use super::object::{cents, topup};
use super::{SOURCE, Stripe, signature};
use ledger::{LedgerError, Payment, TopupId};
use serde_json::Value;
use uaps_model::{Problem, ProblemKind};

/// The largest event that is read. Stripe's are far smaller.
pub const MAX_EVENT_BYTES: usize = 512 * 1024;

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is in the ledger, since now or before.
    Booked,
    /// It is nothing for us.
    Ignored,
    /// It is about one of ours and can't be booked. A person must look.
    Refused,
}

/// Why an event is not in the ledger.
enum Failure {
    /// It would be refused again.
    Final(String),
    /// It may be booked later.
    Passing(String),
}

impl From<StripeError> for Failure {
    fn from(error: StripeError) -> Self {
        match error {
            StripeError::Refused { .. } => Failure::Final(error.to_string()),
            _ => Failure::Passing(error.to_string()),
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        match error.fault() {
            // What the ledger refuses by its rules it will refuse again; a ledger that fails may be mended.
            uaps_model::Fault::Caller => Failure::Final(error.to_string()),
            _ => Failure::Passing(error.to_string()),
        }
    }
}

impl Stripe {
    /// Takes an event in, if its signature fits its body at `now`, in seconds since 1970.
    pub async fn take(&self, signature: &str, body: &[u8], now: i64) -> Result<Taken, Problem> {
        // Nothing of a body that may be anybody's is logged.
        signature::verify(&self.settings.webhook_secrets, signature, body, now)
            .map_err(|doubt| Problem::new(ProblemKind::MalformedRequest, doubt.to_string()))?;
        let event = Event::parse(body).map_err(|reason| {
            tracing::error!(%reason, "a signed event of Stripe can't be read");
            Problem::new(ProblemKind::MalformedRequest, format!("the event can't be read: {reason}"))
        })?;
        if self.settings.is_live() && event.live == Some(false) {
            tracing::warn!(
                event = event.id,
                "an event about test money came to a gateway with a live key; it is ignored"
            );
            return Ok(Taken::Ignored);
        }
        match self.apply(&event).await {
            Ok(taken) => Ok(taken),
            Err(Failure::Final(reason)) => {
                tracing::error!(event = event.id, kind = event.kind, %reason, "an event about a top-up can't be booked");
                Ok(Taken::Refused)
            }
            Err(Failure::Passing(reason)) => {
                tracing::warn!(event = event.id, kind = event.kind, %reason, "an event can't be booked just now");
                Err(Problem::new(ProblemKind::Unavailable, "the event can't be booked just now; send it again"))
            }
        }
    }

    async fn apply(&self, event: &Event) -> Result<Taken, Failure> {
        match event.said() {
            Said::Nothing(why) => {
                tracing::debug!(event = event.id, kind = event.kind, why, "an event of Stripe is ignored");
                Ok(Taken::Ignored)
            }
            Said::Fact { whose, payment, fact } => {
                let id = match whose {
                    Whose::Topup(id) => id,
                    Whose::Payment(payment) => match self.payment(&payment).await? {
                        Some((id, _)) => id,
                        None => return Ok(ignored(event, &payment)),
                    },
                };
                self.book(event, &id, payment.as_deref(), fact.map_err(Failure::Final)?).await
            }
            Said::Changed(payment) => match self.payment(&payment).await? {
                Some((id, object)) => self.refund_changed(event, &id, &payment, &object).await,
                None => Ok(ignored(event, &payment)),
            },
        }
    }

    /// What was given back of a payment in all, asked of Stripe. A refund that failed makes it less than it was.
    async fn refund_changed(
        &self,
        event: &Event,
        id: &TopupId,
        payment: &str,
        object: &Value,
    ) -> Result<Taken, Failure> {
        let charge = object.get("latest_charge").unwrap_or(&Value::Null);
        let all = cents(charge, "amount_refunded", 0).map_err(Failure::Final)?;
        let taken = self.book(event, id, Some(payment), Payment::Returned { cents: all }).await?;
        let kept = self.ledger.topup(id).await?.map(|topup| topup.returned_cents).unwrap_or_default();
        if kept > all {
            return Err(Failure::Final(format!(
                "a refund failed: {kept} cents of `{id}` are booked as given back, Stripe says {all}; \
                 refund them another way, or give them back with `penumbra-gateway credit`"
            )));
        }
        Ok(taken)
    }

    async fn book(&self, event: &Event, id: &TopupId, payment: Option<&str>, fact: Payment) -> Result<Taken, Failure> {
        let topup = self.ledger.topup(id).await?.ok_or_else(|| {
            Failure::Final(format!("the ledger has no top-up `{id}`; was it restored from an older copy?"))
        })?;
        if let (Some(kept), Some(said)) = (topup.payment.as_deref(), payment)
            && kept != said
        {
            return Err(Failure::Final(format!("`{id}` was paid with `{kept}`, and this is about `{said}`")));
        }
        let (topup, fresh) = self.ledger.apply_payment(id, SOURCE, &event.id, fact).await?;
        if fresh {
            tracing::info!(topup = %id, event = event.id, kind = event.kind, state = %topup.state, "an event of Stripe is booked");
        }
        Ok(Taken::Booked)
    }

    /// The top-up that a payment of Stripe's is for, and the payment with its charge; `None` where it is for none.
    pub(super) async fn payment(&self, id: &str) -> Result<Option<(TopupId, Value)>, StripeError> {
        let path = format!("/v1/payment_intents/{id}");
        match self.client.get(&path, &[("expand[]", "latest_charge")]).await {
            Ok(object) => Ok(topup(&object).map(|id| (id, object))),
            Err(error) if error.is_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn ignored(event: &Event, payment: &str) -> Taken {
    tracing::debug!(
        event = event.id,
        kind = event.kind,
        payment,
        "an event about a payment that is not ours is ignored"
    );
    Taken::Ignored
}
