//! Purchases that the person at the client may confirm: the question's token goes out with the 202, and comes back with the
//! answer.

use super::super::{Pipeline, Reply};
use super::PurchaseReply;
use crate::confirmation::{self, Asked, Subject};
use crate::error::ledger_problem;
use ledger::{Approval, ApprovalState, Approver, Purchase, PurchaseState};
use metatool::{Confirmation, Verdict};
use uaps_model::{Problem, ProblemKind};

impl Pipeline {
    /// The token of a question about a held purchase that the client may answer, while there is time left.
    pub(super) fn to_confirm(&self, purchase: &Purchase, approval: &Approval) -> Option<Asked> {
        let open = approval.state == ApprovalState::Waiting;
        let (subject, now) = (subject(purchase, approval), self.ledger().now());
        open.then(|| self.shared.confirmations.ask(&subject, now, approval.expires_at))?
    }

    /// Answers the question about a held purchase as the person at the client did. What is not held any more is answered as
    /// any repetition is: an answer that comes twice buys nothing twice. A no needs no token: it comes too late for that as
    /// well, and must never be lost.
    pub(super) async fn confirm(&self, purchase: Purchase, given: &Confirmation) -> Result<Reply, Problem> {
        if purchase.state != PurchaseState::Held {
            return self.again(purchase).await;
        }
        let approval = self.approval_of(&purchase).await?;
        let (subject, now) = (subject(&purchase, &approval), self.ledger().now());
        let ours = || self.shared.confirmations.open(&given.token, &subject, now).is_some();
        if !approval.confirmable || given.decision == Verdict::Approve && !ours() {
            return Err(confirmation::invalid());
        }
        let by = Approver::Client(purchase.credential.clone());
        let answered = match given.decision {
            Verdict::Approve => self.approve(approval, by).await,
            Verdict::Deny => self.deny(&approval, by, None).await.map(|(denied, _)| PurchaseReply::fresh(denied, None)),
        };
        match answered {
            // Somebody was quicker: another answer of this client, or a key above.
            Err(problem) if problem.is(ProblemKind::ApprovalDecided) => self.decided_before(&purchase, problem).await,
            answered => answered,
        }
    }

    /// What a purchase came to whose question was answered by another, or that ran out of time.
    async fn decided_before(&self, purchase: &Purchase, problem: Problem) -> Result<Reply, Problem> {
        match self.ledger().purchase(&purchase.id).await.map_err(ledger_problem)? {
            Some(now) if now.state != PurchaseState::Held => self.again(now).await,
            _ => Err(problem),
        }
    }
}

fn subject(purchase: &Purchase, approval: &Approval) -> Subject {
    Subject {
        key: purchase.credential.clone(),
        request: purchase.fingerprint,
        purchase: Some((approval.id.clone(), purchase.held.cents)),
    }
}
