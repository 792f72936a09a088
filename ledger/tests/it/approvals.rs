//! Purchases that a person has to approve: asked once, answered once, and never by whoever asks; or by the person at the
//! client of whoever asks, where a limit wants no more.

use crate::context::{Shop, answer, fresh_with};
use crate::store::lasting;
use jiff::Timestamp;
use ledger::{
    Approval, Approver, Begun, Clock, CredentialId, Decision, Ledger, LedgerError, Limits, NewKey, NewPurchase,
    Purchase, PurchaseState, Settings,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use uaps_model::AccessLevel;

const ORDER: &str = r#"{"body": {"item": "tea"}}"#;

/// A key above, one between, and an agent's below.
struct Family {
    shop: Shop,
    between: CredentialId,
    agent: CredentialId,
}

impl Family {
    /// `between` may spend 500 cents at once without being asked about.
    async fn on(ledger: Ledger) -> Family {
        let shop = Shop::on(ledger, 10_000).await;
        let below = async |parent: &CredentialId| {
            let new =
                NewKey { parent: Some(parent.clone()), ..NewKey::new("b@example.com", AccessLevel::Authenticated) };
            shop.ledger.create_key(new).await.unwrap().credential.id
        };
        let between = below(&shop.who).await;
        let agent = below(&between).await;
        let limits = Limits { approval_above: Some(500), ..Limits::default() };
        shop.ledger.set_limits(&between, limits).await.unwrap();
        Family { shop, between, agent }
    }

    async fn ask(&self, key: &str, cents: i64) -> (Purchase, Approval) {
        let order = Some(ORDER.to_owned());
        let new = NewPurchase { credential: self.agent.clone(), order, ..self.shop.order(key, cents) };
        match self.shop.ledger.begin_purchase(new).await.unwrap() {
            Begun::Held(purchase, approval) => (purchase, approval),
            other => panic!("not held: {other:?}"),
        }
    }

    /// What becomes of an answer, in words: the approval's and the purchase's state.
    async fn say(&self, purchase: &Purchase, by: &Approver, decision: Decision) -> String {
        match self.shop.ledger.decide(&purchase.id, by.clone(), decision).await {
            Ok((purchase, approval)) => format!("{} {}", approval.state, purchase.state),
            Err(LedgerError::Decided { state, .. }) => format!("was {state}"),
            Err(LedgerError::MayNotApprove { .. }) => "may not".to_owned(),
            Err(error) => error.to_string(),
        }
    }
}

fn yes() -> Decision {
    Decision::Approve { request: Some("kept".into()) }
}

fn no() -> Decision {
    Decision::Deny { reason: "too dear".into(), answer: answer("denied") }
}

fn over() -> Decision {
    Decision::Expire { reason: "nobody".into(), answer: answer("expired") }
}

#[tokio::test]
async fn an_approval_keeps_the_money_held_and_the_order_until_a_yes() {
    let family = Family::on(Ledger::open(&crate::store::fleeting().await).await.unwrap()).await;
    let ledger = &family.shop.ledger;
    let (purchase, approval) = family.ask("a", 501).await;
    assert_eq!((purchase.state, &approval.demanded_by), (PurchaseState::Held, &family.between));
    assert_eq!(family.shop.balance().await, "posted 10000, held 501, available 9499");
    assert_eq!(ledger.order(&purchase.id).await.unwrap().unwrap().1.as_deref(), Some(ORDER));
    for above in [&family.agent, &family.between, &family.shop.who] {
        assert_eq!(ledger.approvals_below(above, None, 10).await.unwrap(), std::slice::from_ref(&approval));
    }
    let stranger = crate::context::customer(ledger, 0).await;
    assert_eq!(ledger.approvals_below(&stranger, None, 10).await.unwrap(), []);

    // Up to the amount nobody is asked.
    let small = NewPurchase { credential: family.agent.clone(), ..family.shop.order("b", 500) };
    assert!(matches!(ledger.begin_purchase(small).await.unwrap(), Begun::Started(_)));

    let by = Approver::Key(family.shop.who.clone());
    let (told, _) = ledger.decide(&purchase.id, by, yes()).await.unwrap();
    assert_eq!((told.state, Some(&told)), (PurchaseState::Sent, ledger.purchase(&told.id).await.unwrap().as_ref()));
    assert!(told.updated_at >= purchase.updated_at);
    let decided = ledger.approval(&approval.id).await.unwrap().unwrap();
    assert_eq!(decided.decided_by.as_deref(), Some(family.shop.who.as_str()));
    family.shop.capture(&purchase.id, 480).await;
    assert_eq!(family.shop.balance().await, "posted 9520, held 500, available 9020");
    family.shop.assert_audit_clean().await;
}

#[tokio::test]
async fn those_that_wait_come_page_by_page() {
    let family = Family::on(Ledger::open(&crate::store::fleeting().await).await.unwrap()).await;
    let mut asked = Vec::new();
    for key in ["a", "b", "c", "d", "e"] {
        asked.push(family.ask(key, 600).await.1);
    }
    asked.sort_by(|a, b| (a.created_at, a.id.as_str()).cmp(&(b.created_at, b.id.as_str())));
    let ledger = &family.shop.ledger;
    // The place of one that is answered meanwhile stays.
    ledger.decide(&asked[1].purchase, Approver::Operator, no()).await.unwrap();
    for key in [None, Some(&family.agent), Some(&family.shop.who)] {
        let page = async |after: Option<&Approval>| match (key, after.map(|approval| &approval.id)) {
            (None, after) => ledger.approvals(after, 2).await.unwrap(),
            (Some(key), after) => ledger.approvals_below(key, after, 2).await.unwrap(),
        };
        assert_eq!(page(None).await, [asked[0].clone(), asked[2].clone()]);
        assert_eq!(page(Some(&asked[1])).await, [asked[2].clone(), asked[3].clone()]);
        assert_eq!(page(Some(&asked[3])).await, [asked[4].clone()]);
        assert_eq!(page(Some(&asked[4])).await, []);
    }
}

#[tokio::test]
async fn neither_who_asks_nor_whose_limit_it_is_can_answer() {
    let family = Family::on(Ledger::open(&crate::store::fleeting().await).await.unwrap()).await;
    let (purchase, _) = family.ask("a", 501).await;
    let stranger = crate::context::customer(&family.shop.ledger, 0).await;
    for key in [&family.agent, &family.between, &stranger] {
        for decision in [yes(), no()] {
            assert_eq!(family.say(&purchase, &Approver::Key(key.clone()), decision).await, "may not");
        }
    }
    assert_eq!(family.say(&purchase, &Approver::Operator, no()).await, "denied released");
    assert_eq!(family.shop.balance().await, "posted 10000, held 0, available 10000");
}

#[tokio::test]
async fn the_uppermost_limit_that_asks_decides_who_may_answer() {
    let family = Family::on(Ledger::open(&crate::store::fleeting().await).await.unwrap()).await;
    let limits = Limits { approval_above: Some(800), ..Limits::default() };
    family.shop.ledger.set_limits(&family.shop.who, limits).await.unwrap();
    let (purchase, approval) = family.ask("a", 801).await;
    assert_eq!(approval.demanded_by, family.shop.who);
    // Nobody stands above it but the operator.
    assert_eq!(family.say(&purchase, &Approver::Key(family.shop.who.clone()), yes()).await, "may not");
    assert_eq!(family.say(&purchase, &Approver::Operator, yes()).await, "approved sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_answers_at_once_one_counts() {
    let (_dir, url) = lasting().await;
    let family = Arc::new(Family::on(Ledger::open(&url).await.unwrap()).await);
    let (purchase, _) = family.ask("a", 501).await;
    let answers = (0..100).map(|n| {
        let (family, purchase) = (family.clone(), purchase.clone());
        let by = if n % 2 == 0 { Approver::Operator } else { Approver::Key(family.shop.who.clone()) };
        tokio::spawn(async move { family.say(&purchase, &by, if n % 3 == 0 { no() } else { yes() }).await })
    });
    let mut won = Vec::new();
    for task in answers.collect::<Vec<_>>() {
        let said = task.await.unwrap();
        if !said.starts_with("was ") {
            won.push(said);
        }
    }
    assert_eq!(won.len(), 1, "{won:?}");
    let held = if won[0] == "approved sent" { 501 } else { 0 };
    assert_eq!(family.shop.balance().await, format!("posted 10000, held {held}, available {}", 10_000 - held));
    family.shop.assert_audit_clean().await;
}

#[tokio::test]
async fn a_question_that_nobody_answers_ends_when_its_time_is_over() {
    let now = Arc::new(AtomicI64::new(Timestamp::now().as_second()));
    let shown = now.clone();
    let clock = Clock::new(move || Timestamp::from_second(shown.load(Ordering::SeqCst)).unwrap());
    let family = Family::on(fresh_with(Settings { clock, ..Settings::default() }).await).await;
    let (purchase, approval) = family.ask("a", 501).await;
    assert_eq!(family.shop.ledger.overdue_approvals(10).await.unwrap(), []);
    assert_eq!(family.say(&purchase, &Approver::Operator, over()).await, "the approval has not run out yet");
    now.store(approval.expires_at.as_second(), Ordering::SeqCst);
    assert_eq!(family.say(&purchase, &Approver::Operator, yes()).await, "was expired");
    assert_eq!(family.shop.ledger.overdue_approvals(10).await.unwrap().len(), 1);
    assert_eq!(family.say(&purchase, &Approver::Operator, over()).await, "expired released");
    assert_eq!(family.say(&purchase, &Approver::Operator, over()).await, "was expired");
    assert_eq!(family.shop.ledger.overdue_approvals(10).await.unwrap(), []);
    assert_eq!(family.shop.balance().await, "posted 10000, held 0, available 10000");
    family.shop.assert_audit_clean().await;
}

#[tokio::test]
async fn nothing_is_bought_for_a_key_that_was_revoked_while_it_waited() {
    let family = Family::on(Ledger::open(&crate::store::fleeting().await).await.unwrap()).await;
    let (purchase, _) = family.ask("a", 501).await;
    family.shop.ledger.revoke(&family.between).await.unwrap();
    let by = Approver::Key(family.shop.who.clone());
    assert!(family.say(&purchase, &by, yes()).await.contains("is revoked"));
    assert_eq!(family.say(&purchase, &by, no()).await, "denied released");
}

/// Who may answer what `between`'s limits and the agent's own ask, in words: each on a question of its own.
async fn check_who_may(between: Limits, agent: Limits, expected: &str) {
    let family = Family::on(fresh_with(Settings::default()).await).await;
    let ledger = &family.shop.ledger;
    ledger.set_limits(&family.between, between).await.unwrap();
    ledger.set_limits(&family.agent, agent).await.unwrap();
    let mut told = Vec::new();
    for (who, by) in [
        ("agent", Approver::Key(family.agent.clone())),
        ("its client", Approver::Client(family.agent.clone())),
        ("between", Approver::Key(family.between.clone())),
        ("its client", Approver::Client(family.between.clone())),
        ("above", Approver::Key(family.shop.who.clone())),
        ("operator", Approver::Operator),
    ] {
        let (purchase, _) = family.ask(&format!("{who} {by}"), 600).await;
        let said = family.say(&purchase, &by, no()).await;
        told.push(format!("{who}: {}", if said == "denied released" { "may" } else { &said }));
        family.say(&purchase, &Approver::Operator, no()).await;
    }
    assert_eq!(told.join(", "), expected);
    family.shop.assert_audit_clean().await;
}

#[tokio::test]
async fn what_may_be_confirmed_is_answered_by_the_client_of_who_asks_too() {
    let approve = |cents| Limits { approval_above: Some(cents), ..Limits::default() };
    let confirm = |cents| Limits { confirm_above: Some(cents), ..Limits::default() };
    let confirmable = "agent: may not, its client: may, between: may, its client: may not, above: may, operator: may";
    check_who_may(Limits::default(), confirm(500), confirmable).await;
    check_who_may(confirm(500), Limits::default(), confirmable).await;
    check_who_may(approve(600), confirm(500), confirmable).await;
    // A limit that asks for an approval wins, wherever it stands.
    let above = "agent: may not, its client: may not, between: may not, its client: may not, above: may, operator: may";
    check_who_may(approve(500), confirm(100), above).await;
    let of_agent = "agent: may not, its client: may not, between: may, its client: may not, above: may, operator: may";
    check_who_may(confirm(100), approve(500), of_agent).await;
}

#[tokio::test]
async fn a_confirmation_counts_once_and_is_told_as_one() {
    let family = Family::on(fresh_with(Settings::default()).await).await;
    let ledger = &family.shop.ledger;
    let limits = Limits { confirm_above: Some(500), ..Limits::default() };
    ledger.set_limits(&family.between, limits).await.unwrap();
    let (purchase, approval) = family.ask("a", 501).await;
    assert!(approval.confirmable && approval.demanded_by == family.between);
    let client = Approver::Client(family.agent.clone());
    assert_eq!(family.say(&purchase, &client, yes()).await, "approved sent");
    for (by, decision) in [(&client, yes()), (&client, no()), (&Approver::Operator, yes())] {
        assert_eq!(family.say(&purchase, by, decision).await, "was approved");
    }
    let decided = ledger.approval(&approval.id).await.unwrap().unwrap();
    assert_eq!(decided.decided_by, Some(format!("client:{}", family.agent)));

    let (purchase, _) = family.ask("b", 501).await;
    assert_eq!(family.say(&purchase, &client, no()).await, "denied released");
    assert_eq!(family.shop.balance().await, "posted 10000, held 501, available 9499");
}

#[tokio::test]
async fn a_client_confirms_nothing_that_needs_an_approval_by_now() {
    let family = Family::on(fresh_with(Settings::default()).await).await;
    let ledger = &family.shop.ledger;
    let confirm = Limits { confirm_above: Some(100), ..Limits::default() };
    ledger.set_limits(&family.between, confirm.clone()).await.unwrap();
    let (purchase, _) = family.ask("a", 501).await;
    let client = Approver::Client(family.agent.clone());
    ledger.set_limits(&family.shop.who, Limits { approval_above: Some(500), ..Limits::default() }).await.unwrap();
    assert_eq!(family.say(&purchase, &client, yes()).await, "may not");
    // Nor does a key that the new limit is above of; but a client's no is heard.
    assert_eq!(family.say(&purchase, &Approver::Key(family.between.clone()), yes()).await, "may not");
    let (other, _) = {
        ledger.set_limits(&family.shop.who, Limits::default()).await.unwrap();
        let asked = family.ask("b", 501).await;
        let approve = Limits { approval_above: Some(500), ..Limits::default() };
        ledger.set_limits(&family.shop.who, approve).await.unwrap();
        asked
    };
    assert_eq!(family.say(&other, &client, no()).await, "denied released");
    ledger.set_limits(&family.shop.who, Limits::default()).await.unwrap();
    ledger.revoke(&family.agent).await.unwrap();
    assert!(family.say(&purchase, &client, yes()).await.contains("is revoked"));
    assert_eq!(family.say(&purchase, &Approver::Operator, no()).await, "denied released");
}
