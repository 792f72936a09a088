//! `resolve`.

use super::print;
use super::purchases::known;
use crate::resolve::{Evidence, resolve};
use anyhow::anyhow;
use ledger::Ledger;
use uaps_model::Money;

pub(super) async fn run(ledger: &Ledger, id: &str, evidence: Evidence) -> anyhow::Result<()> {
    let purchase = known(ledger, id).await?;
    let resolved = resolve(ledger, &purchase, evidence).await.map_err(|problem| anyhow!(problem.detail))?;
    let balance = ledger.balance(&resolved.credential).await?;
    let available = Money { cents: balance.available_cents, currency: balance.currency };
    print(&format!("{id} is {}; {} has {available} available", resolved.state, resolved.credential))
}
