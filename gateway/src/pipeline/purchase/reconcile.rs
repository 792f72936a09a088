//! Finding out what became of a purchase of unknown outcome: by asking the provider about it where the document says how,
//! else by the same order again, under the same name, until the provider says something that proves something.
//!
//! A look-up comes first, because it can buy nothing. It speaks of every order under its reference, so what it denies
//! never was, and the money goes back; but only once the order is old enough to have arrived, and only if it was never sent
//! again: the last repetition may still be on its way, and nobody wrote down when it left. Then a person decides.
//!
//! Sending again is for providers that recognise a repeated order by its idempotency header, only for as long as they
//! remember one, and only if the very same request would go to the very same place. Otherwise it could buy again, so a
//! person has to ask. A refusal proves nothing: it may say that the first order had the name already, or the last of the
//! stock.

use super::kept::{Kept, LookedUp};
use super::lookup::Found;
use super::operations;
use super::resend::Never;
use crate::pipeline::outcome::Outcome;
use crate::pipeline::{Pipeline, Reply};
use crate::upstream::{SendError, Whole};
use ledger::{LedgerError, Purchase, Unknown};
use std::time::Duration;
use tokio::sync::watch;
use uaps_model::{Commerce, Problem, ProblemKind};

/// Purchases that one pass takes.
const BATCH: u32 = 16;

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// For how long an order may be sent again. Providers keep the names of orders for a day or so.
const REMEMBERED: Duration = Duration::from_secs(6 * 3600);

/// How long booking a sale may take within a pass.
const BOOKING: Duration = Duration::from_secs(20);

/// How the gateway asks again.
#[derive(Debug, Clone)]
pub struct Reconcile {
    /// How often it looks for purchases whose time has come.
    pub every: Duration,
    /// What a purchase under way gets beyond the time that its caller waits, before it counts as lost.
    pub late: Duration,
    /// The pause after the first attempt; it doubles with each, and chance takes a part of it.
    pub first_pause: Duration,
    /// After so many attempts a person has to look. Of an order that can be looked up, the first half only looks.
    pub attempts: u32,
}

impl Reconcile {
    /// How many attempts never send an order again that can be looked up.
    fn looks(&self) -> u32 {
        self.attempts / 2
    }
}

impl Default for Reconcile {
    fn default() -> Self {
        Reconcile {
            every: Duration::from_secs(15),
            late: Duration::from_secs(60),
            first_pause: Duration::from_secs(10),
            attempts: 12,
        }
    }
}

/// What a pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pass {
    /// Purchases that were asked about.
    pub asked: usize,
    /// Of these, how many are settled now.
    pub settled: usize,
    /// How many were left to a person.
    pub given_up: usize,
    /// Approvals that nobody gave in time.
    pub expired: usize,
}

impl Pipeline {
    /// Asks again, pass after pass, until the gateway stops.
    pub async fn reconcile(&self, how: Reconcile, mut stopped: watch::Receiver<bool>) {
        let owner = format!("gateway-{}", uuid::Uuid::now_v7().simple());
        loop {
            match self.reconcile_once(&how, &owner).await {
                Ok(pass) if pass != Pass::default() => {
                    let Pass { asked, settled, given_up, expired } = pass;
                    tracing::info!(asked, settled, given_up, expired, "reconciled");
                }
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "purchases of unknown outcome could not be looked at"),
            }
            if tokio::time::timeout(how.every, stopped.wait_for(|stopped| *stopped)).await.is_ok() {
                return;
            }
        }
    }

    /// One pass over the purchases whose time has come.
    pub async fn reconcile_once(&self, how: &Reconcile, owner: &str) -> Result<Pass, LedgerError> {
        // Another gateway on this database may have died with orders under way.
        let lost = self.ledger().mark_lost(self.patience() + how.late).await?;
        if lost > 0 {
            tracing::warn!(lost, "purchases were sent and never settled; they are unknown now");
        }
        let expired = self.expire_approvals().await?;
        let given_up = usize::try_from(self.ledger().give_up_on_unrepeatable(REMEMBERED).await?).unwrap_or(usize::MAX);
        // Long enough for the provider's answer and the ledger; then somebody else may try.
        let lease = self.upstream().timeout() * 2 + Duration::from_secs(30);
        let claimed = self.ledger().claim_unknown(owner, lease, BATCH).await?;
        let mut pass = Pass { asked: claimed.len(), settled: 0, given_up, expired };
        let asked = claimed.into_iter().map(|unknown| self.ask_again(how, owner, unknown));
        for settled in futures::future::join_all(asked).await {
            match settled? {
                Asked::Settled => pass.settled += 1,
                Asked::Deferred => {}
                Asked::GivenUp => pass.given_up += 1,
            }
        }
        Ok(pass)
    }

    async fn ask_again(&self, how: &Reconcile, owner: &str, unknown: Unknown) -> Result<Asked, LedgerError> {
        let Unknown { purchase, request, attempts } = unknown;
        let id = purchase.id.clone();
        let (reason, wait) = match self.find_out(how, &purchase, &request, attempts).await {
            Ok(Told::Sold { charged, transaction_id, sent }) => {
                let sale = transaction_id.clone().unwrap_or_else(|| "without an id".to_owned());
                let bought = Outcome::Bought { charged, transaction_id };
                // What can't be booked now is asked about again: one sick account must not keep all others waiting.
                match tokio::time::timeout(BOOKING, self.settle(purchase, bought, &sent)).await {
                    Ok(Ok(Reply::Purchase(reply))) if reply.purchase.state.is_final() => return Ok(Asked::Settled),
                    _ => (
                        format!("the provider sold it ({sale}, {charged}), but the sale could not be booked"),
                        Duration::ZERO,
                    ),
                }
            }
            Ok(Told::NotSold(reason)) => {
                let reason = format!("{reason}; asked {attempts} times");
                return self.give_back(owner, &purchase, &reason).await;
            }
            Ok(Told::NotYet(reason, wait)) => (reason, wait),
            Err(Never(reason)) => {
                self.ledger().give_to_operator(&id, &reason).await?;
                return Ok(Asked::GivenUp);
            }
        };
        if attempts >= how.attempts {
            let reason = format!("{reason}; asked {attempts} times");
            tracing::error!(purchase = %id, reason, "a purchase needs an operator");
            self.ledger().give_to_operator(&id, &reason).await?;
            return Ok(Asked::GivenUp);
        }
        self.ledger().defer_unknown(&id, owner, pause(how.first_pause, attempts).max(wait), &reason).await?;
        Ok(Asked::Deferred)
    }

    /// Looks the order up, and sends it again where a look-up can't tell.
    async fn find_out(&self, how: &Reconcile, purchase: &Purchase, kept: &str, attempts: u32) -> Result<Told, Never> {
        let gone = || Never::new("the operation is no longer in the catalogue");
        let (service, op) = operations(self.catalog(), &purchase.service, &purchase.tool).ok_or_else(gone)?;
        let Some(Commerce::Purchase { idempotency_header, lookup, .. }) = &op.commerce else { return Err(gone()) };
        let kept: Kept =
            serde_json::from_str(kept).map_err(|error| Never::new(format!("the order can't be read: {error}")))?;
        let looked_up = LookedUp::of(op, lookup.as_deref(), idempotency_header.as_deref());
        // An order that can be looked up is not sent again in the first half of all attempts, whatever happens; so in that
        // half, and just after it, nothing but the first order can be on its way.
        let may_send = kept.repeatable && (!kept.can_be_looked_up() || attempts > how.looks());
        let sent_before = kept.repeatable && attempts > how.looks().saturating_add(1);
        let reason = match self.look_up(service, looked_up, &kept, purchase).await {
            Some(Found::Sold(Outcome::Bought { charged, transaction_id }, whole)) => {
                return Ok(Told::Sold { charged, transaction_id, sent: Ok(whole) });
            }
            Some(Found::Sold(..)) => "the look-up contradicts itself".to_owned(),
            Some(Found::Denied(reason)) => {
                let settles = looked_up.map_or(0, |looked_up| looked_up.lookup.settles_after_seconds);
                let wait = self.until_settled(purchase, settles).await;
                if !wait.is_zero() {
                    return Ok(Told::NotYet(format!("{reason}, and it may still be on its way"), wait));
                }
                if sent_before {
                    return Err(Never::new(format!(
                        "{reason}; but the order was sent again meanwhile, so make sure of it before the money goes back"
                    )));
                }
                return Ok(Told::NotSold(reason));
            }
            Some(Found::Open(reason)) => return Ok(Told::NotYet(reason, Duration::ZERO)),
            Some(Found::Nothing(reason)) => reason,
            None if kept.repeatable => "the order can't be looked up as it was sent".to_owned(),
            None => return Err(Never::new("the order can't be looked up as it was sent, nor sent again")),
        };
        if !may_send {
            return Ok(Told::NotYet(reason, Duration::ZERO));
        }
        self.send_again(purchase, &kept).await
    }

    /// How long an order may still be on its way: as long as the document says, and never less than whoever sends one waits.
    /// One that waited for an approval has been on its way since then only.
    async fn until_settled(&self, purchase: &Purchase, settles_after_seconds: u32) -> Duration {
        let settles = Duration::from_secs(u64::from(settles_after_seconds)).max(self.patience());
        let sent_at = match self.ledger().approval_of(&purchase.id).await {
            Ok(approval) => approval.and_then(|approval| approval.decided_at).unwrap_or(purchase.created_at),
            // Too long does no harm.
            Err(_) => jiff::Timestamp::now(),
        };
        let age = jiff::Timestamp::now().duration_since(sent_at);
        settles.saturating_sub(Duration::try_from(age).unwrap_or(Duration::ZERO))
    }

    /// Gives the money of an order back that its provider denies.
    ///
    /// The ledger releases what was asked about before only where no gateway can ask any more, so it is taken out of the
    /// queue first; whoever else has asked since our own look-up would have left its own reason.
    pub(super) async fn give_back(&self, owner: &str, purchase: &Purchase, reason: &str) -> Result<Asked, LedgerError> {
        let id = &purchase.id;
        self.ledger().defer_unknown(id, owner, LONGEST_PAUSE, reason).await?;
        let now = self.ledger().purchase(id).await?;
        if now.and_then(|now| now.reason).as_deref() != Some(reason) || !self.ledger().take_for_operator(id).await? {
            return Ok(Asked::Deferred);
        }
        let detail = format!("`{}` did not take the order; nothing was bought or charged", purchase.service);
        let problem = Problem::new(ProblemKind::UpstreamRejected, detail);
        match tokio::time::timeout(BOOKING, self.released(id, reason, problem)).await {
            Ok(Ok(Reply::Purchase(reply))) if reply.purchase.state.is_final() => Ok(Asked::Settled),
            _ => Ok(Asked::GivenUp),
        }
    }
}

/// What is known of a purchase after asking.
pub(super) enum Told {
    /// It was made.
    Sold {
        /// What the provider charged.
        charged: uaps_model::Money,
        /// Its own id of the sale.
        transaction_id: Option<String>,
        /// Where it says so.
        sent: Result<Whole, SendError>,
    },
    /// It was not made and never will be.
    NotSold(String),
    /// Nothing yet; it is asked again no sooner than after that time.
    NotYet(String, Duration),
}

/// What came of asking.
#[derive(Debug)]
pub(super) enum Asked {
    Settled,
    Deferred,
    GivenUp,
}

/// Exponential, with full jitter: gateways that stopped together don't come back together.
fn pause(first: Duration, attempts: u32) -> Duration {
    let longest = first.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1).min(20))).min(LONGEST_PAUSE);
    // The random part of a version 7 UUID.
    let chance = uuid::Uuid::now_v7().as_u128() as u32;
    longest.mul_f64(f64::from(chance) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Order, World, config};
    use ledger::{Clock, Ledger, Settings};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    const NOW: Reconcile =
        Reconcile { every: Duration::ZERO, late: Duration::from_secs(60), first_pause: Duration::ZERO, attempts: 3 };

    /// A purchase whose first order ended with `first`, and then `later`, one a pass. Its states after each pass, and how
    /// often the provider was asked.
    async fn check(first: Order, later: &[Order], states: &[&str], orders: usize) -> World {
        let mut config = config();
        config.upstream_timeout = Duration::from_millis(500);
        let world = World::with(config, 5000, |_| {}).await;
        world.provider.orders([first]);
        let answer = world.order("k", r#"{"item": "a"}"#).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        world.provider.orders(later.iter().cloned());
        let mut seen = Vec::new();
        for _ in states {
            world.gateway.pipeline().reconcile_once(&NOW, "me").await.unwrap();
            let purchase = world.gateway.ledger().find_purchase(&world.credential.id, "k").await.unwrap().unwrap();
            seen.push(purchase.state.to_string());
        }
        assert_eq!(seen, states);
        assert_eq!(world.provider.count("POST /orders"), orders);
        // Always under one name.
        let orders = world.provider.seen().into_iter().filter(|seen| seen.line == "POST /orders");
        let mut names: Vec<_> = orders.map(|seen| (seen.headers["idempotency-key"].clone(), seen.body)).collect();
        names.dedup();
        assert_eq!(names.len(), 1, "{names:?}");
        world
    }

    fn hang() -> Order {
        Order::Hang(Duration::from_secs(1))
    }

    #[tokio::test]
    async fn the_same_order_again_finds_out() {
        let bought = Order::Answer(201, r#"{"charged_cents": 1500, "order": "o-9"}"#);
        let world = check(hang(), &[Order::Answer(503, ""), bought], &["unknown", "captured", "captured"], 3).await;
        assert_eq!(world.money().await, (3500, 0, 3500));
        // Whoever asks again gets what the provider said.
        let again = world.order("k", r#"{"item": "a"}"#).await;
        assert_eq!((again.status, again.json()["order"].as_str()), (201, Some("o-9")));
        assert_eq!(world.provider.count("POST /orders"), 3);
    }

    #[tokio::test]
    async fn a_refusal_of_a_repetition_gives_nothing_back() {
        // It may say: that name is taken, by the first order.
        let refused = || Order::Answer(422, r#"{"error": "the idempotency key is in use"}"#);
        let all = [refused(), Order::Answer(402, "{}"), Order::Answer(400, "{}")];
        let world = check(Order::Answer(500, ""), &all, &["unknown", "unknown", "needs_operator"], 4).await;
        assert_eq!(world.money().await, (5000, 1999, 3001));
    }

    #[tokio::test]
    async fn an_order_goes_again_only_to_where_it_went_first() {
        let world = World::new().await;
        world.provider.orders([Order::Answer(500, "")]);
        assert_eq!(world.order("k", r#"{"item": "a"}"#).await.status, 202);
        let [claimed] =
            world.gateway.ledger().claim_unknown("me", Duration::ZERO, 1).await.unwrap().try_into().unwrap();
        let mut kept: Kept = serde_json::from_str(&claimed.request).unwrap();
        kept.arguments["body"]["item"] = "b".into();
        let again = world.gateway.pipeline().send_again(&claimed.purchase, &kept).await;
        assert!(again.is_err_and(|Never(reason)| reason.contains("another place")));
        assert_eq!(world.provider.count("POST /orders"), 1);
    }

    #[tokio::test]
    async fn what_proves_nothing_is_left_to_a_person_in_the_end() {
        let nothing = [Order::Answer(401, ""), Order::Answer(404, ""), Order::Answer(409, "")];
        let world = check(hang(), &nothing, &["unknown", "unknown", "needs_operator", "needs_operator"], 4).await;
        assert_eq!(world.money().await, (5000, 1999, 3001));
        let again = world.order("k", r#"{"item": "a"}"#).await;
        assert_eq!(again.status, 202, "{}", again.body);
    }

    #[tokio::test]
    async fn an_order_that_a_provider_would_take_for_a_second_one_is_never_sent_again() {
        let world = World::with(config(), 5000, |service| {
            let op = service.operations.iter_mut().find(|op| op.tool.as_str() == "place_order").unwrap();
            let Some(Commerce::Purchase { idempotency_header, .. }) = &mut op.commerce else { panic!() };
            *idempotency_header = None;
        });
        let world = world.await;
        world.provider.orders([Order::Answer(500, "")]);
        assert_eq!(world.order("k", r#"{"item": "a"}"#).await.status, 202);
        let pass = world.gateway.pipeline().reconcile_once(&NOW, "me").await.unwrap();
        assert_eq!(pass, Pass { given_up: 1, ..Pass::default() });
        assert_eq!(world.provider.count("POST /orders"), 1);
    }

    #[tokio::test]
    async fn a_purchase_is_asked_about_by_one_at_a_time() {
        let mut config = config();
        config.upstream_timeout = Duration::from_millis(500);
        let world = World::with(config, 5000, |_| {}).await;
        world.provider.orders([hang(), Order::Hang(Duration::from_millis(200))]);
        assert_eq!(world.order("k", r#"{"item": "a"}"#).await.status, 202);
        let (one, two) = tokio::join!(
            world.gateway.pipeline().reconcile_once(&NOW, "one"),
            world.gateway.pipeline().reconcile_once(&NOW, "two")
        );
        assert_eq!(one.unwrap().asked + two.unwrap().asked, 1);
        assert_eq!(world.provider.count("POST /orders"), 2);
    }

    #[tokio::test]
    async fn an_order_that_waited_for_an_approval_is_as_old_as_the_approval() {
        // The purchase began fifty minutes ago and was approved just now.
        let minutes = Arc::new(AtomicU64::new(50));
        let shown = minutes.clone();
        let ago = move || jiff::Timestamp::now() - Duration::from_secs(60 * shown.load(Ordering::SeqCst));
        let settings = Settings { clock: Clock::new(ago), ..Settings::default() };
        let ledger = Ledger::open_with("sqlite::memory:", settings).await.unwrap();
        let world = World::over(ledger, config(), 5000, |_| {}).await;
        let (agent, _) = world.child(r#"{"approval_above": 0}"#).await;
        let asked = world.order_as(&agent, "k", r#"{"item": "a"}"#).await.json();
        let place = asked["approval"]["location"].as_str().unwrap();
        minutes.store(0, Ordering::SeqCst);
        world.provider.orders([Order::Answer(500, "")]);
        let sent = world.authed(&format!("POST {place}"), r#"{"decision": "approve"}"#).await;
        assert_eq!(sent.json()["purchase"]["state"], "unknown", "{}", sent.body);
        let id = asked["purchase"]["id"].as_str().unwrap().parse().unwrap();
        let purchase = world.gateway.ledger().purchase(&id).await.unwrap().unwrap();
        let wait = world.gateway.pipeline().until_settled(&purchase, 600).await;
        assert!(wait > Duration::from_secs(8 * 60), "{wait:?}");
    }

    #[test]
    fn pauses_grow_and_differ() {
        let first = Duration::from_secs(10);
        let longest = |attempts| (0..200).map(|_| pause(first, attempts)).max().unwrap();
        assert!(longest(1) <= first && longest(1) > first / 2);
        assert!(longest(4) > first * 4 && longest(4) <= first * 8);
        assert!(longest(40) <= LONGEST_PAUSE);
    }
}
