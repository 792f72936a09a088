//! `purchases` and `audit`.

use super::{Format, print, print_json};
use anyhow::anyhow;
use ledger::{Ledger, Purchase, PurchaseId, PurchaseState};
use serde_json::json;
use std::process::ExitCode;

pub(super) async fn list(
    ledger: &Ledger,
    state: Option<PurchaseState>,
    limit: u32,
    format: Format,
) -> anyhow::Result<()> {
    // One more than asked for, to tell whether there are more.
    let mut purchases = ledger.purchases(state, limit.saturating_add(1)).await?;
    let shown = usize::try_from(limit)?;
    if purchases.len() > shown {
        purchases.truncate(shown);
        eprintln!("note: these are the newest {limit}; there are more, and --limit shows them");
    }
    if format == Format::Json {
        return print_json(&purchases);
    }
    let mut lines = vec![format!(
        "{:<36}  {:<14}  {:>14}  {:>14}  {:<20}  {:<28}  reason",
        "id", "state", "held", "charged", "updated", "service/tool"
    )];
    for purchase in &purchases {
        let held = purchase.held.to_string();
        let charged = purchase.charged.map(|charged| charged.to_string()).unwrap_or_default();
        let updated = purchase.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let what = format!("{}/{}", purchase.service, purchase.tool);
        lines.push(
            format!(
                "{:<36}  {:<14}  {held:>14}  {charged:>14}  {updated:<20}  {what:<28}  {}",
                purchase.id.as_str(),
                purchase.state.as_str(),
                purchase.reason.as_deref().unwrap_or_default()
            )
            .trim_end()
            .to_owned(),
        );
    }
    print(&lines.join("\n"))
}

/// The purchase with this id.
pub(super) async fn known(ledger: &Ledger, id: &str) -> anyhow::Result<Purchase> {
    let nothing = || anyhow!("there is no purchase `{id}`; `penumbra-gateway purchases` shows them");
    let parsed: PurchaseId = id.parse().map_err(|_| nothing())?;
    ledger.purchase(&parsed).await?.ok_or_else(nothing)
}

/// `name` is what was audited, for the verdict: books that are right must be the ones that were meant.
pub(super) async fn audit(ledger: &Ledger, name: &str, format: Format) -> anyhow::Result<ExitCode> {
    let report = ledger.audit().await?;
    match format {
        Format::Json => print_json(&json!({"ledger": name, "checks": report.checks, "chain": report.chain}))?,
        Format::Text => {
            let verdict = match report.violations() {
                0 => "the books are right".to_owned(),
                1 => "1 violation".to_owned(),
                n => format!("{n} violations"),
            };
            print(&format!("{report}{name}: {verdict}"))?;
        }
    }
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
