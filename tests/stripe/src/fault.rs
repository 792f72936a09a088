//! How creating a session goes wrong.

use std::collections::VecDeque;
use std::time::Duration;

/// What happens to the next request that creates a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The session is made, and the answer is lost: 500 instead. The key gives the session next time.
    LostAnswer,
    /// The session is made, and 500 is the answer, which the key gives again.
    KeptFailure,
    /// 500 before anything was done. Nothing is kept under the key.
    Unavailable,
    /// The session is made at once, and the answer takes so long.
    Slow(Duration),
    /// 401, whatever the key is.
    WrongKey,
    /// 409: another request with the same key is being worked on, by another gateway perhaps.
    InUse,
    /// 429.
    TooMany,
    /// The session is made, and the answer is no session.
    Garbage,
}

/// What is to go wrong, first in first out.
#[derive(Debug, Default)]
pub(crate) struct Faults(VecDeque<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push_back(fault);
    }

    pub(crate) fn next(&mut self) -> Option<Fault> {
        self.0.pop_front()
    }
}
