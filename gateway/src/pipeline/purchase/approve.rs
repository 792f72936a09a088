//! Answers to the question whether a purchase may be sent. A yes sends it, once.

use super::super::{Pipeline, Reply};
use super::PurchaseReply;
use super::order::{paid, told};
use super::stage::Stage;
use crate::error::ledger_problem;
use crate::trail::acted;
use ledger::{Answer, Approval, ApprovalState, Approver, Decision, LedgerError, Purchase, PurchaseId, PurchaseState};
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use uaps_model::{Problem, ProblemKind};

/// Questions that one pass ends.
const BATCH: u32 = 100;

impl Pipeline {
    /// Sends what waits for this approval, in a task of its own, and waits for it. Whoever may not approve must be refused
    /// before: the provider may be asked for its price first.
    pub async fn approve(&self, approval: Approval, by: Approver) -> Result<Reply, Problem> {
        let begun = Arc::<OnceLock<PurchaseId>>::default();
        let (pipeline, started) = (self.clone(), begun.clone());
        self.supervise(begun, async move { pipeline.send_held(&approval, by, &started).await }).await
    }

    /// Whatever fails before the ledger took the yes leaves the question open.
    async fn send_held(
        &self,
        approval: &Approval,
        by: Approver,
        begun: &OnceLock<PurchaseId>,
    ) -> Result<Reply, Problem> {
        let lost = || Problem::new(ProblemKind::Internal, "the order that waits for this approval can't be read");
        let kept = self.ledger().order(&approval.purchase).await.map_err(ledger_problem)?;
        let (purchase, order) = kept.ok_or_else(lost)?;
        if purchase.state != PurchaseState::Held || approval.state != ApprovalState::Waiting {
            return Err(self.decided(approval).await);
        }
        let arguments: Value = order.and_then(|text| serde_json::from_str(&text).ok()).ok_or_else(lost)?;
        let asker = self.ledger().key(&purchase.credential).await.map_err(ledger_problem)?.ok_or_else(lost)?;
        let ready = self.ready(&purchase.service, &purchase.tool, &arguments, &purchase.id)?;
        let (service, op) = (ready.service, ready.op);
        // The price may have run out while the question waited; then this asks for it again.
        let priced = self.priced(service, (op, ready.quote), ready.quoted, &asker, &arguments).await?;
        self.watcher().reached(Stage::Priced).await;
        let answered = async {
            if priced.amount.cents > purchase.held.cents {
                let why = format!("the price rose from {} to {} meanwhile", purchase.held, priced.amount);
                let (purchase, _) = self.deny(approval, by, Some(&why)).await?;
                return Ok(PurchaseReply::fresh(purchase, None));
            }
            // A fee hold that is dropped on the way out is released.
            let fee = self.hold_fee(service, op, Some(&asker)).await?;
            let approve = Decision::Approve { request: ready.kept.clone() };
            let decided = self.ledger().decide(&purchase.id, by.clone(), approve).await;
            // If the ledger can't say whether it took the yes, nothing is sent here. Should it have taken it, the purchase is
            // `sent` with nobody to end it, becomes `unknown`, and the provider is asked about it.
            let (purchase, _) = decided.map_err(|error| refused(approval, error))?;
            acted(&by, "approval given", &approval.id);
            // Only this task sets it, so it can't be set already.
            let _ = begun.set(purchase.id.clone());
            self.send_order(ready, purchase, fee).await
        };
        told(paid(answered.await, priced.fee)?)
    }

    /// Says no: the money is free again, and whoever repeats the purchase is told so.
    pub async fn deny(
        &self,
        approval: &Approval,
        by: Approver,
        why: Option<&str>,
    ) -> Result<(Purchase, Approval), Problem> {
        let denial = denial(approval, &by, why);
        let decided = self.ledger().decide(&approval.purchase, by.clone(), denial).await;
        let decided = decided.map_err(|error| refused(approval, error))?;
        acted(&by, "approval denied", &approval.id);
        Ok(decided)
    }

    /// Ends questions that nobody answered in time; says how many.
    pub(super) async fn expire_approvals(&self) -> Result<usize, LedgerError> {
        let mut expired = 0;
        for approval in self.ledger().overdue_approvals(BATCH).await? {
            let answer = nothing(&approval, ApprovalState::Expired, "nobody approved this purchase in time");
            let over = Decision::Expire { reason: "nobody approved it in time".to_owned(), answer };
            match self.ledger().decide(&approval.purchase, Approver::Operator, over).await {
                Ok(_) => expired += 1,
                // Another gateway was quicker.
                Err(LedgerError::Decided { .. }) => {}
                // One sick question must not keep all others waiting.
                Err(error) => tracing::error!(approval = %approval.id, %error, "an approval could not be ended"),
            }
        }
        Ok(expired)
    }

    /// The problem of a question that is not open any more, as it stands now.
    async fn decided(&self, approval: &Approval) -> Problem {
        match self.ledger().approval(&approval.id).await {
            Ok(Some(now)) => ledger_problem(LedgerError::Decided { approval: now.id, state: now.state }),
            Ok(None) => ledger_problem(LedgerError::UnknownApproval(approval.id.clone())),
            Err(error) => ledger_problem(error),
        }
    }
}

/// A no, and what whoever repeats the purchase is told.
pub fn denial(approval: &Approval, by: &Approver, why: Option<&str>) -> Decision {
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    let reason = format!("{by} did not approve it{why}");
    let answer = nothing(approval, ApprovalState::Denied, &format!("this purchase was not approved{why}"));
    Decision::Deny { reason, answer }
}

/// What whoever repeats the purchase gets.
fn nothing(approval: &Approval, state: ApprovalState, what: &str) -> Answer {
    let problem = Problem::new(ProblemKind::ApprovalDenied, format!("{what}; nothing was sent or bought"))
        .with("approval_id", approval.id.as_str())
        .with("approval_state", state.as_str())
        .with("purchase_id", approval.purchase.as_str());
    Answer {
        status: problem.status,
        content_type: Some("application/problem+json".into()),
        body: serde_json::to_vec(&problem).unwrap_or_default(),
    }
}

/// The problem of an answer that the ledger did not take.
fn refused(approval: &Approval, error: LedgerError) -> Problem {
    let problem = match error {
        // Whoever answers was admitted just now, so it is nearly always the other.
        LedgerError::Revoked(key) | LedgerError::UnknownCredential(key) => Problem::new(
            ProblemKind::Forbidden,
            format!("the key `{key}` is revoked or past its time, so nothing is bought for it; deny the purchase"),
        ),
        error @ (LedgerError::Commit(_) | LedgerError::Database(_)) => {
            tracing::error!(approval = %approval.id, %error, "nobody knows whether the ledger took an answer");
            Problem::new(
                ProblemKind::Internal,
                "the ledger failed; nothing was sent. Look at the purchase before you go on",
            )
            .with("purchase_id", approval.purchase.as_str())
        }
        other => ledger_problem(other),
    };
    problem.with("approval_id", approval.id.as_str())
}
