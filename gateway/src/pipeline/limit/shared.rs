//! Calls counted in Redis, where several gateways share a budget.
//!
//! A call costs one round trip: the server runs [`SCRIPT`], which no other call can come between. If there is no answer
//! within [`PATIENCE`], or an error, Redis counts as away: nobody asks it any more but one task, which looks for it every
//! [`PAUSE`], so that a Redis that hangs costs one call its patience and not all of them.

use super::{Rate, RedisAddress, Who};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError, Script};
use std::fmt;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// What the server does with a call.
const SCRIPT: &str = include_str!("gcra.lua");

/// How long a call waits for Redis.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long making a connection may take: nobody waits for it but the start.
const CONNECTING: Duration = Duration::from_secs(2);

/// How often a Redis that is away is looked for.
const PAUSE: Duration = Duration::from_secs(1);

/// What may not stand in a part of a key as it is: what parts them, and what encodes it.
const PART: &AsciiSet = &CONTROLS.add(b' ').add(b':').add(b'%');

/// The counters in Redis. Without it there, [`Shared::check`] knows nothing.
#[derive(Clone)]
pub(super) struct Shared(Arc<Inner>);

struct Inner {
    redis: RedisAddress,
    prefix: String,
    script: Script,
    here: RwLock<Option<Here>>,
    /// How many connections there have been.
    found: AtomicU64,
    looked_for: AtomicBool,
}

/// A connection that has worked, and a number that no other has.
#[derive(Clone)]
struct Here {
    connection: MultiplexedConnection,
    number: u64,
}

/// Why Redis counts as away.
#[derive(Debug, thiserror::Error)]
enum Away {
    #[error("no answer within {} ms", .0.as_millis())]
    Slow(Duration),
    #[error(transparent)]
    Failed(#[from] RedisError),
}

impl Shared {
    pub(super) fn new(redis: RedisAddress, prefix: &str) -> Self {
        Shared(Arc::new(Inner {
            redis,
            prefix: prefix.to_owned(),
            script: Script::new(SCRIPT),
            here: RwLock::default(),
            found: AtomicU64::new(0),
            looked_for: AtomicBool::new(false),
        }))
    }

    pub(super) fn answers(&self) -> bool {
        self.0.here().is_some()
    }

    /// Looks for Redis once, then again and again behind the caller's back.
    pub(super) async fn open(&self) {
        if let Err(away) = self.0.find().await {
            self.0.warn(&away);
            self.0.clone().look_for();
        }
    }

    /// Counts one call. `None` if Redis is away.
    pub(super) async fn check(&self, service: &str, rate: Rate, who: &Who) -> Option<Result<(), Duration>> {
        let Some(here) = self.0.here() else {
            // Nobody has opened it, or it is away and looked for already.
            self.0.clone().look_for();
            return None;
        };
        match self.0.count(here.connection, &self.0.bucket(service, who), rate).await {
            Ok(told) => Some(told),
            Err(away) => {
                self.0.clone().gone(here.number, &away);
                None
            }
        }
    }

    /// Takes a name that nobody has taken within its time. `None` if Redis is away.
    pub(super) async fn once(&self, name: &str, seconds: u64) -> Option<bool> {
        let here = self.0.here()?;
        match self.0.take(here.connection, &format!("{}:once:{name}", self.0.prefix), seconds).await {
            Ok(taken) => Some(taken),
            Err(away) => {
                self.0.clone().gone(here.number, &away);
                None
            }
        }
    }
}

impl Inner {
    fn here(&self) -> Option<Here> {
        self.here.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn count(
        &self,
        mut connection: MultiplexedConnection,
        bucket: &str,
        rate: Rate,
    ) -> Result<Result<(), Duration>, Away> {
        let (interval, early) = microseconds(rate);
        let mut call = self.script.key(bucket);
        call.arg(interval).arg(early);
        let counted = tokio::time::timeout(PATIENCE, call.invoke_async::<u64>(&mut connection));
        match counted.await.map_err(|_| Away::Slow(PATIENCE))?? {
            0 => Ok(Ok(())),
            wait => Ok(Err(Duration::from_micros(wait))),
        }
    }

    async fn take(&self, mut connection: MultiplexedConnection, key: &str, seconds: u64) -> Result<bool, Away> {
        let mut set = redis::cmd("SET");
        set.arg(key).arg(1).arg("NX").arg("EX").arg(seconds);
        let taken = tokio::time::timeout(PATIENCE, set.query_async::<Option<String>>(&mut connection));
        Ok(taken.await.map_err(|_| Away::Slow(PATIENCE))??.is_some())
    }

    /// The key of a bucket. Whatever its parts are called, two buckets never have the same.
    fn bucket(&self, service: &str, who: &Who) -> String {
        let (prefix, service) = (&self.prefix, utf8_percent_encode(service, PART));
        match who {
            Who::Key(id) => format!("{prefix}:{service}:key:{}", utf8_percent_encode(id, PART)),
            Who::Address(bits) => format!("{prefix}:{service}:address:{:016x}", u64::from_be_bytes(*bits)),
            Who::Unknown => format!("{prefix}:{service}:unknown"),
        }
    }

    /// A connection that has counted a call: one that may not write, or runs no scripts, is of no use.
    async fn find(&self) -> Result<(), Away> {
        let how = AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECTING));
        let how = how.set_response_timeout(Some(CONNECTING));
        let client = Client::open(self.redis.info())?;
        let connecting = tokio::time::timeout(CONNECTING, client.get_multiplexed_async_connection_with_config(&how));
        let connection = connecting.await.map_err(|_| Away::Slow(CONNECTING))??;
        let often = Rate { per_minute: NonZeroU32::MAX, burst: NonZeroU32::MAX };
        let _ = self.count(connection.clone(), &format!("{}:", self.prefix), often).await?;
        let number = self.found.fetch_add(1, Ordering::Relaxed);
        *self.here.write().unwrap_or_else(PoisonError::into_inner) = Some(Here { connection, number });
        Ok(())
    }

    /// The connection of this number is of no use any more. The first call that finds out says so.
    fn gone(self: Arc<Self>, number: u64, away: &Away) {
        let mut here = self.here.write().unwrap_or_else(PoisonError::into_inner);
        if here.as_ref().is_none_or(|here| here.number != number) {
            return;
        }
        *here = None;
        drop(here);
        self.warn(away);
        self.look_for();
    }

    fn warn(&self, away: &Away) {
        tracing::warn!(redis = %self.redis, %away, "Redis is away; each gateway counts calls for itself until it is back");
    }

    /// Looks for Redis until it is found, or until nobody wants it any more. One task at a time does.
    fn look_for(self: Arc<Self>) {
        if self.looked_for.swap(true, Ordering::AcqRel) {
            return;
        }
        let inner = Arc::downgrade(&self);
        tokio::spawn(async move {
            while let Some(inner) = inner.upgrade() {
                if inner.find().await.is_ok() {
                    inner.looked_for.store(false, Ordering::Release);
                    tracing::info!(redis = %inner.redis, "calls are counted in Redis");
                    return;
                }
                drop(inner);
                tokio::time::sleep(PAUSE).await;
            }
        });
    }
}

/// Between two calls, and by how much calls may come early, in microseconds.
fn microseconds(rate: Rate) -> (u64, u64) {
    let interval = (60_000_000 / u64::from(rate.per_minute.get())).max(1);
    (interval, interval * u64::from(rate.burst.get() - 1))
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared({}, {})", self.0.redis, if self.answers() { "here" } else { "away" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_in_microseconds() {
        let check = |per_minute, burst, expected| {
            let limits = uaps_model::RateLimits { default_per_minute: per_minute, burst };
            assert_eq!(microseconds(limits.into()), expected, "{limits:?}");
        };
        check(60, 20, (1_000_000, 19_000_000));
        check(60, 1, (1_000_000, 0));
        check(7, 3, (8_571_428, 17_142_856));
        // A limit of nothing is one of one, as in memory.
        check(0, 0, (60_000_000, 0));
        check(u32::MAX, u32::MAX, (1, 4_294_967_294));
        check(1, u32::MAX, (60_000_000, 60_000_000 * 4_294_967_294));
    }

    #[test]
    fn no_two_buckets_have_one_name() {
        let shared = Shared::new("redis://127.0.0.1".parse().unwrap(), "p");
        let bucket = |service: &str, who: &Who| shared.0.bucket(service, who);
        let key = |id: &str| Who::Key(id.to_owned());
        assert_eq!(bucket("shop", &key("key_1")), "p:shop:key:key_1");
        assert_eq!(bucket("shop", &Who::of(Some([10, 0, 0, 1].into()))), "p:shop:address:000000040a000001");
        assert_eq!(bucket("shop", &Who::Unknown), "p:shop:unknown");
        assert_eq!(bucket("shop:key:a", &key("b")), "p:shop%3Akey%3Aa:key:b");
        assert_eq!(bucket("shop%3Akey%3Aa", &key("b\r\n")), "p:shop%253Akey%253Aa:key:b%0D%0A");
        assert_eq!(bucket("shop", &key("ü")), "p:shop:key:%C3%BC");
    }
}
