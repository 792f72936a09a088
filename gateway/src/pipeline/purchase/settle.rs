//! What an order came to, booked. A settlement is tried until the ledger takes it: no other process will.

use super::super::quote::rejected;
use super::super::{Pipeline, Reply, Tasks};
use super::PurchaseReply;
use super::order::{empty, provider_answer};
use crate::pipeline::outcome::Outcome;
use crate::upstream::{SendError, Whole};
use ledger::{Answer, Capture, LedgerError, Purchase, PurchaseId};
use std::time::Duration;
use uaps_model::{Fault, Problem, ProblemKind};

/// The pause after the first failure; it doubles with each one.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

impl Pipeline {
    /// Books what the provider's answer proves.
    pub(super) async fn settle(
        &self,
        purchase: Purchase,
        outcome: Outcome,
        sent: &Result<Whole, SendError>,
    ) -> Result<Reply, Problem> {
        let id = &purchase.id;
        match outcome {
            Outcome::Bought { charged, transaction_id } => {
                if transaction_id.is_none() {
                    tracing::warn!(purchase = %id, "the provider named no id of the sale");
                }
                let answer = sent.as_ref().map(provider_answer).unwrap_or_else(|_| empty());
                self.captured(id, Capture { charged, transaction_id, answer }).await
            }
            Outcome::Refused => {
                let detail = format!("`{}` refused the order; nothing was bought or charged", purchase.service);
                let problem = match sent {
                    Ok(whole) => rejected(whole, detail),
                    Err(_) => Problem::new(ProblemKind::UpstreamRejected, detail),
                };
                self.released(id, "the provider refused the order", problem).await
            }
            Outcome::NeverSent => {
                let detail = format!("`{}` can't be reached; nothing was bought or charged", purchase.service);
                let problem = Problem::new(ProblemKind::UpstreamUnreachable, detail);
                self.released(id, "the provider was never reached", problem).await
            }
            Outcome::Unknown(reason) => self.unknown(id, &reason).await,
        }
    }

    async fn captured(&self, id: &PurchaseId, capture: Capture) -> Result<Reply, Problem> {
        let sale = match &capture.transaction_id {
            Some(transaction) => format!("`{transaction}` for {}", capture.charged),
            None => format!("for {}, without an id", capture.charged),
        };
        let failed = |error: &LedgerError| {
            let transaction_id = capture.transaction_id.as_deref().unwrap_or_default();
            let charged_cents = capture.charged.cents;
            tracing::error!(purchase = %id, %error, transaction_id, charged_cents, "a sale could not be booked");
        };
        match retry(self.tasks(), || self.ledger().capture(id, capture.clone()), failed).await {
            Ok(purchase) => Ok(PurchaseReply::fresh(purchase, None)),
            Err(error) => {
                let reason = format!("the provider sold it ({sale}), but the sale could not be booked: {error}");
                self.unknown(id, &reason).await
            }
        }
    }

    /// Gives the money back; the problem is the purchase's answer from then on.
    pub(super) async fn released(&self, id: &PurchaseId, reason: &str, problem: Problem) -> Result<Reply, Problem> {
        let problem = problem.with("purchase_id", id.as_str());
        let answer = Answer {
            status: problem.status,
            content_type: Some("application/problem+json".into()),
            body: serde_json::to_vec(&problem).unwrap_or_default(),
        };
        let failed =
            |error: &LedgerError| tracing::error!(purchase = %id, %error, reason, "a hold could not be released");
        match retry(self.tasks(), || self.ledger().release(id, reason, answer.clone()), failed).await {
            Ok(purchase) => Ok(PurchaseReply::fresh(purchase, None)),
            Err(error) => self.unknown(id, &format!("{reason}, but the hold could not be released: {error}")).await,
        }
    }

    /// Leaves a purchase to be resolved by evidence. The hold stays. Where somebody else has ended it meanwhile, because this
    /// answer came so late that the order was given up for lost, that end is the answer.
    pub(super) async fn unknown(&self, id: &PurchaseId, reason: &str) -> Result<Reply, Problem> {
        // Should the process end first, the state stays `sent`, which its next start turns into `unknown`; the log then
        // holds the reason.
        let failed = |error: &LedgerError| {
            tracing::error!(purchase = %id, %error, reason, "a purchase could not be marked as unknown");
        };
        let error = match retry(self.tasks(), || self.ledger().mark_unknown(id, reason), failed).await {
            Ok(purchase) => return Ok(PurchaseReply::fresh(purchase, None)),
            Err(error) => error,
        };
        match (error, self.ledger().purchase(id).await) {
            (LedgerError::WrongState { .. }, Ok(Some(ended))) => Ok(PurchaseReply::fresh(ended, None)),
            _ => Err(Problem::new(
                ProblemKind::Internal,
                format!("the outcome of purchase `{id}` is not known; look at it before buying again"),
            )
            .with("purchase_id", id.as_str())),
        }
    }
}

/// Tries until it succeeds, until the ledger says that it never will, or until the process gives up. Each failure is told.
async fn retry<T, F: Future<Output = Result<T, LedgerError>>>(
    tasks: &Tasks,
    mut attempt: impl FnMut() -> F,
    failed: impl Fn(&LedgerError),
) -> Result<T, LedgerError> {
    let mut pause = FIRST_PAUSE;
    loop {
        let error = match attempt().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        failed(&error);
        // What we ask for is wrong, and asking again would not mend it.
        if error.fault() == Fault::Caller || tasks.given_up_within(pause).await {
            return Err(error);
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;
    use ledger::{Begun, PurchaseState};
    use std::cell::Cell;
    use uaps_model::Money;

    async fn begun(world: &World) -> Purchase {
        let new = world.unsent(None);
        let Begun::Started(purchase) = world.gateway.ledger().begin_purchase(new).await.unwrap() else { panic!() };
        purchase
    }

    /// How often a settlement is tried that fails `times` times.
    async fn attempts(tasks: &Tasks, times: u32, error: impl Fn() -> LedgerError) -> (u32, bool) {
        let (tried, told) = (Cell::new(0), Cell::new(0));
        let attempt = || async {
            tried.set(tried.get() + 1);
            if tried.get() <= times { Err(error()) } else { Ok(()) }
        };
        let result = retry(tasks, attempt, |_| told.set(told.get() + 1)).await;
        assert_eq!(tried.get() - u32::from(result.is_ok()), told.get());
        (tried.get(), result.is_ok())
    }

    #[tokio::test]
    async fn a_settlement_is_tried_until_the_ledger_takes_it() {
        let tasks = Tasks::default();
        let broken = || LedgerError::Corrupt("the disk is full".into());
        assert_eq!(attempts(&tasks, 5, broken).await, (6, true));
        let wrong = || LedgerError::Invalid { what: "the amount", reason: "is too high".into() };
        assert_eq!(attempts(&tasks, 5, wrong).await, (1, false));
        tasks.give_up();
        assert_eq!(attempts(&tasks, 5, broken).await, (1, false));
    }

    /// What a late answer is told of a purchase that was sold for 1500 by another way meanwhile, and what is left.
    async fn late(answer: Outcome) -> (u16, PurchaseState, i64) {
        let world = World::new().await;
        let purchase = begun(&world).await;
        let (ledger, id) = (world.gateway.ledger(), purchase.id.clone());
        ledger.mark_unknown(&id, "given up for lost").await.unwrap();
        let answered = Answer { status: 201, content_type: None, body: Vec::new() };
        let sold = Capture { charged: Money::usd(1500), transaction_id: Some("o-1".into()), answer: answered };
        ledger.capture(&id, sold).await.unwrap();
        let sent = Err(SendError::Broken("not looked at".into()));
        let reply = world.gateway.pipeline().settle(purchase, answer, &sent).await.unwrap();
        let Reply::Purchase(reply) = reply else { panic!() };
        (reply.status(), reply.purchase.state, world.money().await.0)
    }

    #[tokio::test]
    async fn an_answer_that_comes_too_late_changes_nothing_and_is_told_the_end() {
        for outcome in [Outcome::Unknown("timeout".into()), Outcome::Refused, Outcome::NeverSent] {
            assert_eq!(late(outcome).await, (201, PurchaseState::Captured, 3500));
        }
        let sold = Outcome::Bought { charged: Money::usd(1500), transaction_id: Some("o-1".into()) };
        assert_eq!(late(sold).await, (201, PurchaseState::Captured, 3500));
    }

    #[tokio::test]
    async fn a_sale_that_the_books_refuse_is_told_with_all_that_is_known() {
        let world = World::new().await;
        let purchase = begun(&world).await;
        let charged = Money::usd(ledger::MAX_CENTS + 1);
        let sold = Outcome::Bought { charged, transaction_id: Some("o-77".into()) };
        let sent = Err(SendError::Broken("not looked at".into()));
        let reply = world.gateway.pipeline().settle(purchase, sold, &sent).await.unwrap();
        let Reply::Purchase(reply) = reply else { panic!() };
        assert_eq!(reply.purchase.state, PurchaseState::Unknown);
        let reason = reply.purchase.reason.unwrap();
        assert!(reason.contains(&format!("`o-77` for {charged}")), "{reason}");
        assert_eq!(world.money().await, (5000, 1999, 3001));
    }
}
