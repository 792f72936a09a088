//! Purchases: quote, hold, send, settle. From the hold on, nothing a caller does can stop it half-way.

mod answer;
mod order;

pub use answer::PurchaseReply;

use super::{Call, Pipeline, Reply, canonical, fee};
use crate::error::ledger_problem;
use ledger::{Credential, Purchase, PurchaseId, PurchaseState};
use order::Order;
use serde_json::{Map, Value};
use std::sync::{Arc, OnceLock};
use uaps_model::{Catalog, IDEMPOTENCY_KEY, Operation, Problem, ProblemKind, Service};

/// How soon to look at a purchase again, in seconds.
const RETRY_AFTER_SECONDS: u64 = 5;

/// Checks the idempotency key among a purchase's arguments and takes its quotes off.
///
/// A header may hold it as a structured-field string, in double quotes; a tool call may repeat that.
pub(super) fn normalise_key(arguments: &mut Map<String, Value>) -> Result<(), Problem> {
    let required = |detail: &str| Problem::new(ProblemKind::IdempotencyKeyRequired, detail);
    let text = match arguments.get(IDEMPOTENCY_KEY) {
        Some(Value::String(text)) => text.trim(),
        Some(Value::Null) | None => {
            return Err(required(
                "name this purchase with an Idempotency-Key (a UUID will do), so that sending it again buys nothing twice: \
                 a header on REST, the parameter `Idempotency-Key` in a tool call",
            ));
        }
        Some(_) => return Err(required("Idempotency-Key must be a string")),
    };
    let bare = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
    if !(1..=255).contains(&bare.len()) || !bare.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(required("Idempotency-Key takes 1 to 255 visible ASCII characters, without spaces"));
    }
    let bare = bare.to_owned();
    arguments.insert(IDEMPOTENCY_KEY.into(), bare.into());
    Ok(())
}

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
            let repeated = existing.fingerprint == fingerprint;
            return if repeated { again(existing) } else { Err(reused(&existing)) };
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

    /// Runs an order so that even a panic in it leaves a purchase that somebody will look at. `begun` is set by the
    /// order once money is held.
    async fn supervise(
        &self,
        begun: Arc<OnceLock<PurchaseId>>,
        order: impl Future<Output = Result<Reply, Problem>> + Send + 'static,
    ) -> Result<Reply, Problem> {
        let pipeline = self.clone();
        let supervisor = self.tasks().spawn(async move {
            match (pipeline.tasks().spawn(order).await, begun.get()) {
                (Ok(result), _) => result,
                (Err(_), None) => Err(fee::interrupted()),
                (Err(_), Some(id)) => {
                    tracing::error!(purchase = %id, "the task of a purchase panicked");
                    pipeline.unknown(id, "the gateway failed while the order was under way").await
                }
            }
        });
        supervisor.await.map_err(|_| fee::interrupted())?
    }

    /// Leaves a purchase to be resolved by evidence. The hold stays.
    async fn unknown(&self, id: &PurchaseId, reason: &str) -> Result<Reply, Problem> {
        match self.ledger().mark_unknown(id, reason).await {
            Ok(purchase) => Ok(PurchaseReply::fresh(purchase, None)),
            Err(error) => {
                // The state stays `sent`, which the next start of the gateway turns into `unknown`.
                tracing::error!(purchase = %id, %error, "a purchase could not be marked as unknown");
                Err(Problem::new(
                    ProblemKind::Internal,
                    format!("the outcome of purchase `{id}` is not known; look at it before buying again"),
                )
                .with("purchase_id", id.as_str()))
            }
        }
    }
}

/// The answer to a purchase that was there before.
fn again(purchase: Purchase) -> Result<Reply, Problem> {
    if purchase.state == PurchaseState::Sent {
        return Err(Problem::new(
            ProblemKind::PurchaseInProgress,
            format!("purchase `{}` is on its way; ask again in {RETRY_AFTER_SECONDS} s with the same key", purchase.id),
        )
        .with("purchase_id", purchase.id.as_str())
        .with("retry_after_seconds", RETRY_AFTER_SECONDS));
    }
    Ok(Reply::Purchase(Box::new(PurchaseReply { purchase, replayed: true, fee: None })))
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
    use ledger::{Begun, Fingerprint, NewPurchase};
    use uaps_model::Money;

    #[tokio::test]
    async fn a_panic_leaves_a_purchase_to_look_at_and_the_money_held() {
        let world = World::new().await;
        let new = NewPurchase {
            credential: world.credential.id.clone(),
            service: "shop".into(),
            tool: "place_order".into(),
            idempotency_key: "k".into(),
            fingerprint: Fingerprint::of("request"),
            quote: None,
            amount: Money::usd(1999),
        };
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
