//! One order, from its price to its settlement.

use super::super::quote::rejected;
use super::super::{MAX_ANSWER_BYTES, Pipeline, Reply};
use super::{PurchaseReply, again, operations, reused};
use crate::error::{insufficient, ledger_problem};
use crate::executor::OutboundRequest;
use crate::pipeline::outcome::{self, Outcome};
use crate::upstream::{Channel, SendError, Whole};
use http::{HeaderName, HeaderValue};
use ledger::{Answer, Begun, Capture, Credential, Fingerprint, LedgerError, NewPurchase, Purchase, PurchaseId};
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use uaps_model::{Commerce, IDEMPOTENCY_KEY, Money, Place, Problem, ProblemKind};

/// How often a settlement is tried while the ledger is busy.
const SETTLE_ATTEMPTS: u32 = 5;

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

impl Pipeline {
    /// Quote, hold, send, settle.
    pub(super) async fn place(&self, order: Order) -> Result<Reply, Problem> {
        let gone = || Problem::new(ProblemKind::Internal, "the operation vanished from the catalogue");
        let (service, op) = operations(self.catalog(), &order.service, &order.tool).ok_or_else(gone)?;
        let Some(Commerce::Purchase { quote, quoted, charged, transaction_id, idempotency_header }) = &op.commerce
        else {
            return Err(gone());
        };
        let quote = service.operation(quote.as_str()).ok_or_else(gone)?;
        // Built first: a request that can't be sent must cost nothing.
        let mut request = self.request(service, op, &order.arguments)?;
        let priced = self.priced(service, quote, quoted, &order.credential, &order.arguments).await?;
        let fee = self.hold_fee(service, op, Some(&order.credential)).await?;
        let new = NewPurchase {
            credential: order.credential.id.clone(),
            service: order.service.clone(),
            tool: order.tool.clone(),
            idempotency_key: order.key.clone(),
            fingerprint: order.fingerprint,
            quote: priced.quote,
            amount: priced.amount,
        };
        // A fee hold that is dropped on the way out is released.
        let purchase = match self.ledger().begin_purchase(new).await.map_err(ledger_problem)? {
            Begun::Started(purchase) => purchase,
            Begun::Existing(purchase) => return again(purchase),
            Begun::KeyReused(purchase) => return Err(reused(&purchase)),
            Begun::Insufficient(shortfall) => return Err(insufficient(&shortfall)),
            Begun::Blocked { receivable_cents } => return Err(blocked(receivable_cents)),
        };
        // Only this task sets it, so it can't be set already.
        let _ = order.begun.set(purchase.id.clone());
        // A provider that declares the header as a parameter takes it too.
        let declared =
            op.params_in(Place::Header).map(|p| p.name.as_str()).find(|n| n.eq_ignore_ascii_case(IDEMPOTENCY_KEY));
        name(&mut request, idempotency_header.as_deref().or(declared), &purchase.id);

        let sent = self.upstream().send_whole(request, Channel::Fresh, MAX_ANSWER_BYTES).await;
        let outcome = outcome::judge(&sent, charged, transaction_id);
        let mut reply = self.settle(purchase, outcome, &sent).await?;
        if let Reply::Purchase(reply) = &mut reply {
            if let Some(fee) = fee {
                reply.fee = self.resolve_fee(fee, sent.as_ref().ok().map(|whole| whole.status)).await;
            }
            // Written here too, because the caller may be gone.
            let (id, state) = (&reply.purchase.id, reply.purchase.state);
            tracing::info!(target: "penumbra::audit", purchase = %id, %state, "purchase");
        }
        Ok(reply)
    }

    /// Books what the provider's answer proves.
    async fn settle(
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
        let booked = retry(|| self.ledger().capture(id, capture.clone())).await;
        match booked {
            Ok(purchase) => Ok(PurchaseReply::fresh(purchase, None)),
            Err(error) => {
                tracing::error!(purchase = %id, %error, charged_cents = capture.charged.cents, "a sale could not be booked");
                self.unknown(id, "the provider sold it, but the sale could not be booked").await
            }
        }
    }

    async fn released(&self, id: &PurchaseId, reason: &str, problem: Problem) -> Result<Reply, Problem> {
        let problem = problem.with("purchase_id", id.as_str());
        let answer = Answer {
            status: problem.status,
            content_type: Some("application/problem+json".into()),
            body: serde_json::to_vec(&problem).unwrap_or_default(),
        };
        match retry(|| self.ledger().release(id, reason, answer.clone())).await {
            Ok(purchase) => Ok(PurchaseReply::fresh(purchase, None)),
            Err(error) => {
                tracing::error!(purchase = %id, %error, "a hold could not be released");
                self.unknown(id, "the provider refused the order, but the hold could not be released").await
            }
        }
    }
}

/// Tries again while the ledger is busy; a settlement is worth waiting for.
async fn retry<T, F: Future<Output = Result<T, LedgerError>>>(
    mut attempt: impl FnMut() -> F,
) -> Result<T, LedgerError> {
    let mut wait = Duration::from_millis(50);
    for _ in 1..SETTLE_ATTEMPTS {
        match attempt().await {
            Err(error) if error.retryable() => tokio::time::sleep(wait).await,
            result => return result,
        }
        wait *= 2;
    }
    attempt().await
}

/// Tells the provider the purchase's id, under the header that it honours, so that a resend would be recognised.
fn name(request: &mut OutboundRequest, header: Option<&str>, id: &PurchaseId) {
    let header = header.and_then(|name| HeaderName::try_from(name).ok());
    if let (Some(name), Ok(value)) = (header, HeaderValue::from_str(id.as_str())) {
        request.headers.insert(name, value);
    }
}

fn provider_answer(whole: &Whole) -> Answer {
    let content_type = whole.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Answer { status: whole.status.as_u16(), content_type: content_type.map(str::to_owned), body: whole.body.to_vec() }
}

fn empty() -> Answer {
    Answer { status: 200, content_type: None, body: Vec::new() }
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
