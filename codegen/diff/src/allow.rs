//! Breaking changes that somebody has allowed, each for a reason.

use crate::{Change, Fingerprint};

/// A change that may happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// Which change.
    pub fingerprint: Fingerprint,
    /// Why it may happen; never empty.
    pub reason: String,
}

/// A change with what was decided on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The change.
    pub change: Change,
    /// The reason for which it is allowed. Only a breaking change needs one.
    pub allowed: Option<String>,
}

impl Judged {
    /// Whether it breaks somebody and nobody has allowed it.
    pub fn fails(&self) -> bool {
        self.change.is_breaking() && self.allowed.is_none()
    }
}

/// Holds changes against a list of allowances. Also gives the places in that list of those that match no breaking change,
/// so that the list doesn't rot.
pub fn judge(changes: Vec<Change>, allowances: &[Allowance]) -> (Vec<Judged>, Vec<usize>) {
    let mut used = vec![false; allowances.len()];
    let judged = changes.into_iter().map(|change| {
        let fingerprint = change.fingerprint();
        let found = allowances.iter().position(|allowance| allowance.fingerprint == fingerprint);
        let found = found.filter(|_| change.is_breaking());
        if let Some(used) = found.and_then(|at| used.get_mut(at)) {
            *used = true;
        }
        let allowed = found.and_then(|at| allowances.get(at)).map(|allowance| allowance.reason.clone());
        Judged { change, allowed }
    });
    let judged = judged.collect();
    (judged, used.iter().enumerate().filter(|(_, used)| !**used).map(|(at, _)| at).collect())
}
