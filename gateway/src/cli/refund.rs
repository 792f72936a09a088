//! `refund`.

use super::print;
use super::purchases::known;
use anyhow::{anyhow, ensure};
use ledger::Ledger;
use uaps_model::Money;

/// Without `cents`, all that is left.
pub(super) async fn run(ledger: &Ledger, id: &str, cents: Option<i64>, reference: &str) -> anyhow::Result<()> {
    let purchase = known(ledger, id).await?;
    let charged =
        purchase.charged.ok_or_else(|| anyhow!("{id} is {}; only what was captured can come back", purchase.state))?;
    let cents = match cents {
        Some(cents) => cents,
        None => {
            let left = charged.cents - purchase.refunded_cents;
            ensure!(left > 0, "{id} has come back in full already");
            left
        }
    };
    let refunded = ledger.refund(&purchase.id, cents, reference).await?;
    let money = |cents| Money { cents, currency: charged.currency };
    print(&format!("{id} is {}: {} of {charged} came back", refunded.state, money(refunded.refunded_cents)))
}
