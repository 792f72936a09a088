//! What comparing with Stripe came to.

use ledger::{Topup, TopupId};
use serde::Serialize;

/// What was missed and is booked now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Mended {
    /// Which top-up.
    pub topup: TopupId,
    /// How it stood here.
    pub before: String,
    /// How it stands now, as at Stripe.
    pub after: String,
}

/// What can't be mended by the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    /// Which top-up.
    pub topup: TopupId,
    /// What differs, or what went wrong.
    pub what: String,
    /// What Stripe says.
    pub stripe: String,
    /// What we say.
    pub ours: String,
}

/// The report of one pass. `Display` prints tables.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Report {
    /// Top-ups that were compared.
    pub checked: usize,
    /// What was missed and is booked now.
    pub mended: Vec<Mended>,
    /// What a person must look at.
    pub differences: Vec<Difference>,
}

impl Report {
    pub(super) fn differs(&mut self, topup: &TopupId, what: impl Into<String>, stripe: String, ours: String) {
        self.differences.push(Difference { topup: topup.clone(), what: what.into(), stripe, ours });
    }
}

/// A top-up in a line.
pub(super) fn line(topup: &Topup) -> String {
    let mut line = format!("{}, paid {}", topup.state, topup.paid_cents);
    for (name, cents) in [("returned", topup.returned_cents), ("disputed", topup.disputed_cents)] {
        if cents > 0 {
            line.push_str(&format!(", {name} {cents}"));
        }
    }
    line
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for Mended { topup, before, after } in &self.mended {
            writeln!(f, "mended  {topup}  {before} -> {after}")?;
        }
        if !self.differences.is_empty() {
            writeln!(f, "{:<36}  {:<28}  {:<28}  what", "top-up", "Stripe", "here")?;
        }
        for Difference { topup, what, stripe, ours } in &self.differences {
            writeln!(f, "{:<36}  {stripe:<28}  {ours:<28}  {what}", topup.as_str())?;
        }
        let (checked, mended, left) = (self.checked, self.mended.len(), self.differences.len());
        write!(f, "{checked} top-ups compared, {mended} mended, {left} differences left")
    }
}
