//! `topups` and `topups reconcile`.

use super::{Format, print, print_json};
use crate::Config;
use crate::pipeline::Tasks;
use crate::stripe::Stripe;
use crate::upstream::Upstream;
use anyhow::anyhow;
use ledger::{Ledger, TopupState};
use std::process::ExitCode;

pub(super) async fn list(ledger: &Ledger, state: Option<TopupState>, limit: u32, format: Format) -> anyhow::Result<()> {
    // One more than asked for, to tell whether there are more.
    let mut topups = ledger.topups(state, limit.saturating_add(1)).await?;
    let shown = usize::try_from(limit)?;
    if topups.len() > shown {
        topups.truncate(shown);
        eprintln!("note: these are the newest {limit}; there are more, and --limit shows them");
    }
    if format == Format::Json {
        return print_json(&topups);
    }
    let mut lines = vec![format!(
        "{:<36}  {:<8}  {:>10}  {:>10}  {:>10}  {:>10}  {:<20}  {:<36}  payment",
        "id", "state", "asked", "paid", "returned", "disputed", "created", "key"
    )];
    for topup in &topups {
        let created = topup.created_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let line = format!(
            "{:<36}  {:<8}  {:>10}  {:>10}  {:>10}  {:>10}  {created:<20}  {:<36}  {}",
            topup.id.as_str(),
            topup.state.as_str(),
            topup.cents,
            topup.paid_cents,
            topup.returned_cents,
            topup.disputed_cents,
            topup.credential.as_str(),
            topup.payment.as_deref().unwrap_or_default()
        );
        lines.push(line.trim_end().to_owned());
    }
    print(&lines.join("\n"))
}

/// Exit code 1 where something differs that the machine can't mend.
pub(super) async fn reconcile(config: Config, ledger: Ledger, days: u32, format: Format) -> anyhow::Result<ExitCode> {
    let settings = config.stripe.ok_or_else(|| {
        anyhow!(
            "top-ups are not set up; set PENUMBRA_STRIPE_SECRET_KEY, PENUMBRA_STRIPE_WEBHOOK_SECRETS and PENUMBRA_TOPUP_RETURN_URL"
        )
    })?;
    let stripe = Stripe::new(settings, ledger, Upstream::new(config.upstream_timeout)?, Tasks::default());
    let report = stripe.reconcile(days).await?;
    match format {
        Format::Json => print_json(&report)?,
        Format::Text => print(&report.to_string())?,
    }
    Ok(if report.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
