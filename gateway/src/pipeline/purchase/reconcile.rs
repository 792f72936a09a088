//! Finding out what became of a purchase of unknown outcome: the same order again, under the same name, until the provider
//! says something that proves something.
//!
//! Only where the provider recognises a repeated order by its idempotency header, only for as long as providers remember one,
//! and only if the very same request would go to the very same place. Otherwise asking again could buy again, so a person
//! has to. A refusal proves nothing: it may say that the first order had the name already, or the last of the stock.

use super::operations;
use super::order::{header, name};
use crate::executor::OutboundRequest;
use crate::pipeline::outcome::{self, Outcome};
use crate::pipeline::{MAX_ANSWER_BYTES, Pipeline, Reply};
use crate::upstream::{Channel, SendError, Whole};
use ledger::{LedgerError, Purchase, Unknown};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio::sync::watch;
use uaps_model::Commerce;

/// Purchases that one pass takes.
const BATCH: u32 = 16;

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// What a purchase under way gets beyond the time that its caller waits.
const LATE: Duration = Duration::from_secs(60);

/// For how long an order may be sent again. Providers keep the names of orders for a day or so.
const REMEMBERED: Duration = Duration::from_secs(6 * 3600);

/// How long booking a sale may take within a pass.
const BOOKING: Duration = Duration::from_secs(20);

/// An order as it is kept, to be sent again.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    arguments: Value,
    /// SHA-256 of the request's method, address and body, in hexadecimal digits.
    request: String,
}

impl Kept {
    /// `request` is the one that is sent, before it has its name.
    pub(super) fn new(arguments: &Value, request: &OutboundRequest) -> Kept {
        Kept { arguments: arguments.clone(), request: digest(request) }
    }

    pub(super) fn text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}

fn digest(request: &OutboundRequest) -> String {
    let mut hash = Sha256::new();
    for part in [
        request.method.as_str().as_bytes(),
        request.url.as_str().as_bytes(),
        request.body.as_deref().unwrap_or_default(),
    ] {
        // With its length, so that no two requests run together to one text.
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How the gateway asks again.
#[derive(Debug, Clone)]
pub struct Reconcile {
    /// How often it looks for purchases whose time has come.
    pub every: Duration,
    /// The pause after the first attempt; it doubles with each, and chance takes a part of it.
    pub first_pause: Duration,
    /// After so many attempts a person has to look.
    pub attempts: u32,
}

impl Default for Reconcile {
    fn default() -> Self {
        Reconcile { every: Duration::from_secs(15), first_pause: Duration::from_secs(10), attempts: 12 }
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
}

impl Pipeline {
    /// Asks again, pass after pass, until the gateway stops.
    pub async fn reconcile(&self, how: Reconcile, mut stopped: watch::Receiver<bool>) {
        let owner = format!("gateway-{}", uuid::Uuid::now_v7().simple());
        loop {
            match self.reconcile_once(&how, &owner).await {
                Ok(pass) if pass != Pass::default() => {
                    tracing::info!(asked = pass.asked, settled = pass.settled, given_up = pass.given_up, "reconciled");
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
        let lost = self.ledger().mark_lost(self.patience() + LATE).await?;
        if lost > 0 {
            tracing::warn!(lost, "purchases were sent and never settled; they are unknown now");
        }
        let given_up = usize::try_from(self.ledger().give_up_on_unrepeatable(REMEMBERED).await?).unwrap_or(usize::MAX);
        // Long enough for the provider's answer and the ledger; then somebody else may try.
        let lease = self.upstream().timeout() * 2 + Duration::from_secs(30);
        let claimed = self.ledger().claim_unknown(owner, lease, BATCH).await?;
        let mut pass = Pass { asked: claimed.len(), settled: 0, given_up };
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
        let reason = match self.send_again(&purchase, &request).await {
            Ok((Outcome::Bought { charged, transaction_id }, sent)) => {
                let sale = transaction_id.clone().unwrap_or_else(|| "without an id".to_owned());
                let bought = Outcome::Bought { charged, transaction_id };
                // What can't be booked now is asked about again: one sick account must not keep all others waiting.
                match tokio::time::timeout(BOOKING, self.settle(purchase, bought, &sent)).await {
                    Ok(Ok(Reply::Purchase(reply))) if reply.purchase.state.is_final() => return Ok(Asked::Settled),
                    _ => format!("the provider sold it ({sale}, {charged}), but the sale could not be booked"),
                }
            }
            Ok((Outcome::Unknown(reason), _)) => reason,
            Ok((Outcome::NeverSent, _)) => "the provider can't be reached".to_owned(),
            Ok((Outcome::Refused, sent)) => {
                let status = sent.map(|whole| whole.status.as_u16()).unwrap_or_default();
                format!("the provider answered {status} when asked again, which proves nothing of the first order")
            }
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
        self.ledger().defer_unknown(&id, owner, pause(how.first_pause, attempts), &reason).await?;
        Ok(Asked::Deferred)
    }

    /// Sends the order as it was sent first.
    async fn send_again(&self, purchase: &Purchase, kept: &str) -> Result<(Outcome, Result<Whole, SendError>), Never> {
        let never = |reason: &str| Never(reason.to_owned());
        let gone = || never("the operation is no longer in the catalogue");
        let (service, op) = operations(self.catalog(), &purchase.service, &purchase.tool).ok_or_else(gone)?;
        let Some(Commerce::Purchase { charged, transaction_id, idempotency_header, .. }) = &op.commerce else {
            return Err(gone());
        };
        let header = header(op, idempotency_header.as_deref()).ok_or_else(|| {
            never("the provider no longer recognises a repeated order; sending it could buy it twice")
        })?;
        let kept: Kept =
            serde_json::from_str(kept).map_err(|error| Never(format!("the order can't be read: {error}")))?;
        let mut request = match self.request(service, op, &kept.arguments) {
            Ok(request) => request,
            // A credential that is missing now may be set again.
            Err(problem) if problem.retryable => {
                return Ok((Outcome::Unknown(problem.detail), Err(SendError::NeverConnected(String::new()))));
            }
            Err(problem) => return Err(Never(problem.detail)),
        };
        if digest(&request) != kept.request {
            return Err(never(
                "the order would go to another place, or in other words, than at first; sending it could buy it twice",
            ));
        }
        name(&mut request, Some(header), &purchase.id);
        let sent = self.upstream().send_whole(request, Channel::Fresh, MAX_ANSWER_BYTES).await;
        let outcome = self.shown(service, outcome::judge(&sent, charged, transaction_id));
        Ok((outcome, sent.map(|whole| self.withhold(service, whole))))
    }
}

/// Why an order is never sent again.
struct Never(String);

/// What came of asking.
enum Asked {
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
    use std::time::Duration;

    const NOW: Reconcile = Reconcile { every: Duration::ZERO, first_pause: Duration::ZERO, attempts: 3 };

    /// A purchase whose first order ended with `first`, and then `later`, one a pass. Its states after each pass, and how
    /// often the provider was asked.
    async fn check(first: Order, later: &[Order], states: &[&str], orders: usize) -> World {
        let mut config = config();
        config.upstream_timeout = Duration::from_millis(200);
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
        let again = world.gateway.pipeline().send_again(&claimed.purchase, &kept.text().unwrap()).await;
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
        assert_eq!(pass, Pass { asked: 0, settled: 0, given_up: 1 });
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

    #[test]
    fn pauses_grow_and_differ() {
        let first = Duration::from_secs(10);
        let longest = |attempts| (0..200).map(|_| pause(first, attempts)).max().unwrap();
        assert!(longest(1) <= first && longest(1) > first / 2);
        assert!(longest(4) > first * 4 && longest(4) <= first * 8);
        assert!(longest(40) <= LONGEST_PAUSE);
    }
}
