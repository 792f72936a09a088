//! How current a catalogue is, in words.

use super::index::cut;
use std::time::Duration;
use tokio::time::Instant;

/// Services that are named as left out.
const MAX_NAMED: usize = 5;

/// Characters of a reason: it may quote what a gateway sent.
const MAX_REASON: usize = 240;

/// What is told of a catalogue.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The gateway has been heard at some time, if only by an earlier process.
    heard: bool,
    remembered: bool,
    services: usize,
    left_out: Vec<String>,
    /// When this process heard last what the gateway has.
    good: Option<Instant>,
    /// What the latest look lacks, and when the next one is.
    failed: Option<(Lack, Instant)>,
}

/// What a look did not bring, and why.
#[derive(Debug)]
pub(super) enum Lack {
    /// The gateway's word on what it has.
    Index(String),
    /// Some of its services.
    Services(String),
}

impl Told {
    /// What the disk has kept is shown.
    pub(super) fn remembered(&mut self) {
        self.remembered = true;
    }

    pub(super) fn knows(&mut self, heard: bool, services: usize, left_out: Vec<String>) {
        (self.heard, self.services, self.left_out) = (heard, services, left_out);
    }

    /// A look has ended, and the next one is after `next`.
    pub(super) fn looked(&mut self, how: Result<(), Lack>, next: Duration) {
        let now = Instant::now();
        if !matches!(how, Err(Lack::Index(_))) {
            self.good = Some(now);
        }
        self.failed = how.err().map(|lack| (lack, now + next));
    }

    pub(super) fn text(&self) -> String {
        let services = match self.services {
            1 => "1 service".to_owned(),
            n => format!("{n} services"),
        };
        let whose = match (self.heard, self.good, self.remembered) {
            (true, Some(good), _) => {
                format!("{services} of the gateway as of {} s ago", good.elapsed().as_secs())
            }
            (true, None, true) => format!("{services} of the gateway as an earlier start found them"),
            (true, None, false) => format!("{services} of the gateway"),
            (false, ..) => "the services that are compiled in; the gateway has not told its own yet".to_owned(),
        };
        let failed = self.failed.as_ref().map_or_else(String::new, |(lack, next)| {
            let seconds = next.saturating_duration_since(Instant::now()).as_secs();
            let (what, reason) = match lack {
                Lack::Index(reason) => ("The latest look failed", reason),
                Lack::Services(reason) => ("Not all of them could be fetched", reason),
            };
            format!(". {what}: {}; the next look is in {seconds} s", cut(reason, MAX_REASON))
        });
        let named = self.left_out.iter().take(MAX_NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
        let left_out = match self.left_out.len() {
            0 => String::new(),
            n if n <= MAX_NAMED => format!(". Left out: {named}"),
            n => format!(". Left out: {named}; and {} more", n - MAX_NAMED),
        };
        format!("{whose}{failed}{left_out}")
    }
}
