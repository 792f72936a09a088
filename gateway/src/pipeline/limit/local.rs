//! Calls counted in the memory of this process.

use super::{Rate, Who};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// After so many calls, callers that have been quiet are forgotten.
const SWEEP_EVERY: u64 = 4096;

/// The counters of a process: one bucket a caller and service.
#[derive(Debug, Default)]
pub(super) struct Local {
    services: RwLock<HashMap<String, Arc<DefaultKeyedRateLimiter<Who>>>>,
    calls: AtomicU64,
}

impl Local {
    /// Counts one call. `Err` is how long the next one has to wait.
    pub(super) fn check(&self, service: &str, rate: Rate, who: &Who) -> Result<(), Duration> {
        let limiter = self.limiter(service, rate);
        if self.calls.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.sweep();
        }
        limiter.check_key(who).map_err(|refused| refused.wait_time_from(DefaultClock::default().now()))
    }

    fn limiter(&self, service: &str, rate: Rate) -> Arc<DefaultKeyedRateLimiter<Who>> {
        if let Some(limiter) = self.services.read().unwrap_or_else(PoisonError::into_inner).get(service) {
            return limiter.clone();
        }
        let quota = Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
        let mut services = self.services.write().unwrap_or_else(PoisonError::into_inner);
        services.entry(service.to_owned()).or_insert_with(|| Arc::new(DefaultKeyedRateLimiter::keyed(quota))).clone()
    }

    /// Forgets whoever has a full bucket again, so that a scan from many addresses does not fill the memory.
    fn sweep(&self) {
        for limiter in self.services.read().unwrap_or_else(PoisonError::into_inner).values() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}
