//! The question whether a purchase may be sent, as callers see it: the same object in the 202 of the purchase, at its own
//! address, and in lists.

use super::super::Pipeline;
use crate::error::{approval_page, approval_path, ledger_problem};
use crate::trail::OPERATOR;
use jiff::Timestamp;
use ledger::{Approval, ApprovalId, ApprovalState, CredentialId, Purchase, PurchaseId};
use serde::Serialize;
use uaps_model::{Money, Problem};

/// A question, with what it is about.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    id: ApprovalId,
    state: ApprovalState,
    service: String,
    tool: String,
    /// What is held for it.
    amount_cents: i64,
    currency: &'static str,
    purchase: PurchaseId,
    /// Whose purchase it is.
    asked_by: CredentialId,
    /// Whose limit asks for it.
    demanded_by: CredentialId,
    /// Whether the person at the asking key's client may answer as well.
    confirmable: bool,
    /// Keys, and `operator`.
    may_answer: Vec<String>,
    location: String,
    /// The page on which a person answers it, where the operator has said how clients reach the gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    created_at: Timestamp,
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<Timestamp>,
}

impl Question {
    /// Whether the person at the asking key's client may say yes.
    pub(super) fn is_confirmable(&self) -> bool {
        self.confirmable
    }

    /// What has happened so far, and what is to happen.
    pub(super) fn detail(&self) -> String {
        let held = Money::usd(self.amount_cents);
        let whose = if self.demanded_by == self.asked_by { "this key" } else { "a key above this one" };
        let (what, client) = match self.confirmable {
            true => ("yes", "The person at the client, if it can ask them; else "),
            false => ("approval", ""),
        };
        let who = match (self.may_answer.len(), self.confirmable) {
            (1, false) => "The gateway's operator",
            (1, true) => "the gateway's operator",
            (_, false) => "Somebody of `approval.may_answer`",
            (_, true) => "somebody of `approval.may_answer`",
        };
        let place = self.url.as_deref().unwrap_or(&self.location);
        format!(
            "Nothing was sent or bought yet: a limit of {whose} asks for a person's {what} first. {held} are held until \
             {}. {client}{who} answers at {place}; then repeat this request with the same Idempotency-Key, or look at `location`.",
            self.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        )
    }
}

impl Pipeline {
    /// A question as callers see it.
    pub async fn question(&self, approval: &Approval, purchase: &Purchase) -> Result<Question, Problem> {
        let line = self.ledger().lineage(&purchase.credential).await.map_err(ledger_problem)?;
        let above = approval.may_answer(&line, purchase.held.cents).iter().map(|key| key.id.to_string());
        let location = approval_path(approval.id.as_str());
        Ok(Question {
            id: approval.id.clone(),
            state: approval.state,
            service: purchase.service.clone(),
            tool: purchase.tool.clone(),
            amount_cents: purchase.held.cents,
            currency: ledger::CURRENCY.as_str(),
            purchase: purchase.id.clone(),
            asked_by: purchase.credential.clone(),
            demanded_by: approval.demanded_by.clone(),
            confirmable: approval.may_confirm(&line, purchase.held.cents),
            may_answer: above.chain([OPERATOR.to_owned()]).collect(),
            url: self.links().absolute(&approval_page(approval.id.as_str())),
            location,
            created_at: approval.created_at,
            expires_at: approval.expires_at,
            decided_by: approval.decided_by.clone(),
            decided_at: approval.decided_at,
        })
    }
}
