//! `approvals` and `approvals deny`.

use super::{Format, print, print_json};
use crate::pipeline::denial;
use anyhow::anyhow;
use ledger::{ApprovalId, Approver, Ledger};
use serde_json::json;

pub(super) async fn list(ledger: &Ledger, limit: u32, format: Format) -> anyhow::Result<()> {
    let mut lines = vec![format!(
        "{:<36}  {:>14}  {:<20}  {:<28}  {:<36}  asked by",
        "id", "held", "expires", "service/tool", "purchase"
    )];
    let mut shown = Vec::new();
    for approval in ledger.approvals(None, limit).await? {
        let Some(purchase) = ledger.purchase(&approval.purchase).await? else { continue };
        lines.push(format!(
            "{:<36}  {:>14}  {:<20}  {:<28}  {:<36}  {}",
            approval.id.as_str(),
            purchase.held.to_string(),
            approval.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            format!("{}/{}", purchase.service, purchase.tool),
            purchase.id.as_str(),
            purchase.credential
        ));
        shown.push(json!({"approval": approval, "purchase": purchase}));
    }
    match format {
        Format::Json => print_json(&shown),
        Format::Text => print(&lines.join("\n")),
    }
}

pub(super) async fn deny(ledger: &Ledger, id: &str, reason: &str) -> anyhow::Result<()> {
    let nothing = || anyhow!("there is no approval `{id}`; `penumbra-gateway approvals` shows those that wait");
    let parsed: ApprovalId = id.parse().map_err(|_| nothing())?;
    let approval = ledger.approval(&parsed).await?.ok_or_else(nothing)?;
    let by = Approver::Operator;
    let denial = denial(&approval, &by, Some(reason.trim()).filter(|reason| !reason.is_empty()));
    let (purchase, approval) = ledger.decide(&approval.purchase, by, denial).await?;
    print(&format!("{id} is {}; {} is {}", approval.state, purchase.id, purchase.state))
}
