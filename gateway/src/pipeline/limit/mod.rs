//! Calls a minute, by caller and service: counted in the memory of this process, or in a Redis that several share.
//!
//! A Redis that does not answer refuses nobody. Each process then counts for itself, until Redis is back.

mod address;
mod local;
mod shared;

pub use address::RedisAddress;

use local::Local;
use shared::Shared;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;
use uaps_model::{Problem, ProblemKind, RateLimits, Service};

/// What the keys of a gateway's buckets begin with.
pub(super) const BUCKETS: &str = "penumbra:limit";

/// The name under which requests about accounts are counted: that of no service, because it is a path of the gateway's own.
const ACCOUNT: &str = "v1";

/// Enough for a program that polls many purchases; too little to keep the books busy with nothing else.
const ACCOUNT_LIMITS: RateLimits = RateLimits { default_per_minute: 3000, burst: 600 };

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

/// What one caller may do with one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate {
    per_minute: NonZeroU32,
    burst: NonZeroU32,
}

impl From<RateLimits> for Rate {
    fn from(limits: RateLimits) -> Self {
        let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Rate { per_minute: at_least_one(limits.default_per_minute), burst: at_least_one(limits.burst) }
    }
}

/// One bucket a caller and service.
#[derive(Debug, Default)]
pub struct Limits {
    local: Local,
    shared: Option<Shared>,
}

impl Limits {
    /// Counted in Redis, under keys that begin with `prefix`.
    pub fn shared(redis: RedisAddress, prefix: &str) -> Self {
        Limits { local: Local::default(), shared: Some(Shared::new(redis, prefix)) }
    }

    /// Looks for Redis, so that even the first call is counted there. A Redis that is away is looked for from then on.
    pub async fn open(&self) {
        if let Some(shared) = &self.shared {
            shared.open().await;
        }
    }

    /// Whether calls are counted in Redis now. `None` where none is set.
    pub fn redis_answers(&self) -> Option<bool> {
        self.shared.as_ref().map(Shared::answers)
    }

    /// Counts one call of a service, or says when the next one may come.
    pub async fn check(&self, service: &Service, who: Who) -> Result<(), Problem> {
        self.count(service.id.as_str(), service.rate_limits, who).await
    }

    /// Counts one request about a key's own account.
    pub async fn check_account(&self, who: Who) -> Result<(), Problem> {
        self.count(ACCOUNT, ACCOUNT_LIMITS, who).await
    }

    /// Whether this name comes for the first time, to whichever gateway, within so many seconds. `None` where nobody can tell:
    /// no Redis is set, or it is away.
    pub async fn once(&self, name: &str, seconds: u64) -> Option<bool> {
        self.shared.as_ref()?.once(name, seconds).await
    }

    async fn count(&self, id: &str, limits: RateLimits, who: Who) -> Result<(), Problem> {
        let rate = Rate::from(limits);
        let told = match &self.shared {
            Some(shared) => shared.check(id, rate, &who).await,
            None => None,
        };
        told.unwrap_or_else(|| self.local.check(id, rate, &who)).map_err(|wait| refused(id, limits, wait))
    }
}

fn refused(id: &str, limits: RateLimits, wait: Duration) -> Problem {
    let seconds = (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1);
    let detail = format!(
        "`{id}` takes {} calls a minute from one caller, {} at once; come back in {seconds} s",
        limits.default_per_minute, limits.burst,
    );
    Problem::new(ProblemKind::RateLimited, detail).with("retry_after_seconds", seconds)
}
