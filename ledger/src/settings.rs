//! How a ledger writes, and what time it takes it to be.

use jiff::Timestamp;
use std::sync::Arc;

/// Tells the time. Clones tell the same.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock of its own, for tests.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(now))
    }

    /// What time it is, in whole milliseconds, which is what a database keeps.
    pub fn now(&self) -> Timestamp {
        let now = (self.0)();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

impl Default for Clock {
    /// The machine's own.
    fn default() -> Self {
        Clock::new(Timestamp::now)
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// How a ledger works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many writes one commit carries at most. With 1 each waits for the disk by itself.
    pub writes_per_commit: usize,
    /// What time it is.
    pub clock: Clock,
}

impl Settings {
    /// What is used where nothing else is said.
    pub const DEFAULT_WRITES_PER_COMMIT: usize = 64;
}

impl Default for Settings {
    fn default() -> Self {
        Settings { writes_per_commit: Settings::DEFAULT_WRITES_PER_COMMIT, clock: Clock::default() }
    }
}
