//! Rate limits that several gateways share, with a Redis that comes and goes.

use crate::proxy::{Proxy, Way};
use crate::redis_url;
use crate::world::{SERVICE, World};
use gateway::{Limits, RedisAddress, Who};
use governor::clock::{Clock, FakeRelativeClock};
use governor::{Quota, RateLimiter};
use redis::aio::MultiplexedConnection;
use serde_json::json;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};
use tests::Answer;
use tests::crowd::key_with;
use uaps_model::Service;
use url::Url;

const SCRIPT: &str = include_str!("../../gateway/src/pipeline/limit/gcra.lua");

async fn redis() -> MultiplexedConnection {
    redis::Client::open(redis_url()).unwrap().get_multiplexed_async_connection().await.expect("Redis answers")
}

/// A beginning of keys that no other test has. They are gone once their buckets are full again.
fn prefix() -> String {
    format!("penumbra-test:{}", uuid::Uuid::new_v4().simple())
}

/// A service that takes `burst` calls at once, and then one in `seconds`.
fn service(burst: u32, seconds: u32) -> Service {
    let mut service = generated::catalog().get(SERVICE).unwrap().unwrap().clone();
    (service.rate_limits.default_per_minute, service.rate_limits.burst) = (60 / seconds, burst);
    service
}

fn key(id: &str) -> Who {
    Who::Key(id.to_owned())
}

/// How many of some calls are let through.
async fn passed(limits: &[&Limits], service: &Service, who: &str, calls: usize) -> usize {
    let mut passed = 0;
    for n in 0..calls {
        passed += usize::from(limits[n % limits.len()].check(service, key(who)).await.is_ok());
    }
    passed
}

async fn shared(redis: &str, prefix: &str) -> Limits {
    let limits = Limits::shared(redis.parse::<RedisAddress>().unwrap(), prefix);
    limits.open().await;
    limits
}

#[tokio::test]
async fn two_gateways_have_one_budget() {
    let (prefix, service) = (prefix(), service(10, 60));
    let (one, other) = (shared(&redis_url(), &prefix).await, shared(&redis_url(), &prefix).await);
    assert_eq!(passed(&[&one, &other], &service, "a", 7).await, 7);
    // A server that has forgotten the script is told it again.
    let () = redis::cmd("SCRIPT").arg("FLUSH").query_async(&mut redis().await).await.unwrap();
    assert_eq!(passed(&[&one, &other], &service, "a", 20).await, 3);
    assert_eq!(passed(&[&other], &service, "b", 20).await, 10, "another caller has a budget of its own");
    let refused = one.check(&service, key("a")).await.unwrap_err();
    let wait = refused.extra["retry_after_seconds"].as_u64().unwrap();
    assert!((58..=60).contains(&wait), "{refused:?}");
    assert_eq!((one.redis_answers(), other.redis_answers()), (Some(true), Some(true)));

    let bucket = format!("{prefix}:{SERVICE}:key:a");
    let left: i64 = redis::cmd("PTTL").arg(bucket).query_async(&mut redis().await).await.unwrap();
    assert!((590_000..=600_000).contains(&left), "the bucket goes when it is full again, and not in {left} ms");
}

#[tokio::test]
async fn a_name_is_taken_once_by_all_gateways_together() {
    let prefix = prefix();
    let (one, other) = (shared(&redis_url(), &prefix).await, shared(&redis_url(), &prefix).await);
    assert_eq!((one.once("a", 1).await, other.once("a", 1).await), (Some(true), Some(false)));
    assert_eq!(other.once("b", 1).await, Some(true));
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(other.once("a", 1).await, Some(true));
    assert_eq!(Limits::default().once("a", 1).await, None);
}

#[tokio::test]
async fn a_bucket_fills_again_as_time_goes() {
    let (limits, service) = (shared(&redis_url(), &prefix()).await, service(3, 1));
    assert_eq!(passed(&[&limits], &service, "a", 5).await, 3);
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(passed(&[&limits], &service, "a", 5).await, 2);
}

/// The script and the limiter in memory, told the same times, say the same to the microsecond.
#[tokio::test]
async fn redis_counts_as_memory_does() {
    // Time is told and not asked for; and a bucket outlives it, which changes nothing but for how long it is kept.
    let told = SCRIPT
        .replace("redis.call('TIME')", "{ARGV[3], ARGV[4]}")
        .replace("math.ceil((full - now) / 1000)", "math.ceil((full - now) / 1000) + 60000");
    assert!(told.contains("ARGV[3]") && told.contains("60000"), "the script reads otherwise");
    let (script, mut redis, prefix) = (redis::Script::new(&told), redis().await, prefix());
    for (per_minute, burst) in [(60, 20), (60, 1), (1, 5), (120, 30), (6000, 3)] {
        let number = |n: u32| NonZeroU32::new(n).unwrap();
        let quota = Quota::per_minute(number(per_minute)).allow_burst(number(burst));
        let clock = FakeRelativeClock::default();
        let memory = RateLimiter::direct_with_clock(quota, clock.clone());
        let interval = 60_000_000 / u64::from(per_minute);
        let (mut now, mut refused) = (1_800_000_000_000_000_u64, 0);
        for step in 0..300_u64 {
            // From none at all to three calls' worth, in an order that repeats late.
            let pass = interval * (step * 7919 % 97) / 32 * u64::from(step % 3 == 0);
            now += pass;
            clock.advance(Duration::from_micros(pass));
            let expected = memory.check().map_err(|no| no.wait_time_from(clock.now())).err().unwrap_or_default();
            let mut call = script.key(format!("{prefix}:{per_minute}:{burst}"));
            call.arg(interval).arg(interval * u64::from(burst - 1)).arg(now / 1_000_000).arg(now % 1_000_000);
            let wait: u64 = call.invoke_async(&mut redis).await.unwrap();
            assert_eq!(Duration::from_micros(wait), expected, "{per_minute} a minute, {burst} at once, step {step}");
            refused += u32::from(wait > 0);
        }
        assert!((1..300).contains(&refused), "{refused} of 300 calls were refused");
    }
}

/// What a URL names, through a proxy.
async fn proxied(url: &str) -> (Proxy, String) {
    let mut url: Url = url.parse().unwrap();
    let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(6379));
    let proxy = Proxy::to(server).await;
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(proxy.port)).unwrap();
    (proxy, url.to_string())
}

async fn becomes(limits: &Limits, answers: bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while limits.redis_answers() != Some(answers) {
        assert!(Instant::now() < end, "Redis is never {}", if answers { "found" } else { "missed" });
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_redis_that_goes_away_refuses_nobody_and_is_found_again() {
    for away in [Way::Cut, Way::Silent] {
        let (proxy, url) = proxied(&redis_url()).await;
        let (limits, service) = (shared(&url, &prefix()).await, service(5, 60));
        assert_eq!(passed(&[&limits], &service, "a", 8).await, 5);

        proxy.set(away);
        let begun = Instant::now();
        assert_eq!(passed(&[&limits], &service, "a", 8).await, 5, "{away:?}: memory counts, and from nothing");
        // One call waits for Redis, for a tenth of a second; the others don't ask.
        assert!(begun.elapsed() < Duration::from_millis(700), "{away:?}: calls waited {:?}", begun.elapsed());
        assert_eq!(limits.redis_answers(), Some(false));

        proxy.set(Way::Open);
        becomes(&limits, true).await;
        assert_eq!(passed(&[&limits], &service, "a", 3).await, 0, "{away:?}: the bucket in Redis is still empty");
        assert_eq!(passed(&[&limits], &service, "b", 8).await, 5);
    }
}

#[tokio::test]
async fn a_redis_that_is_away_at_the_start_is_found_later() {
    let (proxy, url) = proxied(&redis_url()).await;
    proxy.set(Way::Cut);
    let (limits, service) = (shared(&url, &prefix()).await, service(5, 60));
    assert_eq!((passed(&[&limits], &service, "a", 8).await, limits.redis_answers()), (5, Some(false)));
    proxy.set(Way::Open);
    becomes(&limits, true).await;
    assert_eq!(passed(&[&limits], &service, "a", 8).await, 5);
}

async fn quote(url: &str, key: &str) -> Answer {
    let catalog = generated::catalog();
    let tool = catalog.get(SERVICE).unwrap().unwrap().operation("quote_order").unwrap();
    let http = reqwest::Client::new().post(format!("{url}/services/{SERVICE}/tools/{}", tool.tool));
    let sent = http.bearer_auth(key).json(&json!({"parameters": tool.example.arguments})).send();
    Answer::of(sent.await.unwrap()).await
}

async fn ready(url: &str) -> Answer {
    Answer::of(reqwest::get(format!("{url}/ready")).await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_have_one_budget_until_redis_is_gone() {
    let (proxy, url) = proxied(&redis_url()).await;
    let world = World::new(&[("REDIS_URL", &url)]).await;
    let limits = world.catalog.get(SERVICE).unwrap().unwrap().rate_limits;
    let (burst, per_minute) = (usize::try_from(limits.burst).unwrap(), f64::from(limits.default_per_minute));
    let (key, _) = key_with(&world.ledger, 0).await;
    let begun = Instant::now();
    let calls = (0..burst * 2).map(|n| quote(&world.urls[n % 2], &key));
    let answers = futures::future::join_all(calls).await;
    let passed = answers.iter().filter(|answer| answer.status == 200).count();
    answers
        .iter()
        .filter(|answer| answer.status != 200)
        .for_each(|answer| drop(answer.problem("rate-limited").clone()));
    let refilled = (begun.elapsed().as_secs_f64() * per_minute / 60.0).ceil();
    assert!(
        (0.0..=refilled).contains(&(passed as f64 - burst as f64)),
        "{passed} of a budget of {burst}, {refilled} since"
    );

    proxy.set(Way::Cut);
    for url in &world.urls {
        assert_eq!(quote(url, &key).await.status, 200, "each counts for itself");
        assert_eq!(ready(url).await.expect(200)["redis"], "away");
    }
    proxy.set(Way::Open);
    let end = Instant::now() + Duration::from_secs(10);
    for url in &world.urls {
        while ready(url).await.expect(200)["redis"] != "ok" {
            assert!(Instant::now() < end, "Redis is not found again");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    world.end().await;
}
