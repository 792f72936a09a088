//! One order, from its price to its settlement.

use super::super::fee::{self, charged, charged_cents, sum};
use super::super::quote::Priced;
use super::super::{MAX_ANSWER_BYTES, Pipeline, Reply};
use super::carry::carry;
use super::kept::{Kept, LookedUp};
use super::stage::Stage;
use super::{operations, reused};
use crate::error::{insufficient, ledger_problem};
use crate::executor::OutboundRequest;
use crate::pipeline::outcome::{self, Outcome};
use crate::upstream::{Channel, Whole};
use http::{HeaderName, HeaderValue};
use jiff::SignedDuration;
use ledger::{
    Answer, Begun, Credential, CredentialId, Exceeded, FeeHold, Fingerprint, LedgerError, NewPurchase, Purchase,
    PurchaseId,
};
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use uaps_model::{Amount, Commerce, IDEMPOTENCY_KEY, Money, Operation, Place, Problem, ProblemKind, Query, Service};

/// How old a durable `sent` may be for its order to be sent still. Well before anybody gives the order up for lost, so that what
/// a machine that was suspended sends on waking never crosses that.
const FRESH: SignedDuration = SignedDuration::from_secs(30);

/// Everything a purchase's task needs; it borrows nothing from the request.
pub(super) struct Order {
    pub service: String,
    pub tool: String,
    pub credential: Credential,
    pub key: String,
    pub fingerprint: Fingerprint,
    /// Without the idempotency key.
    pub arguments: Value,
    /// Set once money is held, for whoever must clean up.
    pub begun: Arc<OnceLock<PurchaseId>>,
}

/// An order that could be sent as it is, and all that its operation says about buying.
pub(super) struct Ready<'c> {
    pub service: &'c Service,
    pub op: &'c Operation,
    pub quote: &'c Operation,
    /// How the quote's price is read.
    pub quoted: &'c Amount,
    charged: &'c Amount,
    transaction_id: &'c Query,
    /// What tells the provider the purchase's id.
    header: Option<(HeaderName, HeaderValue)>,
    request: OutboundRequest,
    /// What it takes to find out about it later.
    pub kept: Option<String>,
}

impl Pipeline {
    /// Quote, hold, send, settle.
    pub(super) async fn place(&self, order: Order) -> Result<Reply, Problem> {
        // Built first: a request that can't be sent must cost nothing.
        let id = self.ledger().purchase_id();
        let mut ready = self.ready(&order.service, &order.tool, &order.arguments, &id)?;
        let (service, op) = (ready.service, ready.op);
        let priced = self.priced(service, (op, ready.quote), ready.quoted, &order.credential, &order.arguments).await?;
        let asked = priced.fee;
        self.watcher().reached(Stage::Priced).await;
        let placed = async {
            let fee = self.hold_fee(service, op, Some(&order.credential)).await?;
            let quote = priced.quote.clone();
            // A fee hold that is dropped on the way out is released.
            let purchase = match self.begin(&order, id, priced, ready.kept.take()).await? {
                Begun::Started(purchase) => purchase,
                Begun::Held(purchase, approval) => return self.held(purchase, &approval, false).await,
                Begun::Existing(purchase) => return self.again(purchase).await,
                Begun::KeyReused(purchase) => return Err(reused(&purchase)),
                Begun::Insufficient(shortfall) => {
                    let problem = insufficient(&shortfall);
                    return Err(match &quote {
                        Some(quote) => problem.with("quote_id", quote.as_str()),
                        None => problem,
                    });
                }
                Begun::Limited(exceeded) => return Err(limited(&exceeded, &order.credential.id)),
                Begun::Blocked { receivable_cents } => return Err(blocked(receivable_cents)),
            };
            // Only this task sets it, so it can't be set already.
            let _ = order.begun.set(purchase.id.clone());
            self.send_order(ready, purchase, fee).await
        };
        told(paid(placed.await, asked)?)
    }

    /// Builds the request of an order, and of its look-up. Sends and holds nothing.
    pub(super) fn ready<'c>(
        &'c self,
        service: &str,
        tool: &str,
        arguments: &Value,
        id: &PurchaseId,
    ) -> Result<Ready<'c>, Problem> {
        let gone =
            || Problem::new(ProblemKind::Internal, format!("`{tool}` of `{service}` vanished from the catalogue"));
        let (service, op) = operations(self.catalog(), service, tool).ok_or_else(gone)?;
        let Some(Commerce::Purchase { quote, quoted, charged, transaction_id, idempotency_header, lookup }) =
            &op.commerce
        else {
            return Err(gone());
        };
        let quote = service.operation(quote.as_str()).ok_or_else(gone)?;
        let lookup = LookedUp::of(op, lookup.as_deref(), idempotency_header.as_deref());
        let carried = carry(op, lookup.map(|looked_up| looked_up.lookup), arguments, id)?;
        let request = self.request(service, op, &carried)?;
        let header = header(op, idempotency_header.as_deref()).map(|header| named(header, id)).transpose()?;
        let look_up = lookup.and_then(|looked_up| {
            let request = self.look_up_request(service, looked_up.lookup, id);
            let failed =
                |problem: &Problem| tracing::error!(service = %service.id, %problem, "no order can be looked up");
            Some((looked_up, request.inspect_err(failed).ok()?))
        });
        let look_up = look_up.as_ref().map(|(looked_up, request)| (looked_up, request));
        let kept = Kept::new(arguments, &request, header.is_some(), look_up).and_then(|kept| kept.text());
        Ok(Ready { service, op, quote, quoted, charged, transaction_id, header, request, kept })
    }

    /// Sends an order whose money is held and whose state `sent` is durable, once, and books what came of it.
    pub(super) async fn send_order(
        &self,
        ready: Ready<'_>,
        purchase: Purchase,
        fee: Option<FeeHold>,
    ) -> Result<Reply, Problem> {
        let Ready { service, charged, transaction_id, header, mut request, .. } = ready;
        self.watcher().reached(Stage::Held).await;
        let waited = self.ledger().now().duration_since(purchase.updated_at);
        if waited > FRESH {
            // Somebody may be asking the provider about it by now, and would take silence for a no.
            let reason = format!("the gateway stood still for {} s, so the order was not sent", waited.as_secs());
            return self.unknown(&purchase.id, &reason).await;
        }
        if let Some((name, value)) = header {
            request.headers.insert(name, value);
        }
        let sent = self.upstream().send_whole(request, Channel::Fresh, MAX_ANSWER_BYTES).await;
        self.watcher().reached(Stage::Answered).await;
        let outcome = self.shown(service, outcome::judge(&sent, charged, transaction_id));
        let sent = sent.map(|whole| self.withhold(service, whole));
        let settled = self.settle(purchase, outcome, &sent).await;
        self.watcher().reached(Stage::Settled).await;
        let fee = fee.and_then(|fee| fee::resolve(fee, sent.as_ref().ok().map(|whole| whole.status)));
        paid(settled, fee)
    }

    /// Holds the money. If the ledger can't say whether it did, the purchase is looked up and given back: nothing was
    /// sent for it.
    async fn begin(
        &self,
        order: &Order,
        id: PurchaseId,
        priced: Priced,
        kept: Option<String>,
    ) -> Result<Begun, Problem> {
        let new = NewPurchase {
            credential: order.credential.id.clone(),
            service: order.service.clone(),
            tool: order.tool.clone(),
            idempotency_key: order.key.clone(),
            fingerprint: order.fingerprint,
            quote: priced.quote,
            amount: priced.amount,
            request: kept,
            order: Some(order.arguments.to_string()),
        };
        match self.ledger().begin_purchase_as(id.clone(), new).await {
            Ok(begun) => Ok(begun),
            Err(error) => Err(self.never_begun(&id, error).await),
        }
    }

    /// The problem of a purchase whose beginning failed. The id is of this attempt alone, so what is found under it is no
    /// purchase of anybody else.
    async fn never_begun(&self, id: &PurchaseId, error: LedgerError) -> Problem {
        let problem = ledger_problem(error);
        if let Ok(Some(purchase)) = self.ledger().purchase(id).await {
            tracing::warn!(purchase = %purchase.id, "a purchase was held although the ledger reported an error");
            let nothing = Problem::new(ProblemKind::Unavailable, "the ledger failed; nothing was sent or bought");
            // What goes wrong here is in the log, and the caller's answer is the same.
            let _ = self.released(id, "the ledger failed before the order was sent", nothing).await;
        }
        problem
    }

    /// An outcome without the gateway's credential in its words.
    pub(super) fn shown(&self, service: &Service, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Bought { charged, transaction_id } => {
                let leaks = |id: &String| self.providers().leaks(service, id.as_bytes());
                Outcome::Bought { charged, transaction_id: transaction_id.filter(|id| !leaks(id)) }
            }
            Outcome::Unknown(reason) => Outcome::Unknown(self.withhold_text(service, reason)),
            other => other,
        }
    }
}

/// Writes what a purchase came to into the log; here, because the caller may be gone.
pub(super) fn told(reply: Reply) -> Result<Reply, Problem> {
    if let Reply::Purchase(reply) = &reply {
        let (id, state) = (&reply.purchase.id, reply.purchase.state);
        tracing::info!(target: "penumbra::audit", purchase = %id, %state, "purchase");
    }
    Ok(reply)
}

/// Adds a fee that was taken to what is told of a call.
pub(super) fn paid(result: Result<Reply, Problem>, fee: Option<Money>) -> Result<Reply, Problem> {
    match result {
        Ok(Reply::Purchase(mut reply)) => {
            reply.fee = sum(reply.fee, fee);
            Ok(Reply::Purchase(reply))
        }
        Err(problem) => {
            let before = Some(charged_cents(&problem)).filter(|cents| *cents > 0).map(Money::usd);
            Err(charged(problem, sum(before, fee)))
        }
        other => other,
    }
}

/// The header by which the provider recognises a repeated order. One that it declares as a parameter is taken too.
pub(super) fn header<'o>(op: &'o Operation, announced: Option<&'o str>) -> Option<&'o str> {
    let mut declared = op.params_in(Place::Header).map(|param| param.name.as_str());
    announced.or_else(|| declared.find(|name| name.eq_ignore_ascii_case(IDEMPOTENCY_KEY)))
}

/// The header that tells the provider the purchase's id, so that a resend would be recognised. One that can't be set is an
/// error, because an order without it could be bought twice.
pub(super) fn named(header: &str, id: &PurchaseId) -> Result<(HeaderName, HeaderValue), Problem> {
    HeaderName::try_from(header).ok().zip(HeaderValue::from_str(id.as_str()).ok()).ok_or_else(|| {
        let header = header.escape_debug();
        Problem::new(
            ProblemKind::Internal,
            format!("the idempotency header `{header}` can't be set; nothing was bought"),
        )
    })
}

pub(super) fn provider_answer(whole: &Whole) -> Answer {
    let content_type = whole.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Answer { status: whole.status.as_u16(), content_type: content_type.map(str::to_owned), body: whole.body.to_vec() }
}

pub(super) fn empty() -> Answer {
    Answer { status: 200, content_type: None, body: Vec::new() }
}

fn limited(exceeded: &Exceeded, key: &CredentialId) -> Problem {
    let (allowed, used) = (exceeded.allowed, exceeded.used);
    let whose = if exceeded.of == *key { "this key" } else { "a key above this one" };
    let detail = match exceeded.limit {
        "purchase_cents" => format!("{whose} may spend {} on one purchase", Money::usd(allowed)),
        "budget_cents" => {
            format!("{whose} may spend {} within its window, {} of it are used", Money::usd(allowed), Money::usd(used))
        }
        "purchases" => format!("{whose} may make {allowed} purchases within its window, and has made {used}"),
        _ => format!("{whose} may not use this service"),
    };
    let problem = Problem::new(ProblemKind::SpendLimitExceeded, format!("{detail}; nothing was bought"))
        .with("limit", exceeded.limit)
        .with("key", exceeded.of.as_str())
        .with("allowed", allowed)
        .with("used", used);
    match exceeded.resets_at {
        Some(time) => problem.with("resets_at", time.to_string()),
        None => problem,
    }
}

fn blocked(receivable_cents: i64) -> Problem {
    let owed = Money::usd(receivable_cents);
    Problem::new(
        ProblemKind::InsufficientBalance,
        format!(
            "an earlier purchase cost {owed} more than there was; add that much, then try again; nothing was bought"
        ),
    )
    .with("receivable_cents", receivable_cents)
    .with("shortfall_cents", receivable_cents)
    .with("currency", owed.currency.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;
    use ledger::PurchaseState;
    use serde_json::json;

    #[tokio::test]
    async fn a_hold_whose_commit_reported_an_error_is_given_back() {
        let world = World::new().await;
        let (ledger, pipeline) = (world.gateway.ledger(), world.gateway.pipeline());
        let new = world.unsent(None);
        let id = ledger.purchase_id();
        let failed = || LedgerError::Corrupt("the commit was cut off".into());
        // The one that is not there, and then the one that is.
        assert!(pipeline.never_begun(&id, failed()).await.is(ProblemKind::Internal));
        ledger.begin_purchase_as(id.clone(), new).await.unwrap();
        assert_eq!(world.money().await, (5000, 1999, 3001));
        assert!(pipeline.never_begun(&id, failed()).await.is(ProblemKind::Internal));
        assert_eq!(ledger.purchase(&id).await.unwrap().unwrap().state, PurchaseState::Released);
        assert_eq!(world.money().await, (5000, 0, 5000));
    }

    #[tokio::test]
    async fn an_order_never_goes_without_its_key() {
        let world = World::with(crate::testing::config(), 5000, |service| {
            let commerce = service.operations.iter_mut().find_map(|op| match &mut op.commerce {
                Some(Commerce::Purchase { idempotency_header, .. }) => Some(idempotency_header),
                _ => None,
            });
            *commerce.unwrap() = Some("Request Id".into());
        })
        .await;
        let answer = world.order("k", r#"{"item": "tea"}"#).await;
        let problem = answer.problem(500, "internal");
        assert_eq!(problem["detail"], "the idempotency header `Request Id` can't be set; nothing was bought");
        assert_eq!((world.provider.seen().len(), world.money().await), (0, (5000, 0, 5000)));
    }

    #[tokio::test]
    async fn a_gateway_that_stood_still_sends_nothing_any_more() {
        for (seconds, sent) in [(29, 1), (31, 0)] {
            let world = World::new().await;
            let (ledger, pipeline) = (world.gateway.ledger(), world.gateway.pipeline());
            let Begun::Started(mut purchase) = ledger.begin_purchase(world.unsent(None)).await.unwrap() else {
                panic!()
            };
            purchase.updated_at -= SignedDuration::from_secs(seconds);
            let order = json!({"body": {"item": "tea"}});
            let ready = pipeline.ready("shop", "place_order", &order, &purchase.id).unwrap();
            let Reply::Purchase(reply) = pipeline.send_order(ready, purchase, None).await.unwrap() else { panic!() };
            assert_eq!(world.provider.seen().iter().filter(|seen| seen.line == "POST /orders").count(), sent);
            let expected = if sent == 0 { PurchaseState::Unknown } else { PurchaseState::Captured };
            assert_eq!(reply.purchase.state, expected, "after {seconds} s");
        }
    }
}
