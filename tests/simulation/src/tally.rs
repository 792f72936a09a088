//! What a simulation came to.

use std::fmt;
use std::ops::AddAssign;

/// Counts over all stories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Stories.
    pub episodes: usize,
    /// Purchases that were asked for.
    pub asked: usize,
    /// Of these, purchases that were begun: money was held.
    pub purchases: usize,
    /// Requests that were sent again, as they were or changed.
    pub repeats: usize,
    /// Answers that people gave to purchases that waited for one.
    pub answers: usize,
    /// Callers who hung up.
    pub hang_ups: usize,
    /// Crashes of the gateway.
    pub crashes: usize,
    /// Calls that were under way when it crashed.
    pub cut_off: usize,
    /// Purchases that ended as captured.
    pub captures: usize,
    /// Purchases that ended as released.
    pub releases: usize,
    /// Unknown outcomes that the gateway found out by asking again.
    pub found_out: usize,
    /// Unknown outcomes that a person had to end.
    pub by_operator: usize,
    /// Refunds.
    pub refunds: usize,
    /// What fees took, in cents.
    pub fees: i64,
    /// Moves of all kinds.
    pub moves: u64,
    /// A hash of every move and what it led to. The same seed gives the same.
    pub trace: u64,
}

impl Tally {
    /// Takes a move into the hash (FNV-1a).
    pub fn trace(&mut self, text: &str) {
        self.moves += 1;
        for byte in text.bytes() {
            self.trace = (self.trace ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        for (mine, theirs) in [
            (&mut self.episodes, other.episodes),
            (&mut self.asked, other.asked),
            (&mut self.purchases, other.purchases),
            (&mut self.repeats, other.repeats),
            (&mut self.answers, other.answers),
            (&mut self.hang_ups, other.hang_ups),
            (&mut self.crashes, other.crashes),
            (&mut self.cut_off, other.cut_off),
            (&mut self.captures, other.captures),
            (&mut self.releases, other.releases),
            (&mut self.found_out, other.found_out),
            (&mut self.by_operator, other.by_operator),
            (&mut self.refunds, other.refunds),
        ] {
            *mine += theirs;
        }
        self.fees += other.fees;
        self.moves += other.moves;
        // In any order, because stories run side by side.
        self.trace ^= other.trace;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in [
            ("stories", self.episodes),
            ("purchases asked for", self.asked),
            ("purchases begun", self.purchases),
            ("requests repeated", self.repeats),
            ("answers of people", self.answers),
            ("callers hung up", self.hang_ups),
            ("crashes", self.crashes),
            ("calls cut off by them", self.cut_off),
            ("captured", self.captures),
            ("released", self.releases),
            ("unknown, found out", self.found_out),
            ("unknown, by a person", self.by_operator),
            ("refunds", self.refunds),
        ] {
            writeln!(f, "{what:<24}{count:>12}")?;
        }
        writeln!(f, "{:<24}{:>12}", "cents of fees", self.fees)?;
        writeln!(f, "{:<24}{:>12}", "moves", self.moves)
    }
}
