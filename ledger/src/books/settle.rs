//! The three ends of `sent`. Whoever comes second changes nothing; what a second comer asks for again is answered with what is
//! there.

use super::journal::{Event, Legs, System};
use super::{Books, Command, Needs, Row, expect};
use crate::{Answer, Capture, LedgerError, Purchase, PurchaseId, PurchaseState, check};

/// The states that evidence ends.
const SENT: &[PurchaseState] = &[PurchaseState::Sent, PurchaseState::Unknown, PurchaseState::NeedsOperator];

/// It was bought.
#[derive(Debug)]
pub(crate) struct CapturePurchase {
    pub purchase: PurchaseId,
    pub capture: Capture,
}

impl Command for CapturePurchase {
    type Out = Purchase;

    fn needs(&self, needs: &mut Needs) {
        needs.purchases.insert(self.purchase.clone());
    }

    fn apply(&self, books: &mut Books) -> Result<Purchase, LedgerError> {
        let Row { mut purchase, attempts, .. } = books.purchase(&self.purchase)?;
        let capture = self.capture.clone();
        if purchase.state.is_captured() && purchase.charged == Some(capture.charged) {
            return Ok(purchase);
        }
        expect(&purchase, SENT, PurchaseState::Captured)?;
        let key = purchase.credential.clone();
        books.unhold(&key, purchase.held.cents)?;
        // With the hold gone, what is available covers the held part for certain and the excess as far as it goes.
        let charged = capture.charged.cents;
        let paid = charged.min(books.accounts_of(&key)?.available());
        let owed = charged - paid;
        purchase.state = PurchaseState::Captured;
        purchase.charged = Some(capture.charged);
        purchase.receivable_cents = owed;
        purchase.transaction_id = capture.transaction_id.as_deref().map(check::foreign);
        purchase.reason = None;
        purchase.answer = Some(capture.answer);
        let purchase = books.put_purchase(Row { purchase, request: None, attempts });
        let legs = Legs { customer: -paid, receivable: -owed, system: Some((System::ProviderPayable, charged)) };
        let description = format!("Purchase {}/{}", purchase.service, purchase.tool);
        books.post(&key, Event::Purchase(&purchase.id), description, legs)?;
        if owed > 0 {
            tracing::warn!(purchase = %purchase.id, credential = %key, owed_cents = owed,
                "a purchase cost more than the balance; the rest is owed");
        }
        books.repay(&key)?;
        Ok(purchase)
    }
}

/// It was certainly not bought.
#[derive(Debug)]
pub(crate) struct ReleasePurchase {
    pub purchase: PurchaseId,
    pub reason: String,
    pub answer: Answer,
}

impl Command for ReleasePurchase {
    type Out = Purchase;

    fn needs(&self, needs: &mut Needs) {
        needs.purchases.insert(self.purchase.clone());
    }

    fn apply(&self, books: &mut Books) -> Result<Purchase, LedgerError> {
        let Row { mut purchase, attempts, .. } = books.purchase(&self.purchase)?;
        if purchase.state == PurchaseState::Released {
            return Ok(purchase);
        }
        // Once it was sent again, what became of the first order says nothing of the second; only a person's word does.
        let from = if attempts > 0 { &[PurchaseState::NeedsOperator] } else { SENT };
        expect(&purchase, from, PurchaseState::Released)?;
        books.unhold(&purchase.credential, purchase.held.cents)?;
        purchase.state = PurchaseState::Released;
        purchase.reason = Some(check::foreign(&self.reason));
        purchase.answer = Some(self.answer.clone());
        let purchase = books.put_purchase(Row { purchase, request: None, attempts });
        books.repay(&purchase.credential)?;
        Ok(purchase)
    }
}

/// Nobody knows.
#[derive(Debug)]
pub(crate) struct MarkUnknown {
    pub purchase: PurchaseId,
    pub reason: String,
}

impl Command for MarkUnknown {
    type Out = Purchase;

    fn needs(&self, needs: &mut Needs) {
        needs.purchases.insert(self.purchase.clone());
    }

    fn apply(&self, books: &mut Books) -> Result<Purchase, LedgerError> {
        let Row { mut purchase, request, attempts } = books.purchase(&self.purchase)?;
        if purchase.state.is_unknown() {
            return Ok(purchase);
        }
        expect(&purchase, &[PurchaseState::Sent], PurchaseState::Unknown)?;
        purchase.state = PurchaseState::Unknown;
        purchase.reason = Some(check::foreign(&self.reason));
        let purchase = books.put_purchase(Row { purchase, request, attempts });
        Ok(purchase)
    }
}
