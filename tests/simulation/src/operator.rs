//! The person who looks after what no machine can find out: asks the provider, and says what it says.

use crate::episode::Episode;
use crate::life::Life;
use crate::provider::Sold;
use anyhow::Result;
use ledger::{Answer, Capture, Ledger, LedgerError, Purchase, PurchaseState};
use serde_json::json;
use uaps_model::Money;

impl Episode {
    /// Ends all purchases that were left to a person and of which the provider can say what became.
    pub(crate) fn operate(&mut self, life: &Life) -> Result<()> {
        let state = Some(PurchaseState::NeedsOperator);
        let mut left = life.books(async |books| books.purchases(state, u32::MAX).await)?;
        // Oldest first, by the client's names, which are the same whenever the story is told.
        left.sort_by(|one, other| one.idempotency_key.cmp(&other.idempotency_key));
        for purchase in left {
            let key = &purchase.idempotency_key;
            // Who is still sending it may yet be answered.
            let Some(verdict) = self.world.provider.verdict(key).filter(|_| !self.is_under_way(key)) else { continue };
            let ended = life.books(async |books| end(books, &purchase, verdict.as_ref()).await)?;
            self.tally.by_operator += usize::from(ended);
            self.trace(("Operate", key), &(verdict.map(|sold| sold.cents), ended));
        }
        Ok(())
    }
}

/// As `penumbra-gateway resolve` does it. `false` where a gateway is asking the provider just now.
async fn end(books: &Ledger, purchase: &Purchase, sold: Option<&Sold>) -> Result<bool, LedgerError> {
    if !books.take_for_operator(&purchase.id).await? {
        return Ok(false);
    }
    let id = purchase.id.as_str();
    let answer = |status, body: serde_json::Value| Answer {
        status,
        content_type: Some("application/json".to_owned()),
        body: body.to_string().into_bytes(),
    };
    match sold {
        Some(sold) => {
            let answer = answer(200, json!({"purchase": id, "charged_cents": sold.cents, "order": sold.id}));
            let (charged, transaction_id) = (Money::usd(sold.cents), Some(sold.id.clone()));
            books.capture(&purchase.id, Capture { charged, transaction_id, answer }).await?;
        }
        None => {
            let answer = answer(502, json!({"purchase_id": id}));
            books.release(&purchase.id, "the provider never sold it", answer).await?;
        }
    }
    Ok(true)
}
