//! What happened in the account.

use crate::event::Event;
use crate::json;
use std::collections::HashMap;

#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub id: String,
    pub created: i64,
    pub topup: String,
    pub cents: i64,
    pub currency: String,
    /// `open`, `complete` or `expired`.
    pub status: &'static str,
    pub payment: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Payment {
    pub id: String,
    pub created: i64,
    pub topup: Option<String>,
    pub cents: i64,
    pub currency: String,
    /// `processing`, `succeeded` or `requires_payment_method`.
    pub status: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub id: String,
    pub created: i64,
    pub payment: String,
    pub cents: i64,
    pub failed: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Dispute {
    pub id: String,
    pub created: i64,
    pub payment: String,
    pub cents: i64,
    /// `needs_response`, `won` or `lost`.
    pub status: &'static str,
}

/// An answer kept under an idempotency key: the request's parameters, and status and body.
pub(crate) type Kept = (String, u16, String);

#[derive(Debug, Default)]
pub(crate) struct Book {
    pub sessions: Vec<Session>,
    pub payments: Vec<Payment>,
    pub refunds: Vec<Refund>,
    pub disputes: Vec<Dispute>,
    pub outbox: Vec<Event>,
    pub kept: HashMap<String, Kept>,
    count: u64,
}

pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

impl Book {
    pub fn name(&mut self, prefix: &str) -> String {
        self.count += 1;
        format!("{prefix}_{:08}", self.count)
    }

    fn session(&mut self, id: &str) -> &mut Session {
        self.sessions.iter_mut().find(|session| session.id == id).expect("the session is there")
    }

    pub fn payment(&self, id: &str) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.id == id)
    }

    fn tell(&mut self, kind: &str, object: serde_json::Value) {
        let id = self.name("evt");
        self.outbox.push(Event::new(id, kind, &object));
    }

    fn begin(&mut self, session: &str, status: &'static str) -> String {
        let id = self.name("pi");
        let session = self.session(session);
        assert_eq!(session.status, "open", "only an open session is paid");
        session.status = "complete";
        session.payment = Some(id.clone());
        let payment = Payment {
            id: id.clone(),
            created: now(),
            topup: Some(session.topup.clone()),
            cents: session.cents,
            currency: session.currency.clone(),
            status,
        };
        self.payments.push(payment);
        id
    }

    fn tell_session(&mut self, kind: &str, session: &str) {
        let session = self.session(session).clone();
        let object = json::session(self, &session);
        self.tell(kind, object);
    }

    fn tell_payment(&mut self, kind: &str, payment: &str) {
        let object =
            self.payment(payment).map(|payment| json::payment(self, payment, false)).expect("the payment is there");
        self.tell(kind, object);
    }

    pub fn pay(&mut self, session: &str) -> String {
        let id = self.begin(session, "succeeded");
        self.tell_payment("payment_intent.succeeded", &id);
        self.tell_session("checkout.session.completed", session);
        id
    }

    pub fn pay_slowly(&mut self, session: &str) -> String {
        let id = self.begin(session, "processing");
        self.tell_session("checkout.session.completed", session);
        id
    }

    pub fn arrive(&mut self, session: &str, comes: bool) {
        let id = self.session(session).payment.clone().expect("it was paid slowly");
        let payment = self.payments.iter_mut().find(|payment| payment.id == id).expect("the payment is there");
        assert_eq!(payment.status, "processing");
        payment.status = if comes { "succeeded" } else { "requires_payment_method" };
        if comes {
            self.tell_payment("payment_intent.succeeded", &id);
            self.tell_session("checkout.session.async_payment_succeeded", session);
        } else {
            self.tell_session("checkout.session.async_payment_failed", session);
        }
    }

    pub fn expire(&mut self, session: &str) -> bool {
        let open = self.session(session).status == "open";
        if open {
            self.session(session).status = "expired";
            self.tell_session("checkout.session.expired", session);
        }
        open
    }

    /// What is neither refunded nor with a bank.
    fn left(&self, payment: &str) -> i64 {
        let paid =
            self.payment(payment).filter(|payment| payment.status == "succeeded").map_or(0, |payment| payment.cents);
        paid - self.refunded(payment) - self.withheld(payment)
    }

    pub fn refunded(&self, payment: &str) -> i64 {
        let of = self.refunds.iter().filter(|refund| refund.payment == payment && !refund.failed);
        of.map(|refund| refund.cents).sum()
    }

    fn withheld(&self, payment: &str) -> i64 {
        let of = self.disputes.iter().filter(|dispute| dispute.payment == payment && dispute.status != "won");
        of.map(|dispute| dispute.cents).sum()
    }

    pub fn refund(&mut self, payment: &str, cents: i64) -> Option<String> {
        if cents < 1 || cents > self.left(payment) {
            return None;
        }
        let id = self.name("re");
        self.refunds.push(Refund { id: id.clone(), created: now(), payment: payment.to_owned(), cents, failed: false });
        let charge = self.payment(payment).map(|payment| json::charge(self, payment));
        self.tell("charge.refunded", charge?);
        Some(id)
    }

    pub fn fail_refund(&mut self, id: &str) {
        let refund = self.refunds.iter_mut().find(|refund| refund.id == id).expect("the refund is there");
        refund.failed = true;
        let refund = refund.clone();
        let object = json::refund(&refund);
        self.tell("refund.failed", object);
    }

    pub fn dispute(&mut self, payment: &str, cents: i64) -> Option<String> {
        if cents < 1 || cents > self.left(payment) {
            return None;
        }
        let id = self.name("dp");
        let dispute =
            Dispute { id: id.clone(), created: now(), payment: payment.to_owned(), cents, status: "needs_response" };
        let object = json::dispute(self, &dispute);
        self.disputes.push(dispute);
        self.tell("charge.dispute.created", object.clone());
        self.tell("charge.dispute.funds_withdrawn", object);
        Some(id)
    }

    pub fn decide(&mut self, id: &str, won: bool) {
        let dispute = self.disputes.iter_mut().find(|dispute| dispute.id == id).expect("the dispute is there");
        assert_eq!(dispute.status, "needs_response", "a dispute is decided once");
        dispute.status = if won { "won" } else { "lost" };
        let dispute = dispute.clone();
        let object = json::dispute(self, &dispute);
        self.tell("charge.dispute.closed", object.clone());
        if won {
            self.tell("charge.dispute.funds_reinstated", object);
        }
    }

    pub fn kept(&self, topup: &str) -> i64 {
        let ours = self.payments.iter().filter(|payment| payment.topup.as_deref() == Some(topup));
        ours.map(|payment| self.left(&payment.id)).sum()
    }

    pub fn unrelated(&mut self, cents: i64) -> String {
        let id = self.name("pi");
        let currency = "eur".to_owned();
        self.payments.push(Payment {
            id: id.clone(),
            created: now(),
            topup: None,
            cents,
            currency,
            status: "succeeded",
        });
        self.tell_payment("payment_intent.succeeded", &id);
        id
    }

    pub fn set_currency(&mut self, session: &str, currency: &str) {
        self.session(session).currency = currency.to_owned();
    }
}
