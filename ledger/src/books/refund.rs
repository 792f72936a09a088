//! Money that comes back.

use super::credit::is_booked;
use super::journal::{Event, Legs, System};
use super::{Booked, Books, Command, Needs, Row};
use crate::{LedgerError, Purchase, PurchaseId, PurchaseState};

/// Gives money of a purchase back, unless its source was booked before, then pays debts from it.
#[derive(Debug)]
pub(crate) struct Refund {
    pub purchase: PurchaseId,
    pub cents: i64,
    pub source: String,
}

impl Command for Refund {
    type Out = Purchase;

    fn needs(&self, needs: &mut Needs) {
        needs.purchases.insert(self.purchase.clone());
        needs.sources.insert(self.source.clone());
    }

    fn apply(&self, books: &mut Books) -> Result<Purchase, LedgerError> {
        let Row { mut purchase, request, attempts } = books.purchase(&self.purchase)?;
        let key = purchase.credential.clone();
        let this =
            Booked { kind: "refund", credential: key.clone(), purchase: Some(purchase.id.clone()), cents: self.cents };
        if is_booked(books, &self.source, &this)? {
            return Ok(purchase);
        }
        let Some(charged) = purchase.charged else {
            let (purchase, state) = (purchase.id, purchase.state);
            return Err(LedgerError::WrongState { purchase, state, wanted: PurchaseState::Refunded });
        };
        let left_cents = charged.cents - purchase.refunded_cents;
        if self.cents > left_cents {
            return Err(LedgerError::RefundTooHigh { purchase: purchase.id, left_cents, cents: self.cents });
        }
        purchase.refunded_cents += self.cents;
        if purchase.refunded_cents == charged.cents {
            purchase.state = PurchaseState::Refunded;
        }
        let purchase = books.put_purchase(Row { purchase, request, attempts });
        let legs = Legs { customer: self.cents, receivable: 0, system: Some((System::ProviderPayable, -self.cents)) };
        let description = format!("Refund {}/{} {}", purchase.service, purchase.tool, self.source);
        let event = Event::Refund { purchase: &purchase.id, source: &self.source };
        books.post(&key, event, description, legs)?;
        books.sources.put(self.source.clone(), this);
        books.repay(&key)?;
        Ok(purchase)
    }
}
