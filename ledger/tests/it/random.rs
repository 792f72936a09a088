//! Random histories: the ledger does what the model does, step by step, and its books are right in the end.
//!
//! 256 histories; `PROPTEST_CASES` makes it more.

use crate::context::{answer, charged, customer, fresh};
use crate::model::{Person, State};
use ledger::{
    Begun, CredentialId, FeeHold, Fingerprint, Ledger, LedgerError, NewPurchase, NewQuote, Purchase, PurchaseState,
    Wanted,
};
use proptest::prelude::*;
use std::collections::HashMap;
use std::time::Duration;
use uaps_model::Money;

#[derive(Debug, Clone)]
enum Step {
    Credit { source: u8, cents: i64 },
    Quote { request: u8, cents: i64 },
    Begin { key: u8, request: u8, cents: i64 },
    Capture { key: u8, cents: i64 },
    CapturePart { key: u8, quarters: i64 },
    Release { key: u8 },
    Unknown { key: u8 },
    Refund { key: u8, cents: i64 },
    HoldFee { cents: i64 },
    EndFee { nth: usize, take: bool },
}

/// Few keys, requests and sources, so that they meet; amounts around the balance, so that it often runs out; charges far
/// above the holds, so that debts arise while other money is held.
fn step() -> impl Strategy<Value = Step> {
    let (key, request) = (0u8..4, 0u8..2);
    prop_oneof![
        2 => (0u8..8, 1i64..800).prop_map(|(source, cents)| Step::Credit { source, cents }),
        1 => (request.clone(), 0i64..350).prop_map(|(request, cents)| Step::Quote { request, cents }),
        5 => (key.clone(), request, 0i64..350).prop_map(|(key, request, cents)| Step::Begin { key, request, cents }),
        3 => (key.clone(), 0i64..1600).prop_map(|(key, cents)| Step::Capture { key, cents }),
        3 => (key.clone(), 0i64..=4).prop_map(|(key, quarters)| Step::CapturePart { key, quarters }),
        2 => key.clone().prop_map(|key| Step::Release { key }),
        1 => key.clone().prop_map(|key| Step::Unknown { key }),
        2 => (key, 1i64..500).prop_map(|(key, cents)| Step::Refund { key, cents }),
        2 => (0i64..200).prop_map(|cents| Step::HoldFee { cents }),
        2 => (0usize..4, any::<bool>()).prop_map(|(nth, take)| Step::EndFee { nth, take }),
    ]
}

/// How far the money is; the model has no name for what came back.
fn of_money(state: PurchaseState) -> String {
    if state.is_captured() { "captured".to_owned() } else { state.to_string() }
}

/// The ledger beside the model.
struct Pair {
    ledger: Ledger,
    who: Vec<CredentialId>,
    people: Vec<Person>,
    fees: Vec<Vec<Option<FeeHold>>>,
    sources: HashMap<u8, (usize, i64)>,
    refunds: usize,
}

impl Pair {
    async fn new() -> Pair {
        let ledger = fresh().await;
        let who = vec![customer(&ledger, 1000).await, customer(&ledger, 0).await];
        let people = vec![Person { posted: 1000, ..Person::default() }, Person::default()];
        Pair { ledger, who, people, fees: vec![Vec::new(), Vec::new()], sources: HashMap::new(), refunds: 0 }
    }

    /// Does a step on both and returns what each said.
    async fn apply(&mut self, n: usize, step: &Step) -> (String, String) {
        let who = self.who[n].clone();
        match *step {
            Step::Credit { source, cents } => {
                let said = match self.ledger.add_credit(&who, cents, &format!("source-{source}")).await {
                    Ok(_) => "booked".to_owned(),
                    Err(LedgerError::SourceReused { .. }) => "reused".to_owned(),
                    Err(error) => error.to_string(),
                };
                let first = !self.sources.contains_key(&source);
                let booked = *self.sources.entry(source).or_insert((n, cents));
                if first {
                    self.people[n].credit(cents);
                }
                (said, if booked == (n, cents) { "booked" } else { "reused" }.to_owned())
            }
            Step::Quote { request, cents } => {
                let fingerprint = Fingerprint::of([request]);
                self.people[n].quotes.insert(request, cents);
                let quote = NewQuote {
                    credential: who.clone(),
                    service: "rideshare".into(),
                    tool: "estimate_ride".into(),
                    fingerprint,
                    amount: Money::usd(cents),
                    expires_in: Duration::from_secs(900),
                };
                self.ledger.record_quote(quote).await.unwrap();
                let found = self.ledger.find_quote(&who, &fingerprint).await.unwrap().unwrap();
                (found.amount.cents.to_string(), cents.to_string())
            }
            Step::Begin { key, request, cents } => {
                let fingerprint = Fingerprint::of([request]);
                let quote = self.ledger.find_quote(&who, &fingerprint).await.unwrap();
                let price = quote.as_ref().map_or(cents, |quote| quote.amount.cents);
                let expected = self.people[n].quotes.get(&request).copied().unwrap_or(cents);
                let new = NewPurchase {
                    credential: who,
                    service: "rideshare".into(),
                    tool: "book_ride".into(),
                    idempotency_key: key.to_string(),
                    fingerprint,
                    quote: quote.map(|quote| quote.id),
                    amount: Money::usd(price),
                    request: None,
                    order: None,
                };
                let said = match self.ledger.begin_purchase(new).await.unwrap() {
                    Begun::Started(_) => "started".to_owned(),
                    Begun::Existing(p) => format!("existing {}", of_money(p.state)),
                    Begun::KeyReused(p) => format!("reused {}", of_money(p.state)),
                    Begun::Insufficient(short) => format!("short {}", short.shortfall_cents),
                    Begun::Limited(exceeded) => format!("limited {}", exceeded.limit),
                    Begun::Held(_, approval) => format!("held by {}", approval.demanded_by),
                    Begun::Blocked { receivable_cents } => format!("blocked {receivable_cents}"),
                };
                (said, self.people[n].begin(key, request, expected))
            }
            Step::Capture { key, cents } => self.end(n, key, State::Captured(cents)).await,
            Step::CapturePart { key, quarters } => {
                let held = self.people[n].purchases.get(&key).map_or(0, |purchase| purchase.held);
                self.end(n, key, State::Captured(held * quarters / 4)).await
            }
            Step::Release { key } => self.end(n, key, State::Released).await,
            Step::Unknown { key } => self.end(n, key, State::Unknown).await,
            Step::Refund { key, cents } => {
                let expected = self.people[n].refund(key, cents);
                let Some(bought) = self.ledger.find_purchase(&who, &key.to_string()).await.unwrap() else {
                    return ("no such".to_owned(), expected);
                };
                self.refunds += 1;
                let said = match self.ledger.refund(&bought.id, cents, &format!("refund-{}", self.refunds)).await {
                    Ok(purchase) => format!("back {}", purchase.refunded_cents),
                    Err(LedgerError::RefundTooHigh { left_cents, .. }) => format!("left {left_cents}"),
                    Err(LedgerError::WrongState { state, .. }) => format!("is {state}"),
                    Err(error) => error.to_string(),
                };
                (said, expected)
            }
            Step::HoldFee { cents } => {
                let said = match self.ledger.hold_fee(&who, cents, "weather").await {
                    Ok(hold) => {
                        self.fees[n].push(Some(hold));
                        "held".to_owned()
                    }
                    Err(LedgerError::Insufficient(short)) => format!("short {}", short.shortfall_cents),
                    Err(error) => error.to_string(),
                };
                (said, self.people[n].hold_fee(cents))
            }
            Step::EndFee { nth, take } => {
                let Some(hold) = self.fees[n].get_mut(nth).and_then(Option::take) else {
                    return Default::default();
                };
                if take {
                    hold.settle();
                } else {
                    drop(hold);
                }
                self.people[n].end_fee(nth, take);
                Default::default()
            }
        }
    }

    async fn end(&mut self, n: usize, key: u8, to: State) -> (String, String) {
        let expected = self.people[n].end(key, to);
        let Some(Purchase { id, .. }) = self.ledger.find_purchase(&self.who[n], &key.to_string()).await.unwrap() else {
            return ("no such".to_owned(), expected);
        };
        let done = match to {
            State::Captured(cents) => self.ledger.capture(&id, charged(cents)).await,
            State::Released => self.ledger.release(&id, "refused", answer("")).await,
            State::Unknown | State::Sent => self.ledger.mark_unknown(&id, "timeout").await,
        };
        let said = match done {
            Ok(purchase) => of_money(purchase.state),
            Err(LedgerError::WrongState { state, .. }) => format!("is {}", of_money(state)),
            Err(error) => error.to_string(),
        };
        (said, expected)
    }

    async fn balances(&self) -> (Vec<[i64; 3]>, Vec<[i64; 3]>) {
        let mut real = Vec::new();
        for who in &self.who {
            let b = self.ledger.balance(who).await.unwrap();
            assert_eq!(b.available_cents, b.posted_cents - b.held_cents);
            real.push([b.posted_cents, b.held_cents, b.receivable_cents]);
        }
        (real, self.people.iter().map(|p| [p.posted, p.held(), p.debt]).collect())
    }
}

async fn run(steps: &[(usize, Step)]) -> Result<(), TestCaseError> {
    let mut pair = Pair::new().await;
    for (n, step) in steps {
        let (said, expected) = pair.apply(*n, step).await;
        prop_assert_eq!(said, expected, "customer {}: {:?}", n, step);
        let (real, model) = pair.balances().await;
        prop_assert_eq!(real, model, "after customer {}: {:?}", n, step);
    }
    let report = pair.ledger.audit().await.unwrap();
    prop_assert!(report.is_clean(), "{}", report);
    for (who, person) in pair.who.iter().zip(&pair.people) {
        let lines = pair.ledger.transactions(who, &Wanted::default(), u32::MAX, None).await.unwrap();
        prop_assert_eq!(lines.iter().map(|line| line.amount_cents).sum::<i64>(), person.posted);
        prop_assert_eq!(lines.first().map_or(0, |line| line.balance_after_cents), person.posted);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_does_what_the_model_does(steps in prop::collection::vec((0usize..2, step()), 1..36)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(&steps))?;
    }
}
