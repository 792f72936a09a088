//! How a top-up stands at Stripe, as facts that the ledger takes, and where the ledger says otherwise. Pure.

use crate::stripe::event::dispute;
use crate::stripe::object::{cents, reference, text};
use jiff::SignedDuration;
use ledger::{DisputeState, Payment, Topup, TopupId, TopupState};
use serde_json::Value;

/// After this a top-up without a session gets none any more.
const STALE: SignedDuration = SignedDuration::from_hours(24);

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

    /// A top-up that Stripe heard nothing of, a day after it was begun, can't be paid any more.
    pub fn grow_stale(&mut self, id: &TopupId, age: SignedDuration) {
        if self.session.is_none() && self.paid.is_empty() && age > STALE {
            self.over.get_or_insert_with(|| format!("{id}:stale"));
        }
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use jiff::Timestamp;
    use serde_json::json;

    /// A top-up of 2500 cents.
    pub(crate) fn topup(state: TopupState, paid_cents: i64) -> Topup {
        Topup {
            id: "top_00000000000000000000000000000001".parse().unwrap(),
            credential: "key_00000000000000000000000000000001".parse().unwrap(),
            idempotency_key: "k".into(),
            state,
            cents: 2500,
            paid_cents,
            returned_cents: 0,
            disputed_cents: 0,
            session: None,
            url: None,
            payment: (paid_cents > 0).then(|| "pi_1".to_owned()),
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn payment(status: &str, refunded: i64) -> Value {
        json!({"id": "pi_1", "status": status, "amount_received": 2500, "currency": "usd",
               "latest_charge": {"amount_refunded": refunded, "currency": "usd"}})
    }

    fn dispute_of(status: &str) -> Value {
        json!({"id": "dp_1", "amount": 2000, "currency": "usd", "status": status})
    }

    /// Names of the facts, and what differs from a top-up that is open here.
    fn read(session: Value, payment: Option<Value>, disputes: &[Value]) -> String {
        let mut facts = Facts::default();
        facts.session(&session).unwrap();
        if let Err(reason) = payment.map_or(Ok(()), |payment| facts.payment(&payment, disputes)) {
            return reason;
        }
        let names: Vec<String> = facts.payments().into_iter().map(|(name, _)| name).collect();
        let rows = facts.differences(&topup(TopupState::Open, 0));
        let rows: Vec<String> = rows.iter().map(|(what, theirs, ours)| format!("{what} {theirs}/{ours}")).collect();
        format!("{} | {}", names.join(" "), rows.join(", "))
    }

    #[test]
    fn a_fact_has_one_name_whenever_it_is_found() {
        let open = json!({"id": "cs_1", "status": "open", "url": "https://pay.example"});
        let complete = json!({"id": "cs_1", "status": "complete", "url": null});
        let expired = json!({"id": "cs_1", "status": "expired", "url": null});
        assert_eq!(read(open.clone(), None, &[]), " | ");
        assert_eq!(read(expired, None, &[]), "reconcile:cs_1:expired | state expired/open");
        assert_eq!(read(complete.clone(), Some(payment("processing", 0)), &[]), " | ");
        // A card that was refused is tried again on an open page; after it is closed, nothing comes any more.
        assert_eq!(read(open, Some(payment("requires_payment_method", 0)), &[]), " | ");
        assert_eq!(
            read(complete.clone(), Some(payment("requires_payment_method", 0)), &[]),
            "reconcile:pi_1:requires_payment_method | state expired/open"
        );
        assert_eq!(
            read(
                complete.clone(),
                Some(payment("succeeded", 300)),
                &[dispute_of("lost"), dispute_of("warning_closed")]
            ),
            "reconcile:pi_1:paid:2500 reconcile:pi_1:returned:300 reconcile:pi_1:dp_1:Lost:2000 | \
             payment pi_1/, paid 2500/0, returned 300/0, disputed 2000/0, state paid/open"
        );
        assert_eq!(
            read(complete.clone(), Some(payment("succeeded", 500)), &[dispute_of("lost")]).rsplit(' ').next(),
            Some("returned/open")
        );
        assert_eq!(
            read(complete.clone(), Some(payment("succeeded", 0)), &[dispute_of("odd")]),
            "of `pi_1`, its status `odd` is none that is known"
        );
        let mut bare = payment("succeeded", 0);
        bare["latest_charge"] = json!("ch_1");
        assert_eq!(read(complete, Some(bare), &[]), "`pi_1` comes without its charge");
    }

    #[test]
    fn what_stripe_never_heard_of_ends_after_a_day() {
        let ours = topup(TopupState::Open, 0);
        for (hours, expected) in [(24, None), (25, Some("reconcile:top_00000000000000000000000000000001:stale"))] {
            let mut facts = Facts::default();
            facts.grow_stale(&ours.id, SignedDuration::from_hours(hours));
            assert_eq!(facts.payments().first().map(|(name, _)| name.as_str()), expected);
        }
    }

    #[test]
    fn what_agrees_is_no_difference() {
        let mut facts = Facts::default();
        facts.payment(&payment("succeeded", 0), &[]).unwrap();
        assert!(facts.differences(&topup(TopupState::Paid, 2500)).is_empty());
        // A second payment for the same top-up is seen whatever else agrees.
        let mut second = payment("succeeded", 0);
        second["id"] = json!("pi_2");
        facts.payment(&second, &[]).unwrap();
        let rows = facts.differences(&topup(TopupState::Paid, 2500));
        assert_eq!(rows, [("payment", "pi_1 and pi_2".to_owned(), "pi_1".to_owned())]);
    }
}
