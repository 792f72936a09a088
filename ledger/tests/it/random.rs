//! Random histories: the ledger does what the model does, step by step, and its books are right in the end.
//!
//! Each history is 512 steps of two people who each have a key and one below it. Several run at once on one ledger, so that
//! their commands share commits. `PENUMBRA_HISTORIES` makes more or fewer, `PENUMBRA_SEED` tells the same ones again. One that
//! fails is made smaller before it is shown.

use crate::context::{answer, charged};
use crate::model::{ASKS_ABOVE, CONFIRMS_ABOVE, Key, Person, State};
use crate::store::{HISTORIES, lasting};
use ledger::{
    Approver, Begun, CredentialId, Decision, DisputeState, FeeHold, Fingerprint, Ledger, LedgerError, Limits, NewKey,
    NewPurchase, NewQuote, NewTopup, Payment, Purchase, PurchaseState, TopupId, Wanted,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use uaps_model::{AccessLevel, Money};

const STEPS: usize = 512;

/// How long a failure is made smaller.
const SHRINKING: Duration = Duration::from_secs(60);

/// Histories at once.
const AT_ONCE: usize = 64;

#[derive(Debug, Clone)]
enum Step {
    Credit { source: u8, cents: i64 },
    Quote { key: Key, request: u8, cents: i64 },
    Begin { key: Key, name: u8, request: u8, cents: i64 },
    Decide { name: u8, yes: bool, by_client: bool },
    Capture { key: Key, name: u8, cents: i64 },
    CapturePart { key: Key, name: u8, quarters: i64 },
    Release { key: Key, name: u8 },
    Unknown { key: Key, name: u8 },
    Refund { key: Key, name: u8, cents: i64 },
    HoldFee { cents: i64 },
    EndFee { nth: usize, take: bool },
    Paid { cents: i64 },
    Returned { cents: i64 },
    Disputed { number: u8, cents: i64, state: DisputeState },
}

/// Few requests and sources, so that they meet; many names, so that there is always something new to buy; amounts around the
/// balance, so that it often runs out; charges far above the holds, so that debts arise while other money is held.
fn step() -> impl Strategy<Value = Step> {
    let key = || prop_oneof![Just(Key::Own), Just(Key::Below)];
    let (name, request) = (|| 0u8..48, 0u8..2);
    let state = prop_oneof![Just(DisputeState::Open), Just(DisputeState::Won), Just(DisputeState::Lost)];
    prop_oneof![
        3 => (any::<u8>(), 1i64..800).prop_map(|(source, cents)| Step::Credit { source, cents }),
        1 => (key(), request.clone(), 0i64..350).prop_map(|(key, request, cents)| Step::Quote { key, request, cents }),
        8 => (key(), name(), request, 0i64..350)
            .prop_map(|(key, name, request, cents)| Step::Begin { key, name, request, cents }),
        4 => (name(), any::<bool>(), any::<bool>())
            .prop_map(|(name, yes, by_client)| Step::Decide { name, yes, by_client }),
        3 => (key(), name(), 0i64..1200).prop_map(|(key, name, cents)| Step::Capture { key, name, cents }),
        5 => (key(), name(), 0i64..=4).prop_map(|(key, name, quarters)| Step::CapturePart { key, name, quarters }),
        3 => (key(), name()).prop_map(|(key, name)| Step::Release { key, name }),
        2 => (key(), name()).prop_map(|(key, name)| Step::Unknown { key, name }),
        3 => (key(), name(), 1i64..500).prop_map(|(key, name, cents)| Step::Refund { key, name, cents }),
        3 => (0i64..200).prop_map(|cents| Step::HoldFee { cents }),
        4 => (0usize..64, any::<bool>()).prop_map(|(nth, take)| Step::EndFee { nth, take }),
        1 => (1i64..3).prop_map(|n| Step::Paid { cents: n * 700 }),
        1 => (0i64..900).prop_map(|cents| Step::Returned { cents }),
        1 => (0u8..3, 0i64..500, state)
            .prop_map(|(number, cents, state)| Step::Disputed { number, cents, state }),
    ]
}

fn history() -> impl Strategy<Value = Vec<(usize, Step)>> {
    prop::collection::vec((0usize..2, step()), STEPS)
}

/// How far the money is; the model has no name for what came back.
fn of_money(state: PurchaseState) -> String {
    if state.is_captured() { "captured".to_owned() } else { state.to_string() }
}

/// A person of the ledger beside the one of the model.
struct Pair {
    own: CredentialId,
    below: CredentialId,
    topup: TopupId,
    person: Person,
    fees: Vec<Option<FeeHold>>,
    /// How many things were named that may be named once only.
    named: usize,
    sources: HashMap<u8, i64>,
}

impl Pair {
    async fn new(ledger: &Ledger, cents: i64) -> Pair {
        let new = NewKey { credit_cents: cents, ..NewKey::new("ada@example.com", AccessLevel::Authenticated) };
        let own = ledger.create_key(new).await.unwrap().credential.id;
        let new = NewKey {
            parent: Some(own.clone()),
            limits: Limits {
                approval_above: Some(ASKS_ABOVE),
                confirm_above: Some(CONFIRMS_ABOVE),
                ..Limits::default()
            },
            ..NewKey::new("agent@example.com", AccessLevel::Authenticated)
        };
        let below = ledger.create_key(new).await.unwrap().credential.id;
        let topup = NewTopup { credential: below.clone(), idempotency_key: "one".into(), cents: 700 };
        let ledger::BegunTopup::Started(topup) = ledger.begin_topup(topup).await.unwrap() else { panic!("not new") };
        let person = Person { posted: cents, ..Person::default() };
        Pair { own, below, topup: topup.id, person, fees: Vec::new(), named: 0, sources: HashMap::new() }
    }

    fn key(&self, key: Key) -> &CredentialId {
        if key == Key::Own { &self.own } else { &self.below }
    }

    fn name(&mut self, what: &str) -> String {
        self.named += 1;
        format!("{what}-{}-{}", self.own, self.named)
    }

    /// Does a step on both and returns what each said.
    async fn apply(&mut self, ledger: &Ledger, step: &Step) -> (String, String) {
        match *step {
            Step::Credit { source, cents } => {
                let said = match ledger.add_credit(&self.own, cents, &format!("{}-{source}", self.own)).await {
                    Ok(_) => "booked".to_owned(),
                    Err(LedgerError::SourceReused { .. }) => "reused".to_owned(),
                    Err(error) => error.to_string(),
                };
                if !self.sources.contains_key(&source) {
                    self.person.credit(cents);
                }
                let booked = *self.sources.entry(source).or_insert(cents);
                (said, if booked == cents { "booked" } else { "reused" }.to_owned())
            }
            Step::Quote { key, request, cents } => {
                let fingerprint = Fingerprint::of([request]);
                self.person.quotes.insert((key, request), cents);
                let quote = NewQuote {
                    credential: self.key(key).clone(),
                    service: "rideshare".into(),
                    tool: "estimate_ride".into(),
                    fingerprint,
                    amount: Money::usd(cents),
                    expires_in: Duration::from_secs(90_000),
                };
                ledger.record_quote(quote).await.unwrap();
                let found = ledger.find_quote(self.key(key), &fingerprint).await.unwrap().unwrap();
                (found.amount.cents.to_string(), cents.to_string())
            }
            Step::Begin { key, name, request, cents } => {
                let fingerprint = Fingerprint::of([request]);
                let quote = ledger.find_quote(self.key(key), &fingerprint).await.unwrap();
                let price = quote.as_ref().map_or(cents, |quote| quote.amount.cents);
                let expected = self.person.quotes.get(&(key, request)).copied().unwrap_or(cents);
                let new = NewPurchase {
                    credential: self.key(key).clone(),
                    service: "rideshare".into(),
                    tool: "book_ride".into(),
                    idempotency_key: name.to_string(),
                    fingerprint,
                    quote: quote.map(|quote| quote.id),
                    amount: Money::usd(price),
                    request: None,
                    order: Some("{}".into()),
                };
                let said = match ledger.begin_purchase(new).await.unwrap() {
                    Begun::Started(p) | Begun::Held(p, _) => p.state.to_string(),
                    Begun::Existing(p) => format!("existing {}", of_money(p.state)),
                    Begun::KeyReused(p) => format!("reused {}", of_money(p.state)),
                    Begun::Insufficient(short) => format!("short {}", short.shortfall_cents),
                    Begun::Limited(exceeded) => format!("limited {}", exceeded.limit),
                    Begun::Blocked { receivable_cents } => format!("blocked {receivable_cents}"),
                };
                (said, self.person.begin(key, name, request, expected))
            }
            Step::Decide { name, yes, by_client } => {
                let expected = self.person.decide(name, yes, by_client);
                let Some(found) = ledger.find_purchase(&self.below, &name.to_string()).await.unwrap() else {
                    return ("no such".to_owned(), expected);
                };
                let decision = match yes {
                    true => Decision::Approve { request: None },
                    false => Decision::Deny { reason: "no".into(), answer: answer("") },
                };
                let by = match by_client {
                    true => Approver::Client(self.below.clone()),
                    false => Approver::Key(self.own.clone()),
                };
                let said = match ledger.decide(&found.id, by, decision).await {
                    Ok((purchase, _)) => of_money(purchase.state),
                    Err(LedgerError::Decided { .. }) => "decided".to_owned(),
                    Err(LedgerError::UnknownPurchase(_)) => "never asked".to_owned(),
                    Err(LedgerError::MayNotApprove { .. }) => "may not".to_owned(),
                    Err(error) => error.to_string(),
                };
                (said, expected)
            }
            Step::Capture { key, name, cents } => self.end(ledger, key, name, State::Captured(cents)).await,
            Step::CapturePart { key, name, quarters } => {
                let held = self.person.purchases.get(&(key, name)).map_or(0, |purchase| purchase.held);
                self.end(ledger, key, name, State::Captured(held * quarters / 4)).await
            }
            Step::Release { key, name } => self.end(ledger, key, name, State::Released).await,
            Step::Unknown { key, name } => self.end(ledger, key, name, State::Unknown).await,
            Step::Refund { key, name, cents } => {
                let expected = self.person.refund(key, name, cents);
                let Some(bought) = ledger.find_purchase(self.key(key), &name.to_string()).await.unwrap() else {
                    return ("no such".to_owned(), expected);
                };
                let source = self.name("refund");
                let said = match ledger.refund(&bought.id, cents, &source).await {
                    Ok(purchase) => format!("back {}", purchase.refunded_cents),
                    Err(LedgerError::RefundTooHigh { left_cents, .. }) => format!("left {left_cents}"),
                    Err(LedgerError::WrongState { state, .. }) => format!("is {state}"),
                    Err(error) => error.to_string(),
                };
                (said, expected)
            }
            Step::HoldFee { cents } => {
                let said = match ledger.hold_fee(&self.own, cents, "weather").await {
                    Ok(hold) => {
                        self.fees.push(Some(hold));
                        "held".to_owned()
                    }
                    Err(LedgerError::Insufficient(short)) => format!("short {}", short.shortfall_cents),
                    Err(error) => error.to_string(),
                };
                (said, self.person.hold_fee(cents))
            }
            Step::EndFee { nth, take } => {
                let Some(hold) = self.fees.get_mut(nth).and_then(Option::take) else { return Default::default() };
                if take {
                    hold.settle();
                } else {
                    drop(hold);
                }
                self.person.end_fee(nth, take);
                Default::default()
            }
            Step::Paid { cents } => {
                let payment = Payment::Paid { payment: format!("pi-{}", self.own), cents };
                (self.tell(ledger, payment).await, self.person.paid(cents))
            }
            Step::Returned { cents } => {
                (self.tell(ledger, Payment::Returned { cents }).await, self.person.returned(cents))
            }
            Step::Disputed { number, cents, state } => {
                let payment = Payment::Disputed { dispute: format!("dp-{}-{number}", self.own), cents, state };
                let (open, won) = (state == DisputeState::Open, state == DisputeState::Won);
                (self.tell(ledger, payment).await, self.person.disputed(number, cents, open, won))
            }
        }
    }

    /// Twice: the second time nothing is new.
    async fn tell(&mut self, ledger: &Ledger, payment: Payment) -> String {
        let event = self.name("evt");
        match ledger.apply_payment(&self.topup, "bank", &event, payment.clone()).await {
            Ok((_, new)) => {
                let again = ledger.apply_payment(&self.topup, "bank", &event, payment).await.unwrap();
                if new && !again.1 { "noted".to_owned() } else { "counted twice".to_owned() }
            }
            Err(LedgerError::PaymentConflict { .. }) => "conflict".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    async fn end(&mut self, ledger: &Ledger, key: Key, name: u8, to: State) -> (String, String) {
        let expected = self.person.end(key, name, to);
        let Some(Purchase { id, .. }) = ledger.find_purchase(self.key(key), &name.to_string()).await.unwrap() else {
            return ("no such".to_owned(), expected);
        };
        let done = match to {
            State::Captured(cents) => ledger.capture(&id, charged(cents)).await,
            State::Released => ledger.release(&id, "refused", answer("")).await,
            State::Unknown | State::Sent | State::Held => ledger.mark_unknown(&id, "timeout").await,
        };
        let said = match done {
            Ok(purchase) => of_money(purchase.state),
            Err(LedgerError::WrongState { state, .. }) => format!("is {}", of_money(state)),
            Err(error) => error.to_string(),
        };
        (said, expected)
    }

    /// Posted, held and owed.
    async fn balances(&self, ledger: &Ledger) -> ([i64; 3], [i64; 3]) {
        let b = ledger.balance(&self.own).await.unwrap();
        assert_eq!(b.available_cents, b.posted_cents - b.held_cents);
        let real = [b.posted_cents, b.held_cents, b.receivable_cents];
        (real, [self.person.posted, self.person.held(), self.person.debt])
    }
}

/// Runs a history, and says where the two parted.
async fn run(ledger: &Ledger, steps: &[(usize, Step)]) -> Result<(), String> {
    let mut pairs = [Pair::new(ledger, 1000).await, Pair::new(ledger, 0).await];
    for (number, (n, step)) in steps.iter().enumerate() {
        let pair = &mut pairs[*n];
        let (said, expected) = pair.apply(ledger, step).await;
        if said != expected {
            return Err(format!("step {number}: the ledger said `{said}`, the model `{expected}`: {step:?}"));
        }
        let (real, model) = pair.balances(ledger).await;
        if real != model {
            return Err(format!("after step {number}: the ledger has {real:?}, the model {model:?}: {step:?}"));
        }
    }
    for pair in &pairs {
        let lines = ledger.transactions(&pair.own, &Wanted::default(), u32::MAX, None).await.unwrap();
        let sum = lines.iter().map(|line| line.amount_cents).sum::<i64>();
        let last = lines.first().map_or(0, |line| line.balance_after_cents);
        if (sum, last) != (pair.person.posted, pair.person.posted) {
            return Err(format!(
                "the statement sums to {sum} and ends at {last}, the model has {}",
                pair.person.posted
            ));
        }
    }
    Ok(())
}

/// Makes a history that fails smaller, and tells what is left.
async fn smallest(
    ledger: &Ledger,
    tree: &mut impl ValueTree<Value = Vec<(usize, Step)>>,
    mut reason: String,
) -> String {
    println!("{reason}; making it smaller");
    let (mut left, start) = (tree.current(), Instant::now());
    while start.elapsed() < SHRINKING {
        match run(ledger, &tree.current()).await {
            Err(found) => {
                (reason, left) = (found, tree.current());
                if !tree.simplify() {
                    break;
                }
            }
            Ok(()) if !tree.complicate() => break,
            Ok(()) => {}
        }
    }
    format!("{reason}\nin {left:#?}")
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is `{text}`; give a number")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_does_what_the_model_does() {
    let histories = number("PENUMBRA_HISTORIES").unwrap_or(HISTORIES);
    let seed = number("PENUMBRA_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("{histories} histories of {STEPS} steps; PENUMBRA_SEED={seed} tells them again");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (mut begun, strategy) = (0, history());
    while begun < histories {
        // Books of their own for each round: what is looked at grows with the books.
        let (_place, url) = lasting().await;
        let ledger = Ledger::open(&url).await.unwrap();
        let mut round = Vec::new();
        for _ in 0..AT_ONCE.min(usize::try_from(histories - begun).unwrap()) {
            begun += 1;
            let tree = strategy.new_tree(&mut runner).unwrap();
            let (ledger, steps) = (ledger.clone(), tree.current());
            round.push((tree, tokio::spawn(async move { run(&ledger, &steps).await })));
        }
        for (mut tree, running) in round {
            if let Err(reason) = running.await.unwrap() {
                panic!("{}\nPENUMBRA_SEED={seed} tells it again", smallest(&ledger, &mut tree, reason).await);
            }
        }
        let report = ledger.audit().await.unwrap();
        assert!(report.is_clean(), "{report}");
        ledger.close().await;
    }
}
