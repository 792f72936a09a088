//! Events by example: what each says, in one line.

use super::*;
use serde_json::json;

const ID: &str = "top_00000000000000000000000000000001";

fn said(kind: &str, object: Value) -> String {
    let body = json!({"id": "evt_1", "type": kind, "livemode": false, "api_version": "2099-01-01", "data": {"object": object}});
    match Event::parse(body.to_string().as_bytes()).unwrap().said() {
        Said::Nothing(why) => format!("nothing: {why}"),
        Said::Changed(payment) => format!("look at {payment}"),
        Said::Fact { whose, payment, fact } => {
            let whose = match whose {
                Whose::Topup(id) => {
                    assert_eq!(id.as_str(), ID);
                    "ours".to_owned()
                }
                Whose::Payment(payment) => format!("of {payment}"),
            };
            let fact = match fact {
                Ok(Payment::Paid { payment, cents }) => format!("{payment} paid {cents}"),
                Ok(Payment::Returned { cents }) => format!("returned {cents}"),
                Ok(Payment::Disputed { dispute, cents, state }) => format!("{dispute} {state:?} {cents}"),
                Ok(Payment::Expired) => "expired".to_owned(),
                Err(reason) => format!("refused: {reason}"),
            };
            format!("{whose} ({}): {fact}", payment.as_deref().unwrap_or("-"))
        }
    }
}

/// An object of ours with some members.
fn ours(members: Value) -> Value {
    let mut object = json!({"metadata": {"topup_id": ID}, "currency": "usd"});
    object.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    object
}

#[test]
fn what_another_account_says_is_nothing() {
    let object = ours(json!({"id": "pi_1", "amount_received": 2500}));
    let mut event = json!({"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": object}});
    for (account, nothing) in [(json!("acct_1"), true), (Value::Null, false)] {
        event["account"] = account;
        let said = Event::parse(event.to_string().as_bytes()).unwrap().said();
        assert_eq!(said == Said::Nothing("an event of a connected account"), nothing, "{said:?}");
    }
}

#[test]
fn a_session_says_what_was_paid() {
    let completed = |members| said("checkout.session.completed", ours(members));
    let paid = json!({"payment_status": "paid", "payment_intent": "pi_1", "amount_total": 2500});
    assert_eq!(completed(paid.clone()), "ours (pi_1): pi_1 paid 2500");
    assert_eq!(said("checkout.session.async_payment_succeeded", ours(paid.clone())), "ours (pi_1): pi_1 paid 2500");
    assert_eq!(completed(json!({"payment_status": "unpaid"})), "nothing: a session whose money is still on its way");
    assert_eq!(
        completed(json!({"payment_status": "no_payment_required", "amount_total": 0})),
        "ours (-): refused: its payment status is `no_payment_required`, so nobody paid"
    );
    assert_eq!(
        completed(json!({"payment_status": "paid", "amount_total": 5})),
        "ours (-): refused: it names no payment"
    );
    for (changed, reason) in [
        (json!({"currency": "eur"}), "its currency is `eur`, not usd"),
        (json!({"amount_total": 25.5}), "its `amount_total` is no whole number of cents from 1 on"),
        (json!({"amount_total": 0}), "its `amount_total` is no whole number of cents from 1 on"),
    ] {
        let mut members = paid.clone();
        members.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        assert_eq!(completed(members), format!("ours (pi_1): refused: {reason}"));
    }
    assert_eq!(said("checkout.session.expired", ours(json!({}))), "ours (-): expired");
    assert_eq!(said("checkout.session.async_payment_failed", ours(json!({}))), "ours (-): expired");
}

#[test]
fn what_is_not_ours_says_nothing_however_odd_it_is() {
    for metadata in [json!(null), json!({}), json!({"topup_id": "cart-5"}), json!({"topup_id": 5}), json!("x")] {
        let object = json!({"metadata": metadata, "currency": "eur", "amount_total": "5", "payment_status": "?"});
        for kind in
            ["checkout.session.completed", "checkout.session.expired", "payment_intent.succeeded", "charge.refunded"]
        {
            assert!(said(kind, object.clone()).starts_with("nothing: "), "{kind}");
        }
    }
    assert_eq!(said("invoice.paid", ours(json!({}))), "nothing: a type that says nothing of top-ups");
}

#[test]
fn a_payment_says_what_arrived() {
    let object = ours(json!({"id": "pi_1", "amount": 2600, "amount_received": 2500}));
    assert_eq!(said("payment_intent.succeeded", object), "ours (pi_1): pi_1 paid 2500");
}

#[test]
fn what_went_back_is_told_in_all() {
    let charge =
        json!({"id": "ch_1", "payment_intent": "pi_1", "currency": "usd", "amount": 2500, "amount_refunded": 700});
    assert_eq!(said("charge.refunded", charge.clone()), "of pi_1 (pi_1): returned 700");
    assert_eq!(said("charge.refunded", ours(charge)), "ours (pi_1): returned 700");
    let refund = json!({"id": "re_1", "payment_intent": {"id": "pi_1"}, "amount": 700, "status": "failed"});
    assert_eq!(said("refund.failed", refund), "look at pi_1");
    assert_eq!(said("refund.updated", json!({})), "nothing: a refund of no payment");
}

#[test]
fn a_dispute_says_how_far_it_is() {
    let dispute = |status: &str| {
        let object =
            json!({"id": "dp_1", "payment_intent": "pi_1", "currency": "usd", "amount": 2500, "status": status});
        said("charge.dispute.updated", object)
    };
    assert_eq!(dispute("needs_response"), "of pi_1 (pi_1): dp_1 Open 2500");
    assert_eq!(dispute("under_review"), "of pi_1 (pi_1): dp_1 Open 2500");
    assert_eq!(dispute("won"), "of pi_1 (pi_1): dp_1 Won 2500");
    assert_eq!(dispute("lost"), "of pi_1 (pi_1): dp_1 Lost 2500");
    assert_eq!(dispute("warning_needs_response"), "nothing: a question of the bank, which took nothing");
    assert_eq!(dispute("odd\nstatus"), "of pi_1 (pi_1): refused: its status `oddstatus` is none that is known");
    assert_eq!(said("charge.dispute.created", json!({"status": "lost"})), "nothing: a charge of no payment");
}

#[test]
fn what_is_no_event_is_refused() {
    for wrong in
        ["", "[]", "{", "5", r#"{"id": "evt_1", "type": "x"}"#, r#"{"id": 5, "type": "x", "data": {"object": {}}}"#]
    {
        assert!(Event::parse(wrong.as_bytes()).is_err(), "{wrong}");
    }
    let long = json!({"id": "e".repeat(300), "type": "x", "data": {"object": {}}}).to_string();
    assert!(Event::parse(long.as_bytes()).is_err());
}
