//! What webhooks did not bring: Stripe is asked for everything of a time, and what is missing here is booked.
//!
//! A fact found this way goes the same way as one from an event, under a name made from the fact itself. So two passes at
//! once, or a pass and the late event, count it once.

mod facts;
mod look;
mod report;

pub(crate) use report::Report;

#[cfg(test)]
pub(super) use facts::tests::topup;

use super::client::StripeError;
use super::{SOURCE, Stripe};
use facts::Facts;
use jiff::{SignedDuration, Timestamp};
use ledger::{LedgerError, Payment, Topup, TopupId, TopupState};
use look::{Hint, Seen};
use std::time::Duration;
use tokio::sync::watch;
use uaps_model::Fault;

/// How far back a pass looks where nothing else is said. Stripe sends an event again for three days.
pub(crate) const DAYS: u32 = 7;

/// How long after its start a gateway makes its first pass.
const FIRST: Duration = Duration::from_secs(300);

/// Why a pass did not come to its end. What it booked stays booked, and the next one goes on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PassError {
    /// Stripe gave nothing.
    #[error(transparent)]
    Stripe(#[from] StripeError),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Stripe {
    /// Passes once a day until the gateway stops. Several gateways may do so at once.
    pub(crate) async fn reconcile_daily(&self, mut stopped: watch::Receiver<bool>) {
        let mut pause = FIRST.min(self.settings.reconcile_every);
        while tokio::time::timeout(pause, stopped.wait_for(|stopped| *stopped)).await.is_err() {
            pause = self.settings.reconcile_every;
            match self.reconcile(DAYS).await {
                Ok(report) => {
                    for difference in &report.differences {
                        let report::Difference { topup, what, stripe, ours } = difference;
                        tracing::error!(%topup, what, stripe, ours, "a top-up differs from what Stripe says");
                    }
                    let (checked, mended) = (report.checked, report.mended.len());
                    tracing::info!(checked, mended, "top-ups are compared with Stripe");
                }
                Err(error) => tracing::warn!(%error, "top-ups could not be compared with Stripe"),
            }
        }
    }

    /// Compares the top-ups of the last `days` with Stripe, and older ones that are still open or disputed, and books what
    /// was missed.
    pub(crate) async fn reconcile(&self, days: u32) -> Result<Report, PassError> {
        let mut report = Report::default();
        let since = Timestamp::now() - SignedDuration::from_hours(24 * i64::from(days));
        let mut seen = self.listed(since).await?;
        for ours in self.ledger.topups(None, u32::MAX).await? {
            let unsettled =
                ours.state == TopupState::Open || (ours.state == TopupState::Paid && ours.disputed_cents > 0);
            if unsettled || ours.created_at >= since {
                let hint = seen.hints.entry(ours.id.clone()).or_default();
                hint.sessions.extend(ours.session);
                hint.payments.extend(ours.payment);
            }
        }
        for (id, hint) in &seen.hints {
            self.compare(id, hint, &seen, &mut report).await?;
        }
        Ok(report)
    }

    async fn compare(&self, id: &TopupId, hint: &Hint, seen: &Seen, report: &mut Report) -> Result<(), PassError> {
        report.checked += 1;
        let Some(before) = self.ledger.topup(id).await? else {
            let facts = self.look(hint, Some(seen)).await?;
            for paid in facts.iter().flat_map(|facts| &facts.paid) {
                report.differs(
                    id,
                    "the ledger has no such top-up",
                    format!("paid {} with {}", paid.cents, paid.payment),
                    String::new(),
                );
            }
            return Ok(());
        };
        if hint.sessions.len() > 1 {
            let all: Vec<&str> = hint.sessions.iter().map(String::as_str).collect();
            report.differs(id, "several sessions", all.join(" and "), before.session.clone().unwrap_or_default());
        }
        // What the lists say may be older than the ledger by now; so a difference is looked at again.
        let listed = self.look(hint, Some(seen)).await?;
        if listed.is_ok_and(|facts| facts.differences(&before).is_empty() && before.session.is_some()) {
            return Ok(());
        }
        let mut facts = match self.look(hint, None).await? {
            Ok(facts) => facts,
            Err(reason) => {
                report.differs(id, reason, String::new(), report::line(&before));
                return Ok(());
            }
        };
        let age = Timestamp::now().duration_since(before.created_at);
        facts.grow_stale(id, age);
        let after = self.mend(&before, &facts, report).await?;
        for (what, stripe, ours) in facts.differences(&after) {
            report.differs(id, what, stripe, ours);
        }
        let (before, after) = (report::line(&before), report::line(&after));
        if before != after {
            report.mended.push(report::Mended { topup: id.clone(), before, after });
        }
        Ok(())
    }

    /// Books what the facts say, and answers how the top-up stands then.
    async fn mend(&self, before: &Topup, facts: &Facts, report: &mut Report) -> Result<Topup, PassError> {
        let id = &before.id;
        if let (None, Some((session, Some(url)))) = (&before.session, &facts.session) {
            self.ledger.topup_session(id, session, url).await?;
        }
        for (event, fact) in facts.payments() {
            let stripe = match &fact {
                Payment::Paid { payment, cents } => format!("paid {cents} with {payment}"),
                _ => String::new(),
            };
            match self.ledger.apply_payment(id, SOURCE, &event, fact).await {
                Ok(_) => {}
                Err(error) if error.fault() == Fault::Caller => {
                    report.differs(id, error.to_string(), stripe, report::line(before));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(self.ledger.topup(id).await?.unwrap_or_else(|| before.clone()))
    }
}
