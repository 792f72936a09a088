//! How a top-up stands at Stripe, as facts that the ledger takes, and where the ledger says otherwise. Pure.

use crate::stripe::event::dispute;
use crate::stripe::object::{cents, reference, text};
use ledger::{DisputeState, Payment, Topup, TopupState};
use serde_json::Value;

/// One payment for a top-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paid {
    /// Stripe's id of it.
    pub payment: String,
    /// What arrived.
    pub cents: i64,
    /// What was given back in all.
    pub returned: i64,
    /// Its disputes that moved money.
    pub disputes: Vec<(String, i64, DisputeState)>,
}

/// How a top-up stands at Stripe.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Its session, and the page while it can be paid there.
    pub session: Option<(String, Option<String>)>,
    /// It can't be paid any more, for this reason, which tells it apart from others.
    pub over: Option<String>,
    /// Payments that succeeded. More than one is wrong.
    pub paid: Vec<Paid>,
}

impl Facts {
    /// Takes in a session.
    pub fn session(&mut self, object: &Value) -> Result<(), String> {
        let id = reference(object, "id").ok_or("a session has no id")?;
        if text(object, "status") == Some("expired") {
            self.over = Some(format!("{id}:expired"));
        }
        self.session = Some((id, text(object, "url").map(str::to_owned)));
        Ok(())
    }

    /// Takes in a payment, which holds its charge, and its disputes.
    pub fn payment(&mut self, object: &Value, disputes: &[Value]) -> Result<(), String> {
        let payment = reference(object, "id").ok_or("a payment has no id")?;
        let status = text(object, "status").unwrap_or_default();
        if status != "succeeded" {
            // The money was on its way and did not come.
            if status == "canceled" || (status == "requires_payment_method" && self.is_complete(object)) {
                self.over = Some(format!("{payment}:{status}"));
            }
            return Ok(());
        }
        let charge = object.get("latest_charge").filter(|charge| charge.is_object());
        let charge = charge.ok_or_else(|| format!("`{payment}` comes without its charge"))?;
        let wrong = |reason| format!("of `{payment}`, {reason}");
        let mut paid = Paid {
            cents: cents(object, "amount_received", 1).map_err(wrong)?,
            returned: cents(charge, "amount_refunded", 0).map_err(wrong)?,
            disputes: Vec::new(),
            payment: payment.clone(),
        };
        for object in disputes {
            if let Some(Payment::Disputed { dispute, cents, state }) = dispute(object).map_err(wrong)? {
                paid.disputes.push((dispute, cents, state));
            }
        }
        self.paid.push(paid);
        Ok(())
    }

    /// A page that can't be opened any more was left by somebody who had chosen how to pay.
    fn is_complete(&self, payment: &Value) -> bool {
        payment.get("latest_charge").is_some_and(|charge| !charge.is_null())
            && self.session.as_ref().is_some_and(|(_, url)| url.is_none())
    }

    /// The facts with names of their own: the same fact has the same name whenever it is found.
    pub fn payments(&self) -> Vec<(String, Payment)> {
        let mut all = Vec::new();
        for Paid { payment, cents, returned, disputes } in &self.paid {
            let name = |what: &str| format!("reconcile:{payment}:{what}");
            all.push((name(&format!("paid:{cents}")), Payment::Paid { payment: payment.clone(), cents: *cents }));
            if *returned > 0 {
                all.push((name(&format!("returned:{returned}")), Payment::Returned { cents: *returned }));
            }
            for (dispute, cents, state) in disputes {
                let fact = Payment::Disputed { dispute: dispute.clone(), cents: *cents, state: *state };
                all.push((name(&format!("{dispute}:{state:?}:{cents}")), fact));
            }
        }
        if let Some(over) = self.over.as_ref().filter(|_| self.paid.is_empty()) {
            all.push((format!("reconcile:{over}"), Payment::Expired));
        }
        all
    }

    /// Where the ledger says otherwise: what, what Stripe says, and what we say.
    pub fn differences(&self, ours: &Topup) -> Vec<(&'static str, String, String)> {
        let first = self.paid.first();
        let (mut withheld, mut lost) = (0, 0);
        for (_, cents, state) in first.map(|paid| paid.disputes.as_slice()).unwrap_or_default() {
            withheld += if *state == DisputeState::Won { 0 } else { *cents };
            lost += if *state == DisputeState::Lost { *cents } else { 0 };
        }
        let returned = first.map(|paid| paid.returned).unwrap_or_default();
        let state = match first {
            Some(paid) if returned + lost >= paid.cents => TopupState::Returned,
            Some(_) => TopupState::Paid,
            None if self.over.is_some() => TopupState::Expired,
            None => TopupState::Open,
        };
        let payments: Vec<&str> = self.paid.iter().map(|paid| paid.payment.as_str()).collect();
        let rows = [
            ("payment", payments.join(" and "), ours.payment.clone().unwrap_or_default()),
            ("paid", first.map(|paid| paid.cents).unwrap_or_default().to_string(), ours.paid_cents.to_string()),
            ("returned", returned.to_string(), ours.returned_cents.to_string()),
            ("disputed", withheld.to_string(), ours.disputed_cents.to_string()),
            ("state", state.to_string(), ours.state.to_string()),
        ];
        rows.into_iter().filter(|(_, theirs, ours)| theirs != ours).collect()
    }
}
