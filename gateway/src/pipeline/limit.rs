//! Calls a minute, by caller and service.

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use uaps_model::{Problem, ProblemKind, Service};

/// After so many calls, callers that have been quiet are forgotten.
const SWEEP_EVERY: u64 = 4096;

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Who {
    /// A key, by its id.
    Key(String),
    /// An address: an IPv4 address, or the first 64 bits of an IPv6 address, because whoever has one has all of those.
    Address([u8; 8]),
    /// A caller without either.
    Unknown,
}

impl Who {
    /// An anonymous caller.
    pub fn of(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            None => Who::Unknown,
            Some(IpAddr::V4(v4)) => {
                let [a, b, c, d] = v4.octets();
                // Starts like no global unicast IPv6 address does.
                Who::Address([0, 0, 0, 4, a, b, c, d])
            }
            Some(IpAddr::V6(v6)) => {
                let [a, b, c, d, e, f, g, h, ..] = v6.octets();
                Who::Address([a, b, c, d, e, f, g, h])
            }
        }
    }
}

/// The counters of a process: one bucket a caller and service.
#[derive(Debug, Default)]
pub struct Limits {
    services: RwLock<HashMap<String, Arc<DefaultKeyedRateLimiter<Who>>>>,
    calls: AtomicU64,
}

impl Limits {
    /// Counts one call, or says when the next one may come.
    pub fn check(&self, service: &Service, who: Who) -> Result<(), Problem> {
        let limiter = self.limiter(service);
        if self.calls.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.sweep();
        }
        let Err(refused) = limiter.check_key(&who) else { return Ok(()) };
        let wait = refused.wait_time_from(DefaultClock::default().now());
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let limits = service.rate_limits;
        Err(Problem::new(
            ProblemKind::RateLimited,
            format!(
                "`{}` takes {} calls a minute from one caller, {} at once; come back in {} s",
                service.id,
                limits.default_per_minute,
                limits.burst,
                seconds.max(1)
            ),
        )
        .with("retry_after_seconds", seconds.max(1)))
    }

    fn limiter(&self, service: &Service) -> Arc<DefaultKeyedRateLimiter<Who>> {
        let id = service.id.as_str();
        if let Some(limiter) = self.services.read().unwrap_or_else(PoisonError::into_inner).get(id) {
            return limiter.clone();
        }
        let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let limits = service.rate_limits;
        let quota = Quota::per_minute(at_least_one(limits.default_per_minute)).allow_burst(at_least_one(limits.burst));
        let mut services = self.services.write().unwrap_or_else(PoisonError::into_inner);
        services.entry(id.to_owned()).or_insert_with(|| Arc::new(DefaultKeyedRateLimiter::keyed(quota))).clone()
    }

    /// Forgets whoever has a full bucket again, so that a scan from many addresses does not fill the memory.
    fn sweep(&self) {
        for limiter in self.services.read().unwrap_or_else(PoisonError::into_inner).values() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}
