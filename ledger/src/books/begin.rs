//! Hold and `sent`, as one thing; or hold and `held`, where a person has to approve first.

use super::quote::{self, later};
use super::{Books, Command, Needs, Row, limits};
use crate::{
    Approval, ApprovalId, ApprovalState, Begun, LedgerError, NewPurchase, Purchase, PurchaseId, PurchaseState,
};
use std::time::Duration;

/// How long a person has to approve.
const APPROVAL_LIFE: Duration = Duration::from_secs(60 * 60);

/// Begins a purchase.
#[derive(Debug)]
pub(crate) struct Begin {
    pub id: PurchaseId,
    pub approval: ApprovalId,
    pub new: NewPurchase,
}

impl Command for Begin {
    type Out = Begun;

    fn needs(&self, needs: &mut Needs) {
        let new = &self.new;
        needs.keys.insert(new.credential.clone());
        needs.windows.insert(new.credential.clone());
        needs.orders.insert((new.credential.clone(), new.idempotency_key.clone()));
        needs.quotes.extend(new.quote.clone());
    }

    fn apply(&self, books: &mut Books) -> Result<Begun, LedgerError> {
        let new = &self.new;
        let key = &new.credential;
        // What was bought under this name comes before all other questions: a repetition is answered even if the money is
        // gone or the key has been revoked since.
        let named = |row: &&Row| row.purchase.credential == *key && row.purchase.idempotency_key == new.idempotency_key;
        if let Some(Row { purchase, .. }) = books.purchases.values().find(named) {
            let (same, existing) = (purchase.fingerprint == new.fingerprint, purchase.clone());
            return Ok(if same { Begun::Existing(existing) } else { Begun::KeyReused(existing) });
        }
        let accounts = books.accounts_of_valid(key)?;
        if accounts.debt() > 0 {
            return Ok(Begun::Blocked { receivable_cents: accounts.debt() });
        }
        let cents = new.amount.cents;
        if let Some(exceeded) = limits::exceeded(books, key, &new.service, cents)? {
            return Ok(Begun::Limited(exceeded));
        }
        if let Some(quote) = &new.quote {
            quote::must_fit(books, quote, key, &new.service, cents)?;
        }
        if cents > accounts.available() {
            return Ok(Begun::Insufficient(accounts.shortfall(cents)));
        }
        books.hold(key, cents)?;
        let demanded = limits::demand(books, key, cents)?;
        let (state, request) = match demanded {
            Some(_) if new.order.is_none() => {
                let reason = "is missing, and the key's limits ask for an approval first".to_owned();
                return Err(LedgerError::Invalid { what: "what it takes to send the order later", reason });
            }
            Some(_) => (PurchaseState::Held, new.order.clone()),
            None => (PurchaseState::Sent, new.request.clone()),
        };
        let purchase = Purchase {
            id: self.id.clone(),
            credential: key.clone(),
            service: new.service.clone(),
            tool: new.tool.clone(),
            state,
            idempotency_key: new.idempotency_key.clone(),
            fingerprint: new.fingerprint,
            quote: new.quote.clone(),
            held: new.amount,
            charged: None,
            refunded_cents: 0,
            receivable_cents: 0,
            transaction_id: None,
            reason: None,
            answer: None,
            created_at: books.now,
            updated_at: books.now,
        };
        let purchase = books.put_purchase(Row { purchase, request, attempts: 0 });
        let Some(demanded) = demanded else { return Ok(Begun::Started(purchase)) };
        let approval = Approval {
            id: self.approval.clone(),
            purchase: purchase.id.clone(),
            demanded_by: demanded.by,
            confirmable: demanded.confirmable,
            state: ApprovalState::Waiting,
            decided_by: None,
            created_at: books.now,
            expires_at: later(books.now, APPROVAL_LIFE),
            decided_at: None,
        };
        books.approvals.put(purchase.id.clone(), approval.clone());
        Ok(Begun::Held(purchase, approval))
    }
}
