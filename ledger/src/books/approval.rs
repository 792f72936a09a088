//! The answer to the question whether a held purchase may be sent.

use super::{Books, Command, Needs, Row, expect, limits};
use crate::{
    Approval, ApprovalState, Approver, CredentialId, Decision, LedgerError, Purchase, PurchaseId, PurchaseState, check,
};

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
            let may = match &self.by {
                Approver::Client(key) => may_confirm(books, &purchase, &approval, key)?,
                _ => may_approve(books, &purchase, &approval, key)?,
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

/// Not the asking key, and not the key whose limit it is unless its client could answer as well: only who stands above.
fn may_approve(
    books: &Books,
    purchase: &Purchase,
    approval: &Approval,
    key: &CredentialId,
) -> Result<bool, LedgerError> {
    let below = if approval.confirmable { &purchase.credential } else { &approval.demanded_by };
    Ok(books.lineage(below)?.iter().skip(1).any(|id| id == key))
}

/// Only for its own purchase, and only while no limit, such as one that was set meanwhile, asks for more.
fn may_confirm(
    books: &Books,
    purchase: &Purchase,
    approval: &Approval,
    key: &CredentialId,
) -> Result<bool, LedgerError> {
    let more = limits::demand(books, &purchase.credential, purchase.held.cents)?.is_some_and(|now| !now.confirmable);
    Ok(approval.confirmable && *key == purchase.credential && !more)
}
