//! The answer to the question whether a held purchase may be sent.

use super::{Books, Command, Needs, Row, expect, limits};
use crate::{Approval, ApprovalState, Approver, Decision, LedgerError, Purchase, PurchaseId, PurchaseState, check};

/// Answers it.
#[derive(Debug)]
pub(crate) struct Decide {
    pub purchase: PurchaseId,
    pub by: Approver,
    pub decision: Decision,
}

impl Command for Decide {
    type Out = (Purchase, Approval);

    fn needs(&self, needs: &mut Needs) {
        needs.purchases.insert(self.purchase.clone());
        needs.approvals.insert(self.purchase.clone());
        if let Approver::Key(key) | Approver::Client(key) = &self.by {
            needs.keys.insert(key.clone());
        }
    }

    fn apply(&self, books: &mut Books) -> Result<(Purchase, Approval), LedgerError> {
        let Row { mut purchase, attempts, .. } = books.purchase(&self.purchase)?;
        let approval = books.approvals.get(&purchase.id).cloned();
        let mut approval = approval.ok_or_else(|| LedgerError::UnknownPurchase(purchase.id.clone()))?;
        if let Approver::Key(key) | Approver::Client(key) = &self.by {
            let line = limits::line(books, &purchase.credential)?;
            let held = purchase.held.cents;
            let may = match (&self.by, &self.decision) {
                // Its own no needs nobody's leave.
                (Approver::Client(key), Decision::Deny { .. }) if *key == purchase.credential => approval.confirmable,
                (Approver::Client(key), _) => *key == purchase.credential && approval.may_confirm(&line, held),
                _ => approval.may_answer(&line, held).iter().any(|above| above.id == *key),
            };
            if !may {
                return Err(LedgerError::MayNotApprove { approval: approval.id, key: key.clone() });
            }
            books.accounts_of_valid(key)?;
        }
        if approval.state != ApprovalState::Waiting {
            return Err(LedgerError::Decided { approval: approval.id, state: approval.state });
        }
        let over = approval.expires_at <= books.now;
        let (state, request) = match &self.decision {
            Decision::Approve { .. } if over => {
                return Err(LedgerError::Decided { approval: approval.id, state: ApprovalState::Expired });
            }
            Decision::Expire { .. } if !over => {
                return Err(LedgerError::Invalid { what: "the approval", reason: "has not run out yet".to_owned() });
            }
            Decision::Approve { request } => {
                expect(&purchase, &[PurchaseState::Held], PurchaseState::Sent)?;
                books.accounts_of_valid(&purchase.credential)?;
                purchase.state = PurchaseState::Sent;
                (ApprovalState::Approved, request.clone())
            }
            Decision::Deny { reason, answer } | Decision::Expire { reason, answer } => {
                expect(&purchase, &[PurchaseState::Held], PurchaseState::Released)?;
                books.unhold(&purchase.credential, purchase.held.cents)?;
                purchase.state = PurchaseState::Released;
                purchase.reason = Some(check::foreign(reason));
                purchase.answer = Some(answer.clone());
                let denied = matches!(self.decision, Decision::Deny { .. });
                (if denied { ApprovalState::Denied } else { ApprovalState::Expired }, None)
            }
        };
        approval.state = state;
        approval.decided_at = Some(books.now);
        approval.decided_by = (state != ApprovalState::Expired).then(|| self.by.to_string());
        books.approvals.put(purchase.id.clone(), approval.clone());
        let purchase = books.put_purchase(Row { purchase, request, attempts });
        books.repay(&purchase.credential)?;
        Ok((purchase, approval))
    }
}
