//! What a purchase is answered with: always from its record, so that the first answer and every repetition agree.

use super::super::Reply;
use super::super::fee::{charged, sum};
use super::{Question, RETRY_AFTER_SECONDS};
use crate::confirmation::Asked;
use crate::error::purchase_path;
use ledger::{Answer, Purchase, PurchaseState};
use serde_json::json;
use uaps_model::{Money, Problem};

/// A purchase and how this call came by it.
#[derive(Debug, Clone)]
pub struct PurchaseReply {
    /// The purchase; never in the state `sent`.
    pub purchase: Purchase,
    /// Whether the call only repeated an earlier one.
    pub replayed: bool,
    /// The fee that was taken for this call.
    pub fee: Option<Money>,
    /// The question that it waits for, if it does.
    pub question: Option<Question>,
    /// The token with which the person at the client may answer it.
    pub confirmation: Option<Asked>,
}

impl PurchaseReply {
    pub(super) fn of(purchase: Purchase) -> PurchaseReply {
        PurchaseReply { purchase, replayed: false, fee: None, question: None, confirmation: None }
    }

    pub(super) fn fresh(purchase: Purchase, fee: Option<Money>) -> Reply {
        Reply::Purchase(Box::new(PurchaseReply { fee, ..PurchaseReply::of(purchase) }))
    }

    /// The answer: what the provider said, the problem of a purchase that came to nothing, or, while nobody knows or a person
    /// has to approve first, 202 and where to look.
    pub fn answer(&self) -> Answer {
        match &self.purchase.answer {
            Some(answer) if self.purchase.state.is_final() => answer.clone(),
            _ => Answer {
                status: 202,
                content_type: Some("application/json".into()),
                body: serde_json::to_vec(&self.pending()).unwrap_or_default(),
            },
        }
    }

    /// Its status.
    pub fn status(&self) -> u16 {
        match &self.purchase.answer {
            Some(answer) if self.purchase.state.is_final() => answer.status,
            _ => 202,
        }
    }

    /// The problem of a purchase that came to nothing. It says whether it was told before, and which fee was taken.
    pub fn problem(&self) -> Option<Problem> {
        let answer = self.purchase.answer.as_ref().filter(|_| self.purchase.state == PurchaseState::Released)?;
        let problem: Problem = serde_json::from_slice(&answer.body).ok()?;
        let problem = if self.replayed { problem.with("replayed", true) } else { problem };
        Some(charged(problem, self.fee))
    }

    /// The price and the fees. Of a repetition, what the purchase cost when it was made, less fees.
    pub fn cost(&self) -> Option<Money> {
        sum(self.purchase.charged, self.fee)
    }

    /// Where the purchase can be looked at.
    pub fn location(&self) -> String {
        purchase_path(self.purchase.id.as_str())
    }

    /// How soon to look, in seconds, while the outcome is not known.
    pub fn retry_after(&self) -> Option<u64> {
        (!self.purchase.state.is_final()).then_some(RETRY_AFTER_SECONDS)
    }

    fn pending(&self) -> serde_json::Value {
        let location = self.location();
        match &self.question {
            Some(question) => {
                let mut pending = json!({
                    "detail": question.detail(),
                    "location": location,
                    "approval": question,
                    "purchase": self.purchase,
                });
                if let Some(confirmation) = &self.confirmation {
                    pending["confirmation"] = json!(confirmation);
                }
                pending
            }
            None => json!({
                "detail": "It is not known yet whether this was bought. The money stays held until it is; \
                           look at `location`, and don't buy again under another Idempotency-Key.",
                "location": location,
                "purchase": self.purchase,
            }),
        }
    }
}
