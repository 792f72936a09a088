//! Fixed fees under way.

use crate::FeeHoldId;
use crate::sqlite::Store;
use tokio::runtime::Handle;
use uaps_model::Money;

/// A fee that is reserved and not yet taken. Settle or release it; dropped without either (a caller hung up), it is
/// released, so that no money stays reserved for a call that nobody finishes.
#[derive(Debug)]
#[must_use = "a fee that is dropped is released"]
pub struct FeeHold {
    id: FeeHoldId,
    amount: Money,
    /// Absent once resolved.
    store: Option<Store>,
}

impl FeeHold {
    pub(crate) fn new(id: FeeHoldId, amount: Money, store: Store) -> Self {
        FeeHold { id, amount, store: Some(store) }
    }

    /// Its id.
    pub fn id(&self) -> &FeeHoldId {
        &self.id
    }

    /// What is reserved.
    pub fn amount(&self) -> Money {
        self.amount
    }

    /// To be called once the database knows the outcome.
    pub(crate) fn disarm(&mut self) {
        self.store = None;
    }
}

impl Drop for FeeHold {
    fn drop(&mut self) {
        // Without a runtime the process is ending; the next one releases what it finds open.
        let (Some(store), Ok(runtime)) = (self.store.take(), Handle::try_current()) else { return };
        let id = self.id.clone();
        runtime.spawn(async move {
            match store.release_fee(&id).await {
                Ok(_) | Err(crate::LedgerError::FeeResolved(_)) => {}
                Err(error) => tracing::error!(fee = %id, %error, "an abandoned fee is still reserved"),
            }
        });
    }
}
