//! What a webhook says: pure, from its JSON to a fact about a top-up.

use super::object::{cents, dispute_state, reference, shown, text, topup};
use ledger::{Payment, TopupId};
use serde_json::Value;

/// An event, as far as every one has the same form.
#[derive(Debug, Clone)]
pub(super) struct Event {
    /// Stripe's id of it. The same event comes again under the same id.
    pub id: String,
    /// Such as `checkout.session.completed`.
    pub kind: String,
    /// Whether it is about real money, where that is said.
    pub live: Option<bool>,
    /// Whether it is of a connected account. Its holder may write what they like into it, and its money is not ours.
    elsewhere: bool,
    object: Value,
}

/// Whose top-up an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whose {
    /// It says so.
    Topup(TopupId),
    /// The metadata of Stripe's payment says so.
    Payment(String),
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing for us, and why.
    Nothing(&'static str),
    /// A fact. Where the amount can't be read there is the reason instead, which counts only if it is about one of ours.
    Fact {
        /// Whose.
        whose: Whose,
        /// Stripe's payment, where it is known.
        payment: Option<String>,
        /// The fact.
        fact: Result<Payment, String>,
    },
    /// Some refund of this payment changed; only the payment knows what that comes to in all.
    Changed(String),
}

impl Event {
    /// Reads the form that all events share.
    pub(super) fn parse(body: &[u8]) -> Result<Event, String> {
        let value: Value = serde_json::from_slice(body).map_err(|error| format!("it is no JSON: {error}"))?;
        let member = |name: &str| text(&value, name).filter(|text| (1..=200).contains(&text.len())).map(str::to_owned);
        let object = value.get("data").and_then(|data| data.get("object")).filter(|object| object.is_object());
        let live = value.get("livemode").and_then(Value::as_bool);
        let elsewhere = value.get("account").is_some_and(|account| !account.is_null());
        match (member("id"), member("type"), object) {
            (Some(id), Some(kind), Some(object)) => Ok(Event { id, kind, live, elsewhere, object: object.clone() }),
            _ => Err("it lacks `id`, `type` or `data.object`".to_owned()),
        }
    }

    /// What it says.
    pub(super) fn said(&self) -> Said {
        let object = &self.object;
        if self.elsewhere {
            return Said::Nothing("an event of a connected account");
        }
        match self.kind.as_str() {
            "checkout.session.completed" | "checkout.session.async_payment_succeeded" => session(object),
            "checkout.session.expired" | "checkout.session.async_payment_failed" => match topup(object) {
                Some(id) => fact(Whose::Topup(id), None, Ok(Payment::Expired)),
                None => Said::Nothing("a session that is not ours"),
            },
            "payment_intent.succeeded" => match (topup(object), reference(object, "id")) {
                (Some(id), payment) => {
                    let paid = paid(payment.clone(), cents(object, "amount_received", 1));
                    fact(Whose::Topup(id), payment, paid)
                }
                _ => Said::Nothing("a payment that is not ours"),
            },
            "charge.refunded" => {
                let returned = cents(object, "amount_refunded", 1).map(|cents| Payment::Returned { cents });
                of_payment(object, returned)
            }
            "refund.updated" | "refund.failed" | "charge.refund.updated" => match reference(object, "payment_intent") {
                Some(payment) => Said::Changed(payment),
                None => Said::Nothing("a refund of no payment"),
            },
            kind if kind.starts_with("charge.dispute.") => match dispute(object) {
                Ok(None) => Said::Nothing("a question of the bank, which took nothing"),
                Ok(Some(disputed)) => of_payment(object, Ok(disputed)),
                Err(reason) => of_payment(object, Err(reason)),
            },
            _ => Said::Nothing("a type that says nothing of top-ups"),
        }
    }
}

fn fact(whose: Whose, payment: Option<String>, fact: Result<Payment, String>) -> Said {
    Said::Fact { whose, payment, fact }
}

/// A fact about the payment that an object names, and its top-up's if the object has our mark itself.
fn of_payment(object: &Value, what: Result<Payment, String>) -> Said {
    let payment = reference(object, "payment_intent");
    match (topup(object), payment) {
        (Some(id), payment) => fact(Whose::Topup(id), payment, what),
        (None, Some(payment)) => fact(Whose::Payment(payment.clone()), Some(payment), what),
        (None, None) => Said::Nothing("a charge of no payment"),
    }
}

fn session(object: &Value) -> Said {
    let Some(id) = topup(object) else { return Said::Nothing("a session that is not ours") };
    let payment = reference(object, "payment_intent");
    match text(object, "payment_status").unwrap_or_default() {
        "paid" => fact(Whose::Topup(id), payment.clone(), paid(payment, cents(object, "amount_total", 1))),
        "unpaid" => Said::Nothing("a session whose money is still on its way"),
        other => {
            let reason = format!("its payment status is `{}`, so nobody paid", shown(other));
            fact(Whose::Topup(id), payment, Err(reason))
        }
    }
}

fn paid(payment: Option<String>, cents: Result<i64, String>) -> Result<Payment, String> {
    let payment = payment.ok_or("it names no payment")?;
    Ok(Payment::Paid { payment, cents: cents? })
}

/// A dispute as a fact; `None` where no money moved.
pub(super) fn dispute(object: &Value) -> Result<Option<Payment>, String> {
    let Some(state) = dispute_state(object)? else { return Ok(None) };
    let dispute = reference(object, "id").ok_or("it has no id")?;
    Ok(Some(Payment::Disputed { dispute, cents: cents(object, "amount", 1)?, state }))
}

#[cfg(test)]
mod tests;
