//! The account's objects as Stripe writes them, with the members that matter and some that do not.

use crate::book::{Book, Dispute, Payment, Refund, Session};
use serde_json::{Value, json};

pub(crate) fn session(book: &Book, session: &Session) -> Value {
    let paid = session.payment.as_deref().and_then(|id| book.payment(id));
    let payment_status = if paid.is_some_and(|payment| payment.status == "succeeded") { "paid" } else { "unpaid" };
    let open = session.status == "open";
    json!({
        "id": session.id,
        "object": "checkout.session",
        "amount_subtotal": session.cents,
        "amount_total": session.cents,
        "client_reference_id": session.topup,
        "created": session.created,
        "currency": session.currency,
        "expires_at": session.created + 86_400,
        "livemode": false,
        "metadata": {"topup_id": session.topup},
        "mode": "payment",
        "payment_intent": session.payment,
        "payment_status": payment_status,
        "status": session.status,
        "url": open.then(|| format!("https://checkout.stripe.example/c/pay/{}", session.id)),
    })
}

fn metadata(payment: &Payment) -> Value {
    match &payment.topup {
        Some(topup) => json!({"topup_id": topup}),
        None => json!({"cart": "5"}),
    }
}

fn charge_id(payment: &str) -> String {
    payment.replacen("pi_", "ch_", 1)
}

/// A payment; with its charge as a whole where that is `expanded`.
pub(crate) fn payment(book: &Book, payment: &Payment, expanded: bool) -> Value {
    let succeeded = payment.status == "succeeded";
    let latest = if expanded { charge(book, payment) } else { charge_id(&payment.id).into() };
    json!({
        "id": payment.id,
        "object": "payment_intent",
        "amount": payment.cents,
        "amount_received": if succeeded { payment.cents } else { 0 },
        "created": payment.created,
        "currency": payment.currency,
        "latest_charge": latest,
        "livemode": false,
        "metadata": metadata(payment),
        "status": payment.status,
    })
}

/// A payment's charge. Charges made by hand in the dashboard lack the metadata; every second of these does.
pub(crate) fn charge(book: &Book, payment: &Payment) -> Value {
    let bare = payment.id.bytes().last().is_some_and(|digit| digit % 2 == 0);
    let refunded = book.refunded(&payment.id);
    json!({
        "id": charge_id(&payment.id),
        "object": "charge",
        "amount": payment.cents,
        "amount_refunded": refunded,
        "created": payment.created,
        "currency": payment.currency,
        "disputed": book.disputes.iter().any(|dispute| dispute.payment == payment.id),
        "livemode": false,
        "metadata": if bare { json!({}) } else { metadata(payment) },
        "paid": payment.status == "succeeded",
        "payment_intent": payment.id,
        "refunded": refunded == payment.cents,
    })
}

pub(crate) fn refund(refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.cents,
        "charge": charge_id(&refund.payment),
        "created": refund.created,
        "currency": "usd",
        "metadata": {},
        "payment_intent": refund.payment,
        "status": if refund.failed { "failed" } else { "succeeded" },
    })
}

pub(crate) fn dispute(book: &Book, dispute: &Dispute) -> Value {
    let currency = book.payment(&dispute.payment).map(|payment| payment.currency.as_str()).unwrap_or("usd");
    json!({
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.cents,
        "charge": charge_id(&dispute.payment),
        "created": dispute.created,
        "currency": currency,
        "livemode": false,
        "metadata": {},
        "payment_intent": dispute.payment,
        "reason": "fraudulent",
        "status": dispute.status,
    })
}
