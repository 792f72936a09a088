//! What time it is for the books. It stands still but for leaps, so that nothing ever waits.

use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A clock. Clones show the same time.
#[derive(Debug, Clone)]
pub struct Clock(Arc<AtomicI64>);

impl Default for Clock {
    /// Noon of a day in 2026.
    fn default() -> Self {
        Clock(Arc::new(AtomicI64::new(1_780_000_000_000)))
    }
}

impl Clock {
    /// What it shows.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }

    /// Moves it ahead.
    pub fn leap(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap_or_default(), Ordering::SeqCst);
    }
}
