//! Purchases: quote, hold, send, settle. From the hold on, nothing a caller does can stop it half-way.

mod answer;
mod approve;
mod carry;
mod confirm;
mod kept;
mod key;
mod lookup;
mod order;
mod question;
mod reconcile;
mod resend;
mod settle;
mod stage;

#[cfg(test)]
mod looked_up;

pub use answer::PurchaseReply;
pub use approve::denial;
pub use key::{header_key, take_key};
use question::Question;
pub use reconcile::{Pass, Reconcile};
pub use stage::{Stage, Watch, Watcher};

pub(super) use key::normalise_key;

use super::{Call, Pipeline, Reply, canonical, fee};
use crate::confirmation;
use crate::error::ledger_problem;
use ledger::{Approval, Credential, Purchase, PurchaseId, PurchaseState};
use order::Order;
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use uaps_model::{Catalog, IDEMPOTENCY_KEY, Operation, Problem, ProblemKind, Service};

/// How soon to look at a purchase again, in seconds.
const RETRY_AFTER_SECONDS: u64 = 5;

impl Pipeline {
    /// Makes a purchase, in a task of its own, and waits for it.
    pub(super) async fn purchase(
        &self,
        call: &Call<'_>,
        credential: Credential,
        mut arguments: Value,
    ) -> Result<Reply, Problem> {
        let key = arguments.get(IDEMPOTENCY_KEY).and_then(Value::as_str).unwrap_or_default().to_owned();
        // A document may declare the header as a parameter of its own; it is no part of what is bought.
        if let Some(members) = arguments.as_object_mut() {
            members.remove(IDEMPOTENCY_KEY);
        }
        let (service, op) = (call.service, call.op);
        let fingerprint = canonical::fingerprint(service.id.as_str(), op.tool.as_str(), &arguments);
        let found = self.ledger().find_purchase(&credential.id, &key).await.map_err(ledger_problem)?;
        if let Some(existing) = found {
            return match call.confirmation {
                _ if existing.fingerprint != fingerprint => Err(reused(&existing)),
                Some(given) => self.confirm(existing, given).await,
                None => self.again(existing).await,
            };
        }
        if let Some(given) = call.confirmation {
            // Whatever was asked about, it was not this purchase.
            return Err(confirmation::of_nothing(given, op));
        }
        let order = Order {
            service: service.id.to_string(),
            tool: op.tool.to_string(),
            credential,
            key,
            fingerprint,
            arguments,
            begun: Arc::new(OnceLock::new()),
        };
        let (pipeline, begun) = (self.clone(), order.begun.clone());
        self.supervise(begun, async move { pipeline.place(order).await }).await
    }

    /// The answer to a purchase that was there before.
    async fn again(&self, purchase: Purchase) -> Result<Reply, Problem> {
        match purchase.state {
            PurchaseState::Sent => Err(in_progress(&purchase.id)),
            PurchaseState::Held => {
                let approval = self.approval_of(&purchase).await?;
                self.held(purchase, &approval, true).await
            }
            _ => Ok(Reply::Purchase(Box::new(PurchaseReply { replayed: true, ..PurchaseReply::of(purchase) }))),
        }
    }

    /// The answer to a purchase that waits for an approval.
    async fn held(&self, purchase: Purchase, approval: &Approval, replayed: bool) -> Result<Reply, Problem> {
        let question = self.question(approval, &purchase).await?;
        let confirmation = question.is_confirmable().then(|| self.to_confirm(&purchase, approval)).flatten();
        let reply = PurchaseReply { replayed, question: Some(question), confirmation, ..PurchaseReply::of(purchase) };
        Ok(Reply::Purchase(Box::new(reply)))
    }

    async fn approval_of(&self, purchase: &Purchase) -> Result<Approval, Problem> {
        let approval = self.ledger().approval_of(&purchase.id).await.map_err(ledger_problem)?;
        approval.ok_or_else(|| Problem::new(ProblemKind::Internal, "the approval of this purchase is lost"))
    }

    /// How long a caller waits: two calls of the provider, and some for the ledger.
    fn patience(&self) -> Duration {
        self.upstream().timeout() * 2 + Duration::from_secs(5)
    }

    /// Runs an order so that even a panic in it leaves a purchase that somebody will look at. `begun` is set by the
    /// order once money is held.
    ///
    /// While the ledger can't take the outcome, the order goes on without its caller, who is told to ask again.
    async fn supervise(
        &self,
        begun: Arc<OnceLock<PurchaseId>>,
        order: impl Future<Output = Result<Reply, Problem>> + Send + 'static,
    ) -> Result<Reply, Problem> {
        let pipeline = self.clone();
        let started = begun.clone();
        let mut supervisor = self.tasks().spawn(async move {
            match (pipeline.tasks().spawn(order).await, begun.get()) {
                (Ok(result), _) => result,
                (Err(_), None) => Err(fee::interrupted()),
                (Err(_), Some(id)) => {
                    tracing::error!(purchase = %id, "the task of a purchase panicked");
                    pipeline.unknown(id, "the gateway failed while the order was under way").await
                }
            }
        });
        let ended = match tokio::time::timeout(self.patience(), &mut supervisor).await {
            Ok(ended) => ended,
            Err(_) => match started.get() {
                Some(id) => return Err(in_progress(id)),
                // Nothing is held yet, and what it waits for has limits of its own.
                None => supervisor.await,
            },
        };
        ended.map_err(|_| fee::interrupted())?
    }
}

fn in_progress(id: &PurchaseId) -> Problem {
    Problem::new(
        ProblemKind::PurchaseInProgress,
        format!("purchase `{id}` is on its way; ask again in {RETRY_AFTER_SECONDS} s with the same key"),
    )
    .with("purchase_id", id.as_str())
    .with("retry_after_seconds", RETRY_AFTER_SECONDS)
}

fn reused(existing: &Purchase) -> Problem {
    Problem::new(
        ProblemKind::IdempotencyKeyReused,
        format!("this Idempotency-Key names purchase `{}`, which was another request; use a new key", existing.id),
    )
    .with("purchase_id", existing.id.as_str())
}

/// A purchase operation and its quote, found again inside a task.
fn operations<'c>(catalog: &'c Catalog, service: &str, tool: &str) -> Option<(&'c Service, &'c Operation)> {
    let service = catalog.get(service)?.ok()?;
    Some((service, service.operation(tool)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;
    use ledger::Begun;

    #[tokio::test]
    async fn a_panic_leaves_a_purchase_to_look_at_and_the_money_held() {
        let world = World::new().await;
        let new = world.unsent(None);
        let Begun::Started(purchase) = world.gateway.ledger().begin_purchase(new).await.unwrap() else { panic!() };
        let begun = Arc::new(OnceLock::from(purchase.id.clone()));
        let reply = world.gateway.pipeline().supervise(begun, async { panic!("on purpose") }).await.unwrap();
        let Reply::Purchase(reply) = reply else { panic!() };
        assert_eq!((reply.status(), reply.purchase.state), (202, PurchaseState::Unknown));
        assert_eq!(world.money().await, (5000, 1999, 3001));
        let nothing = world.gateway.pipeline().supervise(Arc::default(), async { panic!("on purpose") }).await;
        assert!(nothing.unwrap_err().is(ProblemKind::Internal));
    }
}
